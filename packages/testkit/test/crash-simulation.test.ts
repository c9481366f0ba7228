import assert from "node:assert/strict";
import { StreamError, StreamingQueryManager, type Trigger } from "@ss/core";
import { expect, test } from "vitest";
import {
  type CollectingSink,
  collectingSink,
  crashAtEveryWrite,
  FaultyFileSystem,
  type SinkFaultPoint,
  seededRandom,
  VirtualClock,
} from "../src/index.js";
import { CountingPlan } from "./counting-plan.js";

const WORDS = ["owl", "cat", "owl", "owl", "dog", "cat", "owl"];
const AVAILABLE_NOW: Trigger = { kind: "availableNow" };

interface Sinks {
  readonly passed: CollectingSink;
  readonly counted: CollectingSink;
}

const makeSinks = (): Sinks => ({ passed: collectingSink("passed"), counted: collectingSink("counted") });

/** Runs the query over all words to its end; `which` makes the ids of this process's runs unlike those of others. */
async function runToEnd(disk: FaultyFileSystem, { passed, counted }: Sinks, which: string): Promise<void> {
  let ids = 0;
  const manager = new StreamingQueryManager({
    clock: new VirtualClock(1_700_000_000_000),
    newId: () => `${which}-${ids++}`,
  });
  const query = await manager.start({
    checkpointLocation: "/checkpoint",
    fileSystem: disk,
    trigger: AVAILABLE_NOW,
    createPlan: () => new CountingPlan(WORDS, passed, counted),
  });
  await query.awaitTermination();
}

/** What every run has to come to: each word passed on once and in order, and the counts of each batch right. */
function assertExactlyOnce({ passed, counted }: Sinks): void {
  assert.deepEqual(
    passed.rows(),
    WORDS.map((word) => [word]),
  );
  assert.deepEqual(
    counted.batches.map(({ batchId, rows }) => [batchId, rows]),
    [
      [
        0,
        [
          ["owl", 1n],
          ["cat", 1n],
        ],
      ],
      [1, [["owl", 3n]]],
      [
        2,
        [
          ["dog", 1n],
          ["cat", 2n],
        ],
      ],
      [3, [["owl", 4n]]],
    ],
  );
}

test("the query comes to its result without a crash", async () => {
  const sinks = makeSinks();
  await runToEnd(new FaultyFileSystem(), sinks, "a");
  assertExactlyOnce(sinks);
});

test("a crash before any write to the checkpoint changes nothing in the result", async () => {
  let sinks = makeSinks();
  const crashes = await crashAtEveryWrite({
    prepare: async () => {
      sinks = makeSinks();
    },
    run: (disk) => runToEnd(disk, sinks, "before"),
    check: async (disk) => {
      await runToEnd(disk, sinks, "after");
      assertExactlyOnce(sinks);
    },
  });
  expect(crashes).toBeGreaterThan(50);
});

test.each([1, 2, 3])("nor does one that leaves to chance what was not synced (seed %i)", async (seed) => {
  let sinks = makeSinks();
  await crashAtEveryWrite({
    random: seededRandom(seed),
    prepare: async () => {
      sinks = makeSinks();
    },
    run: (disk) => runToEnd(disk, sinks, "before"),
    check: async (disk) => {
      await runToEnd(disk, sinks, "after");
      assertExactlyOnce(sinks);
    },
  });
});

const points: readonly SinkFaultPoint[] = ["begin", "write", "finish", "commit", "committed"];
const places = points.flatMap((point) =>
  (["passed", "counted"] as const).map((name) => [point, name] as const),
);

test.each(places)("nor does a loss of power at %s of the sink '%s'", async (point, name) => {
  for (const batchId of [0, 1, 3]) {
    const disk = new FaultyFileSystem();
    const sinks = makeSinks();
    sinks[name].failAt(point, { batchId, before: () => disk.crash() });
    await assert.rejects(runToEnd(disk, sinks, "before"));
    await runToEnd(disk.restart(), sinks, "after");
    assertExactlyOnce(sinks);
  }
});

test("many crashes one after the other change nothing either", async () => {
  for (let seed = 1; seed <= 20; seed++) {
    const random = seededRandom(seed);
    const sinks = makeSinks();
    let disk = new FaultyFileSystem();
    for (let run = 0; run < 200; run++) {
      disk.faultAt(disk.operations.length + random.integer(0, 60), { kind: "crash", random });
      const failure = await runToEnd(disk, sinks, `${run}`).catch((error: unknown) => error);
      if (!disk.crashed) {
        assert.equal(failure, undefined, `seed ${seed}: ${String(failure)}`);
        break;
      }
      disk = disk.restart();
    }
    assertExactlyOnce(sinks);
  }
});

test("a write that fails ends the query with an error, and the next run repairs what it left", async () => {
  for (const kind of ["fail", "tear", "loseAnswer"] as const) {
    for (let at = 0; ; at++) {
      const disk = new FaultyFileSystem();
      const sinks = makeSinks();
      disk.faultAt(at, { kind });
      const failure = await runToEnd(disk, sinks, "before").catch((error: unknown) => error);
      if (disk.operations.length <= at) break;
      if (failure !== undefined) {
        assert.ok(failure instanceof Error, `${kind} at ${at}`);
        await runToEnd(disk, sinks, "after").catch((error: unknown) => {
          const { kind: step, path } = disk.operations[at]!;
          throw new Error(
            `${kind} at ${step} of ${path}: ${StreamError.is(error) ? error.message : String(error)}`,
          );
        });
      }
      assertExactlyOnce(sinks);
    }
  }
});
