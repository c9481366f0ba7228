import {
  batchFromRows,
  CalendarIntervalType,
  type DataType,
  DateType,
  DayTimeIntervalType,
  DoubleType,
  IntegerType,
  LongType,
  StringType,
  StructField,
  StructType,
  TimestampType,
  type Value,
  valueAt,
  YearMonthIntervalType,
} from "@ss/core";
import { describe, expect, test } from "vitest";
import type { Operator, Run } from "../../src/execution/operator.js";
import { WindowOperator } from "../../src/execution/operators/window.js";
import {
  type Alias,
  type Attribute,
  type Expression,
  type FrameBound,
  freshId,
  literal,
  type WindowExpression,
  type WindowSpec,
} from "../../src/expression/expression.js";
import { typeOf } from "../../src/expression/type-of.js";
import type { Rows } from "../../src/logical/rows.js";
import { ascending, type Clauses, callOf, descending, over } from "../functions/calls.js";

const settings = { ansi: true, timeZone: "America/Los_Angeles" };

function attribute(name: string, type: DataType): Attribute {
  return { kind: "attribute", id: freshId(), name, type, nullable: true, qualifier: [] };
}

const int = (value: number | null): Expression => literal(value, IntegerType);

/** Rows that come in batches of two. */
function source(output: readonly Attribute[], rows: readonly (readonly Value[])[]): Operator {
  const schema = new StructType(output.map((a) => StructField(a.name, a.type)));
  return {
    output,
    async *rows(): AsyncIterable<Rows> {
      for (let i = 0; i < rows.length; i += 2) {
        const batch = batchFromRows(schema, rows.slice(i, i + 2));
        yield { columns: batch.columns, rowCount: batch.rowCount };
      }
    },
  };
}

async function run(
  input: readonly Attribute[],
  rows: readonly (readonly Value[])[],
  windows: readonly WindowExpression[],
): Promise<Value[][]> {
  const expressions = windows.map((child): Alias => ({ kind: "alias", child, names: ["w"], id: freshId() }));
  const made = windows.map((w) => attribute("w", typeOf(w)));
  const output = [...input, ...made];
  const child = source(input, rows);
  const plan = {
    kind: "window",
    child: { kind: "rows", output: input, rows: () => [] },
    expressions,
    output,
  } as const;
  const operator = new WindowOperator(plan, child, settings);
  const memory = { hold: () => ({ added: () => {} }) };
  const context = { nowMs: () => 0, partition: () => 0, breathe: () => undefined, memory } as unknown as Run;
  const out: Value[][] = [];
  for await (const batch of operator.rows(context)) {
    for (let i = 0; i < batch.rowCount; i++) out.push(batch.columns.map((column) => valueAt(column, i)));
  }
  return out;
}

function frame(type: "rows" | "range", lower: FrameBound, upper: FrameBound): Pick<WindowSpec, "frame"> {
  return { frame: { type, lower, upper } };
}

const first: FrameBound = { bound: "unboundedPreceding" };
const current: FrameBound = { bound: "currentRow" };
const last: FrameBound = { bound: "unboundedFollowing" };
const preceding = (offset: Expression): FrameBound => ({ bound: "preceding", offset });
const following = (offset: Expression): FrameBound => ({ bound: "following", offset });

