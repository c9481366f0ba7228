import { Options, parseDdl, rowsOf, type SessionContext, type Source, type Value } from "@ss/core";
import { MemorySourceLog, VirtualClock } from "@ss/testkit";
import { afterEach, expect, test } from "vitest";
import { MemorySource, memory, memorySource } from "../src/index.js";

const session = {} as SessionContext;
afterEach(() => MemorySource.reset("in"));

function load(schema?: string): Promise<Source> {
  return memorySource().sources![0]!.stream!({
    format: "memory",
    options: new Options({ name: "in" }),
    paths: [],
    schema: schema === undefined ? undefined : parseDdl(schema),
    session,
  });
}

async function opened(schema?: string): Promise<Source> {
  const source = await load(schema);
  await source.open({
    log: new MemorySourceLog(),
    clock: new VirtualClock(),
    signal: new AbortController().signal,
  });
  return source;
}

async function everything(source: Source): Promise<Value[][]> {
  const rows: Value[][] = [];
  const scan = { columns: source.schema.fieldNames(), predicates: [] };
  const end = await source.latestOffset(-1, source.readLimit);
  for (const partition of await source.plan(-1, end)) {
    for await (const batch of source.read(partition, scan, new AbortController().signal))
      rows.push(...rowsOf(batch));
  }
  return rows;
}

/** The rows of a schema after one addition. */
async function through(schema: string | undefined, ...rows: unknown[]): Promise<Value[][]> {
  MemorySource.addData("in", ...rows);
  const source = await opened(schema);
  try {
    return await everything(source);
  } finally {
    await source.close();
  }
}

test("counts additions from 0, and a query starts before the first", async () => {
  expect(MemorySource.addData("in", 1, 2)).toBe(0);
  expect(MemorySource.addData("in", 3)).toBe(1);
  const source = await load();
  expect(await source.initialOffset()).toBe(-1);
  expect(await source.latestOffset(-1, source.readLimit)).toBe(1);
});

test("a reset begins anew", async () => {
  MemorySource.addData("in", 1);
  MemorySource.reset("in");
  expect(MemorySource.addData("in", 1)).toBe(0);
});

test.each([
  [[1, 2], "value INT"],
  [[1, 2 ** 31], "value BIGINT"],
  [[1, 2n], "value BIGINT"],
  [[1, 0.5], "value DOUBLE"],
  [["a", null], "value STRING"],
  [[true], "value BOOLEAN"],
  [[new Date(0)], "value TIMESTAMP"],
  [[new Uint8Array(1)], "value BINARY"],
])("finds the type of %o", async (rows, ddl) => {
  MemorySource.addData("in", ...rows);
  expect((await load()).schema).toEqual(parseDdl(ddl));
});

