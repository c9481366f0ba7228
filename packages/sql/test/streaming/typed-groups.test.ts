import { checkAllRows, checkNewRows } from "@ss/testkit";
import { count, type DataFrame, StatefulProcessor, type ValueState, window } from "../../src/index.js";
import { Average, Total } from "../aggregators.js";
import { restart, scenario } from "./keyed/stage.js";

const at = (seconds: number): Date => new Date(seconds * 1000);
const byKey = (rows: DataFrame) => rows.groupByKey("k");
const values = (rows: DataFrame) => byKey(rows).mapValues("long", (row) => row["n"] as number);

scenario("agg remembers the values of each key over restarts, in update mode", async (set) => {
  const stage = await set();
  await stage.run(
    values(stage.input("k STRING, n INT")).agg(new Average().toColumn(), count("*"), new Total().toColumn()),
    "update",
    stage.add(["a", 1], ["b", 2], ["a", 2]),
    checkNewRows(["a", 1.5, 2, 3], ["b", 2, 1, 2]),
    ...restart,
    stage.add(["a", 6]),
    checkNewRows(["a", 3, 3, 9]),
    stage.state({ total: 2, updated: 1 }),
  );
});

scenario("reduceGroups remembers what it made so far, in complete mode", async (set) => {
  const stage = await set();
  const latest = byKey(stage.input("k STRING, n INT"))
    .reduceGroups((a, b) => (a["n"] >= b["n"] ? a : b))
    .selectExpr("k", "reduced.n");
  await stage.run(
    latest,
    "complete",
    stage.add(["a", 1], ["b", 2], ["a", 4]),
    checkAllRows(["a", 4], ["b", 2]),
    ...restart,
    stage.add(["a", 3], ["b", 7], ["c", null]),
    checkAllRows(["a", 4], ["b", 7], ["c", null]),
  );
});

scenario(
  "a window as key is given out when the watermark has passed it, and rows behind it drop",
  async (set) => {
    const stage = await set();
    const totals = stage
      .input("n INT, t TIMESTAMP")
      .withWatermark("t", "0 seconds")
      .groupByKey(window("t", "10 seconds"))
      .mapValues("long", (row) => row["n"] as number)
      .reduceGroups((a, b) => a + b)
      .selectExpr("CAST(window.start AS BIGINT) AS s", "reduced");
    await stage.run(
      totals,
      "append",
      stage.add([1, at(1)], [2, at(9)]),
      checkNewRows(),
      stage.add([4, at(12)]),
      checkNewRows([0, 3]),
      ...restart,
      stage.add([8, at(3)], [16, at(19)], [32, at(20)]),
      checkNewRows([10, 20]),
      stage.state({ total: 1, removed: 1, dropped: 1 }),
    );
  },
);

scenario("keys are groups: those of the batch in update mode, all in complete mode", async (set) => {
  for (const mode of ["update", "complete"] as const) {
    const stage = await set();
    const keys = byKey(stage.input("k STRING, n INT")).keys();
    await stage.run(
      keys,
      mode,
      stage.add(["a", 1], ["b", 2], ["a", 4]),
      checkNewRows("a", "b"),
      ...restart,
      stage.add(["a", 3], ["c", 7]),
      mode === "update" ? checkNewRows("a", "c") : checkNewRows("a", "b", "c"),
    );
  }
});

scenario("flatMapSortedGroups sorts the rows of a batch and remembers nothing", async (set) => {
  const stage = await set();
  const lists = byKey(stage.input("k STRING, n INT")).flatMapSortedGroups(
    ["n"],
    { k: "string", list: "string" },
    (k: string, rows) => [{ k, list: [...rows].map((row) => row["n"]).join(" ") }],
  );
  await stage.run(
    lists,
    "append",
    stage.add(["a", 4], ["b", 2], ["a", 1]),
    checkNewRows(["a", "1 4"], ["b", "2"]),
    ...restart,
    stage.add(["a", 3], ["a", 2]),
    checkNewRows(["a", "2 3"]),
  );
});

class Sum extends StatefulProcessor<string, number, { k: string; sum: number }> {
  private sum!: ValueState<number>;
  override init(): void {
    this.sum = this.getHandle().getValueState("sum", "long");
  }
  override *handleInputRows(k: string, numbers: Iterable<number>): Iterable<{ k: string; sum: number }> {
    let sum = this.sum.get() ?? 0;
    for (const n of numbers) sum += n;
    this.sum.update(sum);
    yield { k, sum };
  }
}

scenario("programs with state see what mapValues made", async (set) => {
  for (const kind of ["processor", "function"]) {
    const stage = await set();
    const rows = values(stage.input("k STRING, n INT"));
    const sums =
      kind === "processor"
        ? rows.transformWithState(() => new Sum(), {
            output: { k: "string", sum: "long" },
            outputMode: "update",
          })
        : rows.flatMapGroupsWithState(
            { state: "long", output: { k: "string", sum: "long" }, outputMode: "update" },
            (k: string, numbers, state) => {
              const sum = [...numbers].reduce((a, b) => a + b, state.getOption() ?? 0);
              state.update(sum);
              return [{ k, sum }];
            },
          );
    await stage.run(
      sums,
      "update",
      stage.add(["a", 4], ["b", 2], ["a", 1]),
      checkNewRows(["a", 5], ["b", 2]),
      ...restart,
      stage.add(["a", 3]),
      checkNewRows(["a", 8]),
    );
  }
});
