import { StreamError } from "@ss/core";
import { MemorySource } from "@ss/source-memory";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  type DataFrame,
  type ListState,
  type MapState,
  type SparkSession,
  StatefulProcessor,
  TimeMode,
  type TimerValues,
  type ValueState,
} from "../../../src/index.js";
import { newSession, run } from "./checkpoints.js";

interface Visit {
  readonly user: string;
  readonly page: string;
}

/** Remembers of each user the number of visits, the pages in their order, and how often each was seen. */
class Visits extends StatefulProcessor<string, Visit, { readonly user: string }> {
  private count!: ValueState<number>;
  private last!: ValueState<{ page: string | null }>;
  private pages!: ListState<string>;
  private seen!: MapState<string, number>;

  override init(): void {
    const handle = this.getHandle();
    this.count = handle.getValueState("count", "bigint");
    this.last = handle.getValueState("last", { page: "string" }, { ttlDuration: "1 day" });
    this.pages = handle.getListState("pages", "string");
    this.seen = handle.getMapState("seen", "string", "int");
  }

  override *handleInputRows(
    user: string,
    rows: Iterable<Visit>,
    times: TimerValues,
  ): Iterable<{ user: string }> {
    if (this.count.get() === undefined || this.count.get() === null) {
      this.getHandle().registerTimer(times.getCurrentProcessingTimeInMs() + 86_400_000);
    }
    for (const { page } of rows) {
      this.count.update((this.count.get() ?? 0) + 1);
      this.last.update({ page });
      this.pages.appendValue(page);
      this.seen.updateValue(page, (this.seen.getValue(page) ?? 0) + 1);
    }
    yield { user };
  }
}

let spark: SparkSession;
let checkpoint: string;
let startMs: number;
beforeAll(async () => {
  spark = await newSession();
  startMs = Date.now();
  const visits = spark.readStream
    .format("memory")
    .option("name", "visits")
    .schema("user STRING, page STRING")
    .load()
    .groupByKey("user")
    .transformWithState(() => new Visits() as never, {
      output: { user: "string" },
      outputMode: "update",
      timeMode: TimeMode.ProcessingTime,
    });
  const visit =
    (...pages: string[]) =>
    () =>
      MemorySource.addData("visits", ...pages.map((text) => ({ user: text[0]!, page: text.slice(1) })));
  checkpoint = await run(visits as never, "update", [visit("ax", "ay", "bz"), visit("ax")]);
});
afterAll(() => spark.stop());

function state(options: Record<string, string | number | boolean>): DataFrame {
  let reader = spark.read.format("statestore");
  for (const [name, value] of Object.entries(options)) reader = reader.option(name, value);
  return reader.load(checkpoint);
}

async function rows(frame: DataFrame, ...columns: string[]): Promise<string[]> {
  const found = await frame.selectExpr(...columns).collect();
  return found.map((row) => JSON.stringify(Object.values(row))).sort();
}

const json = (...values: unknown[]): string => JSON.stringify(values);
const ddl = async (frame: DataFrame): Promise<string> => (await frame.schema()).simpleString();

test("a value stands as a struct, with its end where it has one", async () => {
  expect(await rows(state({ stateVarName: "count" }), "key.*", "value.value")).toEqual([
    json("a", 3),
    json("b", 1),
  ]);
  expect(await rows(state({ stateVarName: "count", batchId: 0 }), "key.*", "value.value")).toEqual([
    json("a", 2),
    json("b", 1),
  ]);
  const last = state({ stateVarName: "last" });
  expect(await ddl(last)).toContain("value:struct<value:struct<page:string>,ttlExpirationMs:bigint>");
  const ends = await rows(
    last,
    "key.*",
    "value.value.page",
    `value.ttlExpirationMs >= ${startMs + 86_400_000}`,
  );
  expect(ends).toEqual([json("a", "x", true), json("b", "z", true)]);
});