test.each([[[]], [[null]], [[{ a: 1 }]], [[1, "a"]]])(
  "asks for a schema where %o tells none",
  async (rows) => {
    MemorySource.addData("in", ...rows);
    await expect(load()).rejects.toThrow(/UNABLE_TO_INFER_SCHEMA.*\.schema\(/);
  },
);

test("takes objects, tuples and single values", async () => {
  expect(await through("a INT, b STRING", { b: "x", a: 1 }, [2, "y"], { a: 3 })).toEqual([
    [1, "x"],
    [2, "y"],
    [3, null],
  ]);
  MemorySource.reset("in");
  expect(await through("a INT", 1, [2], { a: 3 }, null)).toEqual([[1], [2], [3], [null]]);
  MemorySource.reset("in");
  expect(await through("a ARRAY<INT>", [1, 2], { a: [3] })).toEqual([[[1, 2]], [[3]]]);
});

test.each<[string, unknown, Value]>([
  ["BIGINT", 2 ** 53 - 1, 9007199254740991n],
  ["DECIMAL(5,2)", 1.5, 150n],
  ["DECIMAL(5,2)", "-12.30", -1230n],
  ["DECIMAL(38,0)", "99999999999999999999999999999999999999", 99999999999999999999999999999999999999n],
  ["DECIMAL(5,2)", "1e2", 10000n],
  ["DATE", "2024-02-29", 19782],
  ["DATE", new Date("1969-12-31T23:00:00Z"), -1],
  ["TIMESTAMP", new Date(1500), 1500000n],
  ["TIMESTAMP", 7n, 7n],
  ["TIMESTAMP", "1970-01-01 01:00:00.000001+01:00", 1n],
  ["TIMESTAMP_NTZ", "1970-01-01T00:00:01", 1000000n],
  ["DOUBLE", Number.NaN, Number.NaN],
  ["STRING", "grüße 🦉", "grüße 🦉"],
  ["BINARY", Uint8Array.of(1, 255), Uint8Array.of(1, 255)],
  ["ARRAY<STRUCT<a: INT, b: STRING>>", [{ a: 1 }, [2, "x"], null], [[1, null], [2, "x"], null]],
  ["MAP<STRING, INT>", new Map([["a", 1]]), { keys: ["a"], values: [1] }],
  ["MAP<STRING, INT>", { a: null }, { keys: ["a"], values: [null] }],
  ["INTERVAL", { days: 2 }, { months: 0, days: 2, micros: 0n }],
])("%s takes %o", async (type, value, expected) => {
  expect(await through(`c ${type}`, { c: value })).toEqual([[expected]]);
});

test.each<[string, unknown]>([
  ["TINYINT", 128],
  ["INT", 1.5],
  ["INT", "1"],
  ["INT", 2 ** 31],
  ["BIGINT", 2 ** 53],
  ["BIGINT", 2n ** 63n],
  ["DECIMAL(5,2)", "1.005"],
  ["DECIMAL(5,2)", 1000],
  ["DATE", "2023-02-29"],
  ["TIMESTAMP", "2024-01-01 00:00:00"],
  ["TIMESTAMP", new Date(Number.NaN)],
  ["BOOLEAN", 1],
  ["STRING", 1],
  ["VARCHAR(2)", "abc"],
  ["INT NOT NULL", null],
])("%s refuses %o and says where it stands", async (type, value) => {
  await expect(through(`c ${type}`, { c: value })).rejects.toThrow(/SS_INVALID_VALUE.*in\[0\]\[0\]/);
});

test("refuses what an open query cannot hold at once, and keeps nothing of it", async () => {
  const source = await opened("value INT");
  expect(() => MemorySource.addData("in", 1, "two")).toThrow(/SS_INVALID_VALUE/);
  expect(() => MemorySource.addData("in", { other: 1 })).toThrow(/'other'/);
  expect(MemorySource.addData("in", 1)).toBe(0);
  expect(await everything(source)).toEqual([[1]]);
  await source.close();
});

test("a name is read by any number of readers at a time, of which each gets all rows and commits for itself", async () => {
  MemorySource.addData("in", 1);
  const first = await opened();
  const second = await opened();
  MemorySource.addData("in", 2);
  expect(await everything(first)).toEqual([[1], [2]]);
  await first.commit(1);
  expect(await everything(second)).toEqual([[1], [2]]);
  await first.close();
  MemorySource.addData("in", 3);
  expect(await everything(second)).toEqual([[1], [2], [3]]);
  await second.close();
});

test("says what to do when rows of an earlier process are asked for", async () => {
  const source = await opened("value INT");
  const [partition] = await source.plan(2, 3);
  const scan = { columns: ["value"], predicates: [] };
  const reading = source.read(partition!, scan, new AbortController().signal)[Symbol.asyncIterator]().next();
  await expect(reading).rejects.toThrow(/SS_MEMORY_ROWS_MISSING.*offset 3|SS_MEMORY_ROWS_MISSING/);
  await source.close();
});

test("needs a name", async () => {
  const request = { format: "memory", options: new Options(), paths: [], schema: undefined, session };
  await expect(memorySource().sources![0]!.stream!(request)).rejects.toThrow(/option 'name'/);
});

test("the typed way in is the same as format and options", () => {
  expect(memory({ name: "in" })).toEqual({ format: "memory", options: { name: "in" } });
  expect(memory({ name: "in", schema: "a INT" }).schema).toEqual(parseDdl("a INT"));
});
