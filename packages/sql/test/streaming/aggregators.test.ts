import { checkAllRows, checkNewRows, FaultyFileSystem } from "@ss/testkit";
import { expect, test } from "vitest";
import { count, type DataFrame, max, session_window, udaf, window } from "../../src/index.js";
import { Average, LongestName, Total } from "../aggregators.js";
import { Trial, type TrialOptions } from "./faults/trial.js";
import { restart, scenario } from "./keyed/stage.js";

const average = udaf(new Average());
const total = udaf(new Total());
const at = (seconds: number): Date => new Date(seconds * 1000);

scenario("update gives the groups that changed, beside functions that are built in", async (set) => {
  const stage = await set();
  const rows = stage.input("k STRING, n INT");
  await stage.run(
    rows.groupBy("k").agg(average("n").as("mean"), count("*").as("c"), total("n").as("t"), max("n")),
    "update",
    stage.add(["a", 1], ["b", 2], ["a", 2]),
    checkNewRows(["a", 1.5, 2, 3, 2], ["b", 2, 1, 2, 2]),
    stage.state({ total: 2, updated: 2 }),
    ...restart,
    stage.add(["a", 6]),
    checkNewRows(["a", 3, 3, 9, 6]),
    stage.state({ total: 2, updated: 1 }),
  );
});

scenario("complete gives all groups; a group of all rows is there before the first", async (set) => {
  const stage = await set();
  await stage.run(
    stage.input("n INT").agg(total("n").as("t"), average("n").as("mean")),
    "complete",
    stage.add([4]),
    checkAllRows([4, 4]),
    ...restart,
    stage.add([5], [6]),
    checkAllRows([15, 5]),
  );
});

scenario("append gives windows when the watermark has passed them, and drops what is late", async (set) => {
  const stage = await set();
  const windows = stage
    .input("n INT, t TIMESTAMP")
    .withWatermark("t", "5 seconds")
    .groupBy(window("t", "10 seconds"))
    .agg(total("n").as("total"), count("*"))
    .selectExpr("CAST(window.start AS BIGINT) AS s", "total", "`count(1)` AS c");
  await stage.run(
    windows,
    "append",
    stage.add([1, at(1)], [2, at(9)], [4, at(12)]),
    checkNewRows(),
    stage.add([8, at(16)]),
    checkNewRows([0, 3, 2]),
    ...restart,
    stage.add([16, at(3)], [32, at(11)], [64, at(27)]),
    checkNewRows([10, 44, 3]),
    stage.state({ total: 1, removed: 1, dropped: 1 }),
  );
});

scenario("sessions that come to touch each other have their buffers merged", async (set) => {
  const stage = await set();
  const sessions = stage
    .input("k STRING, n INT, t TIMESTAMP")
    .withWatermark("t", "20 seconds")
    .groupBy("k", session_window("t", "10 seconds"))
    .agg(udaf(new LongestName())("k", "n").as("longest"), average("n").as("mean"))
    .selectExpr("CAST(session_window.start AS BIGINT) AS s", "longest.length", "mean");
  await stage.run(
    sessions,
    "append",
    stage.add(["a", 1, at(0)], ["a", 8, at(15)], ["b", 0, at(5)]),
    checkNewRows(),
    stage.state({ total: 3, updated: 3 }),
    stage.add(["a", 3, at(8)]),
    checkNewRows(),
    stage.state({ total: 2, updated: 1, removed: 1 }),
    ...restart,
    stage.add(["a", 4, at(24)]),
    checkNewRows(),
    stage.add(["c", 1, at(60)]),
    checkNewRows([0, 8, 4], [5, 0, 0]),
  );
});

const TOTALS: TrialOptions = {
  schema: "k STRING, n INT",
  inputs: [[["a", 1]], [["a", 2]]],
  mode: "update",
  query: (stream) => stream.groupBy("k").agg(udaf(new Total())("n")),
};

test("a buffer of another type is refused over the state of the one before", async () => {
  class Exact extends Total {
    override readonly buffer = "decimal(20,0)" as never;
  }
  const trial = new Trial(TOTALS);
  const disk = new FaultyFileSystem();
  await trial.runSome(disk, 1);
  const query = (stream: DataFrame): DataFrame => stream.groupBy("k").agg(udaf(new Exact())("n"));
  const error = await trial.copy({ query }).failure(disk);
  expect(error.condition).toBe("STATE_STORE_VALUE_SCHEMA_NOT_COMPATIBLE");
});

test("what an aggregator throws ends the query with its name, and a mended one goes on from the state", async () => {
  class Fussy extends Total {
    override merge(): number {
      throw new Error("no merging");
    }
  }
  const trial = new Trial({
    ...TOTALS,
    query: (stream) => stream.groupBy("k").agg(udaf(new Fussy(), "long", "total")("n")),
  });
  const disk = new FaultyFileSystem();
  await trial.runSome(disk, 1);
  trial.feed();
  const error = await trial.failure(disk);
  expect(error.condition).toBe("FAILED_EXECUTE_UDF");
  expect(error.message).toContain("merge of the aggregator `total` (bigint) => bigint failed: no merging");
  const mended = trial.copy({ query: TOTALS.query });
  await mended.run(disk);
  expect(mended.table()).toEqual(["a 1", "a 3"]);
});