describe("functions over windows", () => {
  const val = attribute("val", IntegerType);
  const long = attribute("val_long", LongType);
  const double = attribute("val_double", DoubleType);
  const date = attribute("val_date", DateType);
  const timestamp = attribute("val_timestamp", TimestampType);
  const cate = attribute("cate", StringType);
  const input = [val, long, double, date, timestamp, cate];
  const micros = (seconds: number): bigint => BigInt(seconds) * 1_000_000n;
  const rows: Value[][] = [
    [null, 1n, 1.0, 17379, micros(1501545600), "a"],
    [1, 1n, 1.0, 17379, micros(1501545600), "a"],
    [1, 2n, 2.5, 17380, micros(1502000000), "a"],
    [2, 2147483650n, 100.001, 18627, micros(1609372800), "a"],
    [1, null, 1.0, 17379, micros(1501545600), "b"],
    [2, 3n, 3.3, 17381, micros(1503000000), "b"],
    [3, 2147483650n, 100.001, 18627, micros(1609372800), "b"],
    [null, null, null, null, null, null],
    [3, 1n, 1.0, 17379, micros(1501545600), null],
  ];
  const agg = (name: string, args: Expression[], clauses: Clauses = {}) =>
    callOf(name, args, clauses, settings);
  const byCate = { partitionBy: [cate] };

  async function only(order: Attribute, window: WindowExpression, descends = false): Promise<Value[][]> {
    const at = input.indexOf(order);
    const result = await run(input, rows, [window]);
    const picked = result.map((row) => [row[at]!, row[5]!, row[6]!]);
    return descends ? picked.slice().reverse() : picked;
  }

  test("count over the current row alone", async () => {
    const w = over(agg("count", [val]), {
      ...byCate,
      orderBy: [ascending(val)],
      ...frame("rows", current, current),
    });
    expect(await only(val, w)).toEqual([
      [null, null, 0n],
      [3, null, 1n],
      [null, "a", 0n],
      [1, "a", 1n],
      [1, "a", 1n],
      [2, "a", 1n],
      [1, "b", 1n],
      [2, "b", 1n],
      [3, "b", 1n],
    ]);
  });

  test("sum up to one row ahead", async () => {
    const w = over(agg("sum", [val]), {
      ...byCate,
      orderBy: [ascending(val)],
      ...frame("rows", first, following(int(1))),
    });
    expect((await only(val, w)).map((row) => row[2])).toEqual([3n, 3n, 1n, 2n, 4n, 4n, 3n, 6n, 6n]);
  });

  test("a range measures the order value, and rows without one are among themselves", async () => {
    const before = over(agg("count", [val]), {
      ...byCate,
      orderBy: [ascending(val)],
      ...frame("range", preceding(int(1)), current),
    });
    expect((await only(val, before)).map((row) => row[2])).toEqual([0n, 1n, 0n, 2n, 2n, 3n, 1n, 2n, 2n]);
    const ahead = over(agg("sum", [val]), {
      ...byCate,
      orderBy: [ascending(val)],
      ...frame("range", current, following(int(1))),
    });
    expect((await only(val, ahead)).map((row) => row[2])).toEqual([null, 3n, null, 4n, 4n, 2n, 3n, 5n, 3n]);
  });

  test("a descending range goes the other way", async () => {
    const w = over(agg("sum", [val]), {
      ...byCate,
      orderBy: [descending(val)],
      ...frame("range", current, following(int(1))),
    });
    const found = (await run(input, rows, [w])).map((row) => [row[5], row[0], row[6]]);
    expect(found).toEqual([
      [null, 3, 3n],
      [null, null, null],
      ["a", 2, 4n],
      ["a", 1, 2n],
      ["a", 1, 2n],
      ["a", null, null],
      ["b", 3, 5n],
      ["b", 2, 3n],
      ["b", 1, 1n],
    ]);
  });

  test("ranges of BIGINT, DOUBLE and DATE", async () => {
    const bigint = over(agg("sum", [long]), {
      ...byCate,
      orderBy: [ascending(long)],
      ...frame("range", current, following(literal(2147483648n, LongType))),
    });
    expect((await only(long, bigint)).map((row) => row[2])).toEqual([
      null,
      1n,
      4n,
      4n,
      2147483652n,
      2147483650n,
      null,
      2147483653n,
      2147483650n,
    ]);
    const doubles = over(agg("sum", [double]), {
      ...byCate,
      orderBy: [ascending(double)],
      ...frame("range", current, following(literal(2.5, DoubleType))),
    });
    expect((await only(double, doubles)).map((row) => row[2])).toEqual([
      null,
      1,
      4.5,
      4.5,
      2.5,
      100.001,
      4.3,
      3.3,
      100.001,
    ]);
    const dates = over(agg("max", [date]), {
      ...byCate,
      orderBy: [ascending(date)],
      ...frame("range", current, following(int(2))),
    });
    expect((await only(date, dates)).map((row) => row[2])).toEqual([
      null,
      17379,
      17380,
      17380,
      17380,
      18627,
      17381,
      17381,
      18627,
    ]);
  });

  test.each([
    ["calendar interval", literal({ months: 0, days: 23, micros: 14_400_000_000n }, CalendarIntervalType)],
    ["months", literal(13, YearMonthIntervalType())],
    ["days and hours", literal((23n * 24n + 4n) * 3_600_000_000n, DayTimeIntervalType())],
  ])("ranges of timestamps by %s", async (_, offset) => {
    const w = over(agg("count", [timestamp]), {
      ...byCate,
      orderBy: [ascending(timestamp)],
      ...frame("range", current, following(offset)),
    });
    expect((await only(timestamp, w)).map((row) => row[2])).toEqual([0n, 1n, 3n, 3n, 1n, 1n, 2n, 1n, 1n]);
  });

  test("ranks, with the peers of the ordering", async () => {
    const spec = { ...byCate, orderBy: [ascending(val)] };
    const names = ["rank", "dense_rank", "row_number", "percent_rank", "cume_dist"];
    const windows = [...names.map((name) => over(agg(name, []), spec)), over(agg("ntile", [int(2)]), spec)];
    const found = (await run(input, rows, windows))
      .filter((row) => row[5] === "a")
      .map((row) => row.slice(6));
    expect(found).toEqual([
      [1, 1, 1, 0, 0.25, 1],
      [2, 2, 2, 1 / 3, 0.75, 1],
      [2, 2, 3, 1 / 3, 0.75, 2],
      [4, 3, 4, 1, 1, 2],
    ]);
  });

  test("a filter takes rows out of every frame", async () => {
    const isA = (value: string): Expression => ({
      kind: "call",
      name: ["="],
      args: [cate, literal(value, StringType)],
    });
    const { resolve } = await import("../functions/evaluate.js");
    const spec = { orderBy: [ascending(long)], ...frame("rows", first, current) };
    const windows = ["a", "b"].map((value) => over(agg("sum", [val], { filter: resolve(isA(value)) }), spec));
    const found = (await run(input, rows, windows)).map((row) => row.slice(6));
    expect(found.at(-1)).toEqual([4n, 6n]);
  });

  test("without an ordering and a frame, the whole partition", async () => {
    const found = await run(input, rows, [over(agg("sum", [val]), {}), over(agg("avg", [val]), {})]);
    for (const row of found) expect(row.slice(6)).toEqual([13n, 1.8571428571428572]);
  });

  test("windows of different orderings stand beside each other", async () => {
    const byVal = over(agg("row_number", []), { orderBy: [ascending(val)] });
    const byLong = over(agg("row_number", []), { orderBy: [descending(long)] });
    const found = await run(input, rows, [byVal, byLong]);
    expect(found.map((row) => [row[0], row[1], row[6], row[7]])).toEqual([
      [2, 2147483650n, 6, 1],
      [3, 2147483650n, 8, 2],
      [2, 3n, 7, 3],
      [1, 2n, 4, 4],
      [null, 1n, 1, 5],
      [1, 1n, 3, 6],
      [3, 1n, 9, 7],
      [null, null, 2, 8],
      [1, null, 5, 9],
    ]);
  });
});

