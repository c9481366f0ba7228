import {
  ArrayType,
  Batch,
  batchFromRows,
  type Column,
  type DataType,
  DictionaryColumn,
  IntegerType,
  LongType,
  rowsOf,
  StringType,
  StructField,
  StructType,
  TimestampType,
  type Value,
} from "@ss/core";
import { describe, expect, test } from "vitest";
import { Stage, type StageSpec } from "../../src/execution/codegen/stage.js";
import {
  type Attribute,
  type Expression,
  freshId,
  literal,
  type ScalarCall,
} from "../../src/expression/expression.js";
import { nullableOf, typeOf } from "../../src/expression/type-of.js";
import { builtinRegistry } from "../../src/functions/builtin.js";

const functions = builtinRegistry();
const settings = { ansi: true, timeZone: "UTC" };
const clock = { nowMs: () => 0, partition: () => 0 };

function attribute(name: string, type: DataType, nullable = true): Attribute {
  return { kind: "attribute", id: freshId(), name, type, nullable, qualifier: [] };
}

function apply(name: string, ...args: Expression[]): ScalarCall {
  const fn = functions.lookup(name);
  if (fn?.form !== "scalar") throw new Error(`no scalar function ${name}`);
  const answer = (): never => {
    throw new Error("no function that is built in waits for anything");
  };
  const context = { ...settings, conf: () => undefined, name, sql: name, constant: () => undefined, answer };
  const resolution = fn.resolve(args, context);
  const nullable = resolution.nullable ?? resolution.args.some(nullableOf);
  return {
    kind: "scalar",
    fn,
    args: resolution.args,
    type: resolution.type,
    nullable,
    name,
    state: resolution.state,
  };
}

function run(spec: StageSpec, rows: readonly (readonly Value[])[]): Value[][] {
  const schema = new StructType(spec.input.map((a) => StructField(a.name, a.type, a.nullable)));
  const batch = batchFromRows(schema, rows);
  const result = new Stage(spec, settings).run(batch.columns, batch.rowCount, clock);
  const out = new StructType(spec.outputs.map((e, k) => StructField(`c${k}`, typeOf(e))));
  return rowsOf(new Batch(out, result.columns, result.rowCount));
}

describe("a generated stage over dictionary-encoded columns", () => {
  const words = batchFromRows(new StructType([StructField("word", StringType)]), [["view"], ["12"], ["no"]]);
  const dictionary = words.columns[0] as DictionaryColumn["dictionary"];
  const word = attribute("word", StringType);
  const number = attribute("number", IntegerType);

  function encoded(codes: readonly number[], validity: Uint8Array | null): Column[] {
    const rows = codes.length;
    const numbers = batchFromRows(
      new StructType([StructField("number", IntegerType)]),
      codes.map((_, i) => [i]),
    );
    return [
      new DictionaryColumn(StringType, rows, validity, Int32Array.from(codes), dictionary),
      numbers.columns[0]!,
    ];
  }

  function rows(stage: Stage, columns: readonly Column[]): Value[][] {
    const result = stage.run(columns, columns[0]!.length, clock);
    const schema = new StructType([StructField("word", StringType), StructField("number", IntegerType)]);
    return rowsOf(new Batch(schema, result.columns, result.rowCount));
  }

  test("filters by them and hands them on encoded, also where rows are null", () => {
    const conditions = [apply("=", word, literal("view", StringType))];
    const stage = new Stage({ input: [word, number], conditions, outputs: [word, number] }, settings);
    const first = encoded([0, 1, 0, 2, 0], null);
    expect(rows(stage, first)).toEqual([
      ["view", 0],
      ["view", 2],
      ["view", 4],
    ]);
    expect(stage.run(first, 5, clock).columns[0]!.layout).toBe("dictionary");
    expect(rows(stage, encoded([0, 0, 1, 0], Uint8Array.of(0b1101)))).toEqual([
      ["view", 0],
      ["view", 3],
    ]);
    const plain = batchFromRows(
      new StructType([StructField("word", StringType), StructField("number", IntegerType)]),
      [
        ["view", 7],
        ["no", 8],
      ],
    );
    expect(rows(stage, plain.columns)).toEqual([["view", 7]]);
  });

  test("keeps nulls that a condition lets pass", () => {
    const conditions = [apply("isnull", word)];
    const either = apply("or", conditions[0]!, apply("=", word, literal("no", StringType)));
    const stage = new Stage(
      { input: [word, number], conditions: [either], outputs: [word, number] },
      settings,
    );
    expect(rows(stage, encoded([2, 0, 1, 2], Uint8Array.of(0b1011)))).toEqual([
      ["no", 0],
      [null, 2],
      ["no", 3],
    ]);
  });

  test("computes a condition for entries only that occur", () => {
    const cast: Expression = { kind: "cast", child: word, type: IntegerType, mode: "cast" };
    const conditions = [apply(">", cast, literal(0, IntegerType))];
    const stage = new Stage({ input: [word, number], conditions, outputs: [word, number] }, settings);
    expect(rows(stage, encoded([1, 1], null))).toEqual([
      ["12", 0],
      ["12", 1],
    ]);
    expect(() => rows(stage, encoded([1, 2], null))).toThrow("CAST_INVALID_INPUT");
  });
});

