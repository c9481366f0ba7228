import { beforeEach, expect, test } from "vitest";
import { SharedResource } from "../src/index.js";

/** What is made, by number, and what was closed of it; makes fail as long as the test says so. */
let made = 0;
let closed: number[] = [];
let failure: Promise<void> | null = null;
let shared: SharedResource<number>;

beforeEach(() => {
  made = 0;
  closed = [];
  failure = null;
  shared = new SharedResource(
    async () => {
      const id = ++made;
      await failure;
      return id;
    },
    async (id) => void closed.push(id),
  );
});

test("all users share what was made for the first, and it stays for the next", async () => {
  expect(await Promise.all([shared.take(), shared.take()])).toEqual([1, 1]);
  await shared.give();
  await shared.give();
  expect(await shared.use(async (id) => id)).toBe(1);
  expect(closed).toEqual([]);
  await shared.release();
  expect(closed).toEqual([1]);
});

test("what is released while it is used is closed by the last user, once, and made anew for the next one", async () => {
  await shared.take();
  await shared.take();
  await shared.release();
  await shared.give();
  expect(closed).toEqual([]);
  await shared.give();
  await shared.release();
  expect(closed).toEqual([1]);
  expect(await shared.take()).toBe(2);
});

test("work that fails gives back what it used", async () => {
  const work = shared.use(async () => Promise.reject(new Error("the work failed")));
  await expect(work).rejects.toThrow("the work failed");
  await shared.release();
  expect(closed).toEqual([1]);
});

test("one who waited in vain does not take from another what was made anew", async () => {
  failure = Promise.reject(new Error("no connection"));
  const again = shared.take().catch(() => {
    failure = null;
    return shared.take();
  });
  const inVain = shared.take();
  await expect(inVain).rejects.toThrow("no connection");
  expect(await again).toBe(2);
  expect(await shared.take()).toBe(2);
  await shared.give();
  await shared.give();
  await shared.release();
  expect([made, closed]).toEqual([2, [2]]);
});

test("what is released before it could be made leaves nothing to close", async () => {
  failure = Promise.reject(new Error("no connection"));
  const taking = shared.take();
  await shared.release();
  await expect(taking).rejects.toThrow("no connection");
  failure = null;
  expect(await shared.take()).toBe(2);
  await shared.give();
  expect(closed).toEqual([]);
});