test("the elements of a list are rows, or together", async () => {
  const flat = state({ stateVarName: "pages" });
  expect(await rows(flat, "key.*", "list_element.value")).toEqual([
    json("a", "x"),
    json("a", "x"),
    json("a", "y"),
    json("b", "z"),
  ]);
  const whole = state({ stateVarName: "pages", flattenCollectionTypes: false });
  expect(await ddl(whole)).toContain("list_value:array<struct<value:string>>");
  expect(await rows(whole, "key.*", "to_json(list_value)")).toEqual([
    json("a", '[{"value":"x"},{"value":"y"},{"value":"x"}]'),
    json("b", '[{"value":"z"}]'),
  ]);
});

test("the entries of a map are rows, or together", async () => {
  const flat = state({ stateVarName: "seen" });
  expect(await rows(flat, "key.*", "user_map_key.value AS k", "user_map_value.value")).toEqual([
    json("a", "x", 2),
    json("a", "y", 1),
    json("b", "z", 1),
  ]);
  const whole = state({ stateVarName: "seen", flattenCollectionTypes: false });
  expect(await ddl(whole)).toContain("map_value:map<struct<value:string>,struct<value:int>>");
  expect(await rows(whole, "key.*", "size(map_value)", "map_values(map_value)[0].value")).toEqual([
    json("a", 2, 2),
    json("b", 1, 1),
  ]);
});

test("timers stand with the time at which they fire", async () => {
  const timers = state({ readRegisteredTimers: true });
  expect(await ddl(timers)).toContain("expiration_timestamp_ms:bigint,partition_id:int");
  const due = `expiration_timestamp_ms >= ${startMs + 86_400_000}`;
  expect(await rows(timers, "key.*", due)).toEqual([json("a", true), json("b", true)]);
});

test("changes of a variable are told batch by batch: values are put, elements appended", async () => {
  const feed = { readChangeFeed: true, changeStartBatchId: 1 };
  const counts = await rows(
    state({ ...feed, stateVarName: "count" }),
    "batch_id",
    "change_type",
    "key.*",
    "value.value",
  );
  expect(counts).toEqual([json(1, "update", "a", 3)]);
  const pages = state({ ...feed, stateVarName: "pages" });
  expect(await rows(pages, "batch_id", "change_type", "key.*", "list_element.value")).toEqual([
    json(1, "append", "a", "x"),
  ]);
});

test("a variable has to be asked for by its name, and the program is one store with its properties", async () => {
  const refusal = async (options: Record<string, string>): Promise<unknown> => {
    const error = await state(options)
      .schema()
      .catch((e: unknown) => e);
    return StreamError.is(error) ? [error.condition, error.parameters] : error;
  };
  expect(await refusal({})).toEqual(["STDS_REQUIRED_OPTION_UNSPECIFIED", { optionName: "stateVarName" }]);
  for (const name of ["pagez", "$timers", "$count", ""]) {
    const message = `State variable ${name} is not defined for the transformWithState operator.`;
    const parameters = { optionName: "stateVarName", message };
    expect(await refusal({ stateVarName: name })).toEqual([
      "STDS_INVALID_OPTION_VALUE.WITH_MESSAGE",
      parameters,
    ]);
  }
  expect(await rows(state({ storeName: "count" }), "value.value")).toEqual([json(1), json(3)]);
  const metadata = spark.read.format("state-metadata").load(checkpoint);
  const columns = ["operatorName", "stateStoreName", "operatorProperties"];
  const [row] = (await metadata.selectExpr(...columns).collect()) as Record<string, string>[];
  expect([row!["operatorName"], row!["stateStoreName"]]).toEqual(["transformWithStateExec", "default"]);
  expect(JSON.parse(row!["operatorProperties"]!)).toEqual({
    outputMode: "Update",
    timeMode: "ProcessingTime",
    stateVariables: [
      { stateName: "count", stateVariableType: "ValueState", ttlEnabled: false },
      { stateName: "last", stateVariableType: "ValueState", ttlEnabled: true },
      { stateName: "pages", stateVariableType: "ListState", ttlEnabled: false },
      { stateName: "seen", stateVariableType: "MapState", ttlEnabled: false },
      { stateName: "$procTimers_keyToTimestamp", stateVariableType: "TimerState", ttlEnabled: false },
    ],
  });
});
