import type { Plugin, StreamingQuery } from "@ss/core";
import { batchFromRows, StructType } from "@ss/core";
import { FaultyFileSystem } from "@ss/testkit";
import { expect, test } from "vitest";
import * as queries from "./queries.js";
import { CHECKPOINT, Trial } from "./trial.js";
import { WatchedFileSystem } from "./watched-file-system.js";

const PATIENCE = { timeout: 60_000 };

test("stop() at any write leaves a checkpoint from which the next start goes on", PATIENCE, async () => {
  for (let stopAt = 0; ; stopAt++) {
    const trial = new Trial(queries.WINDOWED);
    const disk = new FaultyFileSystem();
    const running: StreamingQuery[] = [];
    const stops: Promise<void>[] = [];
    let step = 0;
    const watched = new WatchedFileSystem(disk, async () => {
      // the write goes on while the query is told to stop
      for (const query of running) if (step++ === stopAt) stops.push(query.stop());
    });
    const query = await trial.start(await trial.session(watched));
    running.push(query);
    while (stops.length === 0 && trial.feed()) await query.processAllAvailable();
    if (stops.length === 0) {
      await query.stop();
      expect(stopAt).toBeGreaterThan(20);
      return;
    }
    await Promise.all(stops);
    const place = `stop at write ${stopAt}`;
    expect(query.isActive, place).toBe(false);
    expect(query.exception, place).toBeNull();
    await trial.run(disk);
    expect(trial.table(), place).toEqual(queries.WINDOWED_RESULT);
  }
});

/** A source whose read delivers a row, tells that it is under way, and then waits until it is cut off. */
function endlessSource(underWay: () => void): Plugin {
  const schema = StructType.fromDDL("n INT");
  const source = {
    description: "endless",
    schema,
    replayable: true,
    readLimit: { kind: "allAvailable" } as const,
    open: async () => {},
    initialOffset: async () => 0,
    latestOffset: async () => 1,
    plan: async () => [null],
    async *read(_partition: unknown, _scan: unknown, signal: AbortSignal) {
      yield batchFromRows(schema, [[1]]);
      underWay();
      await new Promise((_, reject) =>
        signal.addEventListener("abort", () => reject(signal.reason as Error)),
      );
    },
    commit: async () => {},
    close: async () => {},
  };
  return {
    name: "endless",
    sources: [{ names: ["endless"], fixedSchema: true, stream: async () => source }],
  };
}

test("stop() does not wait for a batch whose source goes on for ever", async () => {
  const trial = new Trial({ ...queries.STATELESS, inputs: [] });
  const disk = new FaultyFileSystem();
  let underWay = (): void => {};
  const reads = new Promise<void>((resolve) => {
    underWay = resolve;
  });
  const spark = await trial.session(
    disk,
    endlessSource(() => underWay()),
  );
  const writer = spark.readStream.format("endless").load().writeStream.format("collecting");
  const query = await writer.option("checkpointLocation", CHECKPOINT).start();
  await reads;
  await query.stop();
  expect(query.exception).toBeNull();
  expect(trial.sink.batches).toEqual([]);
  const logs = [...disk.files().keys()].filter((path) => /offsets|commits/.test(path));
  expect(logs).toEqual(["/checkpoint/offsets/0"]);
});

test("stop() twice, and stop() of a query that has failed, end well", async () => {
  const trial = new Trial(queries.STATELESS);
  const disk = new FaultyFileSystem();
  const query = await trial.start(await trial.session(disk));
  await Promise.all([query.stop(), query.stop()]);
  await query.stop();
  disk.faultWhen(["link"], "offsets", { kind: "fail" });
  const failing = await trial.start(await trial.session(disk));
  trial.feed();
  await expect(failing.processAllAvailable()).rejects.toThrow("failed as the test asked");
  await failing.stop();
  await trial.run(disk);
  expect(trial.table()).toEqual(queries.STATELESS_RESULT);
});