describe("a generated stage", () => {
  const a = attribute("a", IntegerType);
  const s = attribute("s", StringType);

  test("keeps the rows for which all conditions are true", () => {
    const spec = { input: [a, s], conditions: [apply(">", a, literal(1, IntegerType))], outputs: [s, a] };
    expect(
      run(spec, [
        [1, "x"],
        [2, "y"],
        [null, "z"],
        [3, null],
      ]),
    ).toEqual([
      ["y", 2],
      [null, 3],
    ]);
  });

  test("computes with nulls", () => {
    const spec = { input: [a, s], conditions: [], outputs: [apply("+", a, literal(1, IntegerType)), s] };
    expect(
      run(spec, [
        [1, "x"],
        [null, "y"],
      ]),
    ).toEqual([
      [2, "x"],
      [null, "y"],
    ]);
  });

  test("hands on columns that it does not touch", () => {
    const spec: StageSpec = { input: [a, s], conditions: [], outputs: [s] };
    const batch = batchFromRows(new StructType().add("a", IntegerType).add("s", StringType), [[1, "x"]]);
    expect(new Stage(spec, settings).run(batch.columns, 1, clock).columns[0]).toBe(batch.columns[1]);
  });

  test("gives one row per element of an array, and keeps the row's other columns", () => {
    const list = attribute("l", ArrayType(StringType));
    const element = attribute("e", StringType);
    const generator = { list, attributes: [element], outer: false };
    const spec = { input: [a, list], conditions: [], generator, outputs: [a, element] };
    const rows: Value[][] = [
      [1, ["x", "y"]],
      [2, []],
      [3, null],
      [4, ["z", null]],
    ];
    expect(run(spec, rows)).toEqual([
      [1, "x"],
      [1, "y"],
      [4, "z"],
      [4, null],
    ]);
  });

  test("gives a row of nulls for an empty array with outer", () => {
    const list = attribute("l", ArrayType(StringType));
    const element = attribute("e", StringType);
    const generator = { list, attributes: [element], outer: true };
    const spec = { input: [a, list], conditions: [], generator, outputs: [a, element] };
    expect(
      run(spec, [
        [2, []],
        [3, null],
        [4, ["z"]],
      ]),
    ).toEqual([
      [2, null],
      [3, null],
      [4, "z"],
    ]);
  });

  test("grows its output when a list is longer than the batch", () => {
    const list = attribute("l", ArrayType(IntegerType));
    const element = attribute("e", IntegerType);
    const long = Array.from({ length: 10_000 }, (_, i) => i);
    const generator = { list, attributes: [element], outer: false };
    const spec = { input: [list], conditions: [], generator, outputs: [element] };
    expect(run(spec, [[long]])).toEqual(long.map((i) => [i]));
  });

  test("computes tumbling windows, also before 1970", () => {
    const time = attribute("t", TimestampType, false);
    const window = apply("$tumbling_window", time, literal(10_000_000n, LongType), literal(0n, LongType));
    const spec = { input: [time], conditions: [], outputs: [window] };
    expect(run(spec, [[15_000_001n], [-1n], [20_000_000n]])).toEqual([
      [[10_000_000n, 20_000_000n]],
      [[-10_000_000n, 0n]],
      [[20_000_000n, 30_000_000n]],
    ]);
  });

  test("never writes names or texts of the query into generated code", () => {
    const evil = attribute('"];process.exit(1);//\u2028__proto__', StringType);
    const text = "'); process.exit(2); ('";
    const spec = {
      input: [evil],
      conditions: [apply("=", evil, literal(text, StringType))],
      outputs: [evil],
    };
    const schema = new StructType([StructField(evil.name, StringType)]);
    const batch = batchFromRows(schema, [[text], ["other"]]);
    const stage = new Stage(spec, settings);
    const result = stage.run(batch.columns, 2, clock);
    expect(result.rowCount).toBe(1);
    expect(stage.text()).not.toContain("process");
    expect(stage.text()).not.toContain("__proto__");
  });
});
