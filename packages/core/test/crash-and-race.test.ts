import { expect, test } from "vitest";
import { MemoryFileSystem, StreamError, type StreamingQuery } from "../src/index.js";
import { CountQuery } from "./support/count-query.js";
import { settle } from "./support/manual-clock.js";
import { Crash, StepFileSystem } from "./support/step-file-system.js";

const INPUT = [[10, 10, 12, 15], [25, 3], [40], [41, 41, 60]];

/** What two outputs hold at the end, by the arithmetic of the input above with a delay of 10 s. */
const EXPECTED = [
  [10, 2],
  [12, 1],
  [15, 1],
  [25, 1],
  [40, 1],
  [41, 2],
];

async function feed(query: CountQuery, run: StreamingQuery): Promise<void> {
  for (const values of INPUT) {
    query.topic.add(...values);
    await run.processAllAvailable();
  }
}

test("a crash before or after any step of the checkpoint or a sink leaves what an uncrashed run leaves", async () => {
  let crashes = 0;
  for (let crashAt = 0; ; crashAt++) {
    const query = new CountQuery({ outputs: 2 });
    query.conf["spark.sql.streaming.stateStore.minDeltasForSnapshot"] = "2";
    let step = 0;
    let crashed = false;
    const mayCrash = (): void => {
      // a dead process does nothing any more
      if (crashed || step++ === crashAt) {
        crashed = true;
        throw new Crash(`at step ${crashAt}`);
      }
    };
    const disk = new MemoryFileSystem();
    const dying = new StepFileSystem(disk);
    dying.onStep = mayCrash;
    query.fileSystem = dying;
    for (const table of query.tables) table.before = mayCrash;
    let fed = 0;
    try {
      const run = await query.start();
      for (const values of INPUT) {
        query.topic.add(...values);
        fed++;
        await run.processAllAvailable();
      }
      await run.stop();
    } catch (error) {
      expect(crashed, String(error)).toBe(true);
    }
    query.fileSystem = disk;
    for (const table of query.tables) table.before = () => {};
    const run = await query.start();
    await run.processAllAvailable();
    for (const values of INPUT.slice(fed)) {
      query.topic.add(...values);
      await run.processAllAvailable();
    }
    await run.stop();
    const place = `crash at step ${crashAt}`;
    expect(query.tables[0]!.rows, place).toEqual(EXPECTED);
    expect(query.tables[1]!.rows, place).toEqual(EXPECTED);
    if (!crashed) break;
    crashes++;
  }
  expect(crashes).toBeGreaterThan(60);
});

test("a run that finds its checkpoint taken over, at whatever step, ends by name and spoils nothing", async () => {
  let took = 0;
  for (let rivalAt = 0; ; rivalAt++) {
    const query = new CountQuery();
    const disk = new MemoryFileSystem();
    const first = new StepFileSystem(disk);
    let step = 0;
    let rival: StreamingQuery | null = null;
    const startRival = async (): Promise<void> => {
      if (step++ !== rivalAt) return;
      rival = await query.start({ fileSystem: disk });
      // all that is there so far; fails only where the first run is quicker with the same log entry
      await rival.processAllAvailable().catch(() => {});
    };
    first.onStep = startRival;
    query.fileSystem = first;
    const run = await query.start();
    const work = async (): Promise<void> => {
      await feed(query, run);
      // one row more, which changes no output, for a rival that came after the last batch
      if (rival !== null) query.topic.add(60);
      await run.processAllAvailable();
    };
    const outcome = await work().then(
      () => null,
      (error: Error) => error.cause,
    );
    await run.stop();
    const taken = rival as StreamingQuery | null;
    if (taken === null) break;
    took++;
    const place = `rival at step ${rivalAt}`;
    if (outcome !== null) {
      expect(StreamError.is(outcome, "CONCURRENT_STREAM_LOG_UPDATE"), `${place}: ${outcome}`).toBe(true);
    }
    const rivalOutcome = taken.exception?.cause ?? null;
    if (rivalOutcome !== null) {
      expect(StreamError.is(rivalOutcome, "CONCURRENT_STREAM_LOG_UPDATE"), `${place}: ${rivalOutcome}`).toBe(
        true,
      );
    }
    expect(run.exception !== null || taken.exception !== null, `${place}: both go on`).toBe(true);
    await taken.stop();
    // whoever is left, the next run finds a sound checkpoint and comes to the right rows
    query.fileSystem = disk;
    const last = await query.start();
    await last.processAllAvailable();
    for (const values of INPUT.slice(fedOf(query))) {
      query.topic.add(...values);
      await last.processAllAvailable();
    }
    await last.stop();
    expect(query.table.rows, place).toEqual(EXPECTED);
  }
  expect(took).toBeGreaterThan(20);
});

/** How many of the inputs have been added. */
function fedOf(query: CountQuery): number {
  let count = 0;
  for (let k = 0; k < INPUT.length; k++) {
    count += INPUT[k]!.length;
    if (count > query.topic.values.length) return k;
  }
  return INPUT.length;
}

test("of runs that start at the same time at most one survives", async () => {
  const query = new CountQuery();
  query.topic.add(10, 25);
  const runs = await Promise.all([query.start(), query.start(), query.start()]);
  await Promise.all(runs.map((run) => run.processAllAvailable().catch(() => {})));
  query.topic.add(50);
  await settle();
  await Promise.all(runs.map((run) => run.processAllAvailable().catch(() => {})));
  expect(runs.filter((run) => run.isActive).length).toBeLessThanOrEqual(1);
  for (const run of runs) {
    if (run.exception !== null) {
      expect(run.exception.cause).toMatchObject({ condition: "CONCURRENT_STREAM_LOG_UPDATE" });
    }
    await run.stop();
  }
});

test("an idle run that was replaced learns of it before its next batch writes anything", async () => {
  const query = new CountQuery();
  query.topic.add(10);
  const old = await query.start();
  await old.processAllAvailable();
  const young = await query.start();
  await young.processAllAvailable();
  const before = await query.names("offsets");
  await young.stop();
  query.topic.add(11);
  await expect(old.processAllAvailable()).rejects.toMatchObject({
    cause: { condition: "CONCURRENT_STREAM_LOG_UPDATE" },
  });
  expect(await query.names("offsets")).toEqual(before);
});

test("the answer to a log write that was lost is found by the writer's token", async () => {
  const query = new CountQuery();
  const disk = new StepFileSystem();
  let losses = 0;
  disk.onStep = (step, when) => {
    if (when === "before" || !/offsets|commits/.test(step) || losses++ % 2 === 1) return;
    throw new StreamError({ condition: "SS_TEST", message: "no answer", recovery: "retry" });
  };
  query.fileSystem = disk;
  const run = await query.start();
  query.topic.add(10, 25);
  await query.clock.advance(100_000);
  await run.processAllAvailable();
  expect(run.isActive).toBe(true);
  expect(losses).toBeGreaterThan(2);
  await run.stop();
});