describe("values of other rows, without nulls", () => {
  const id = attribute("id", IntegerType);
  const v = attribute("v", StringType);
  const texts = [null, "x", null, null, "y", null, "z", "v", null];
  const rows = texts.map((text, i) => [i, text]);
  const args = (n?: number): Expression[] => [v, ...(n === undefined ? [] : [int(n)])];

  async function column(name: string, n: number | undefined, spec: Partial<WindowSpec>): Promise<string> {
    const w = over(callOf(name, args(n), { ignoreNulls: true }), { orderBy: [ascending(id)], ...spec });
    return (await run([id, v], rows, [w])).map((row) => row[2] ?? "-").join("");
  }

  test.each([
    ["lead", 0, "-x--y-zv-"],
    ["lead", 1, "xyyyzzv--"],
    ["lead", 2, "yzzzvv---"],
    ["lead", 3, "zvvv-----"],
    ["lag", 0, "-x--y-zv-"],
    ["lag", 1, "--xxxyyzv"],
    ["lag", 2, "-----xxyz"],
    ["lag", 3, "-------xy"],
    ["nth_value", 1, "-xxxxxxxx"],
    ["nth_value", 2, "----yyyyy"],
    ["first_value", undefined, "-xxxxxxxx"],
    ["any_value", undefined, "-xxxxxxxx"],
    ["last_value", undefined, "-xxxyyzvv"],
  ])("%s(v, %s)", async (name, n, expected) => {
    expect(await column(name, n, {})).toBe(expected);
  });

  const near = frame("rows", preceding(int(2)), following(int(2)));
  const nearRange = frame("range", preceding(int(2)), following(int(2)));
  const rest = frame("range", current, last);
  test.each([
    ["nth_value", 1, "xxxxyyyzz", near],
    ["nth_value", 2, "--yyzzzvv", near],
    ["nth_value", 3, "-----vv--", near],
    ["last_value", undefined, "xxyyzvvvv", near],
    ["nth_value", 2, "--yyzzzvv", nearRange],
    ["first_value", undefined, "xxxxyyyzz", nearRange],
    ["nth_value", 3, "zzvvv----", rest],
    ["last_value", undefined, "vvvvvvvv-", rest],
  ])("%s(v, %s) is %s in its frame", async (name, n, expected, spec) => {
    expect(await column(name, n, spec)).toBe(expected);
  });

  test("lag gives the default of the row itself", async () => {
    const w = over(callOf("lag", [id, int(2), id]), { orderBy: [descending(id)] });
    expect((await run([id, v], rows, [w])).map((row) => row[2])).toEqual([8, 7, 8, 7, 6, 5, 4, 3, 2]);
  });
});
