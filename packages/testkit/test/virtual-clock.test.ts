import { expect, test } from "vitest";
import { VirtualClock } from "../src/index.js";

test("stands still until it is moved", async () => {
  const clock = new VirtualClock(1000);
  expect([clock.now(), clock.monotonicMs()]).toEqual([1000, 0]);
  await clock.advance(250);
  expect([clock.now(), clock.monotonicMs()]).toEqual([1250, 250]);
});

test("wakes sleepers in the order of their deadlines, each at its own time", async () => {
  const clock = new VirtualClock();
  const woken: [string, number][] = [];
  const sleep = (name: string, ms: number): void => {
    void clock.sleep(ms).then(() => woken.push([name, clock.now()]));
  };
  sleep("late", 30);
  sleep("early", 10);
  sleep("as early", 10);
  sleep("too late", 31);
  await clock.advance(30);
  expect(woken).toEqual([
    ["early", 10],
    ["as early", 10],
    ["late", 30],
  ]);
  expect(clock.sleeperCount).toBe(1);
  expect(clock.nextWakeMs).toBe(31);
});

test("lets a loop that sleeps again and again run as often as the time allows", async () => {
  const clock = new VirtualClock();
  const ticks: number[] = [];
  void (async () => {
    while (ticks.length < 10) {
      await clock.sleep(100);
      ticks.push(clock.now());
    }
  })();
  await clock.advance(350);
  expect(ticks).toEqual([100, 200, 300]);
  await clock.advanceTo(1000);
  expect(ticks).toHaveLength(10);
});

test("ends a sleep whose signal aborts, and one whose signal has", async () => {
  const clock = new VirtualClock();
  const abort = new AbortController();
  const sleeping = clock.sleep(1000, abort.signal);
  abort.abort();
  await sleeping;
  await clock.sleep(1000, abort.signal);
  expect([clock.now(), clock.sleeperCount]).toEqual([0, 0]);
});

test("tells when enough sleep", async () => {
  const clock = new VirtualClock();
  const two = clock.waitForSleepers(2);
  void clock.sleep(1);
  let reached = false;
  void two.then(() => (reached = true));
  await clock.advanceTo(0);
  expect(reached).toBe(false);
  void clock.sleep(1);
  await two;
});

test("a sleep of no time lets others run", async () => {
  const clock = new VirtualClock();
  let other = false;
  setImmediate(() => (other = true));
  await clock.sleep(0);
  expect(other).toBe(true);
});

test("moves at once where it jumps: all who are to wake find the new time", async () => {
  const clock = new VirtualClock();
  const woken: [string, number][] = [];
  const sleep = (name: string, ms: number): void => {
    void clock.sleep(ms).then(() => woken.push([name, clock.now()]));
  };
  sleep("second", 20);
  sleep("first", 10);
  sleep("later", 101);
  await clock.jump(100);
  expect(woken).toEqual([
    ["first", 100],
    ["second", 100],
  ]);
});
