import {
  type Column,
  columnBuilder,
  type DataType,
  DictionaryColumn,
  IntegerType,
  StringType,
  type Value,
  valueAt,
} from "@ss/core";
import { describe, expect, it } from "vitest";
import { Stage } from "../../src/execution/codegen/stage.js";
import type { Expression } from "../../src/expression/expression.js";
import { call, input, literal, resolve } from "../functions/evaluate.js";

const clock = { nowMs: () => 0, partition: () => 0 };

function plain(type: DataType, values: readonly Value[]): Column {
  const builder = columnBuilder(type);
  for (const value of values) builder.append(value);
  return builder.finish();
}

/** A dictionary-encoded column; -1 among the codes is a null row. */
function encoded(dictionary: Column, codes: readonly number[]): DictionaryColumn {
  const validity = codes.includes(-1) ? new Uint8Array((codes.length + 7) >> 3) : null;
  codes.forEach((code, i) => {
    if (validity && code >= 0) validity[i >> 3]! |= 1 << (i & 7);
  });
  const own = Int32Array.from(codes, (code) => Math.max(code, 0));
  return new DictionaryColumn(
    StringType,
    codes.length,
    validity,
    own,
    dictionary as DictionaryColumn["dictionary"],
  );
}

const x = input("x", StringType);
const n = input("n", IntegerType);
const text = (value: string): Expression => literal(value, StringType);

function stageOf(outputs: readonly Expression[], conditions: readonly Expression[] = [], ansi = true): Stage {
  const settings = { ansi, timeZone: "UTC" };
  const resolved = outputs.map((output) => resolve(output, settings));
  return new Stage(
    { input: [x, n], conditions: conditions.map((one) => resolve(one, settings)), outputs: resolved },
    settings,
  );
}

function run(stage: Stage, column: Column): { columns: readonly Column[]; values: Value[][] } {
  const numbers = plain(
    IntegerType,
    Array.from({ length: column.length }, (_, k) => k),
  );
  const out = stage.run([column, numbers], column.length, clock);
  const values = out.columns.map((one) => Array.from({ length: out.rowCount }, (_, i) => valueAt(one, i)));
  return { columns: out.columns, values };
}

const dictionary = plain(StringType, ["b", "a", "12"]);

describe("outputs of one dictionary-encoded column", () => {
  it("keep the codes where the result is a text, batch after batch", () => {
    const stage = stageOf([call("concat", call("upper", x), text("!"))]);
    const first = run(stage, encoded(dictionary, [1, 1, 0, 1]));
    expect(first.values).toEqual([["A!", "A!", "B!", "A!"]]);
    expect(first.columns[0]!.layout).toBe("dictionary");
    expect((first.columns[0] as DictionaryColumn).dictionary.length).toBe(2);
    const second = run(stage, encoded(dictionary, [2, 0, 0, 2, 1]));
    expect(second.values).toEqual([["12!", "B!", "B!", "12!", "A!"]]);
    const third = run(stage, encoded(dictionary, [2, 0, 0, 2, 1]));
    expect((third.columns[0] as DictionaryColumn).dictionary).toBe(
      (second.columns[0] as DictionaryColumn).dictionary,
    );
    const other = plain(StringType, ["z"]);
    expect(run(stage, encoded(other, [0, 0])).values).toEqual([["Z!", "Z!"]]);
  });

  it("give numbers and truths as plain columns", () => {
    const stage = stageOf([call("length", x), call("startswith", x, text("1"))]);
    const { columns, values } = run(stage, encoded(dictionary, [2, 1, 2, -1, 0]));
    expect(values).toEqual([
      [2, 1, 2, null, 1],
      [true, false, true, null, false],
    ]);
    expect(columns[0]!.layout).toBe("int32");
  });

  it("see rows that are null, where a function makes something of them", () => {
    const stage = stageOf([call("coalesce", call("upper", x), text("none")), call("nullif", x, text("a"))]);
    expect(run(stage, encoded(dictionary, [-1, 1, 0, -1])).values).toEqual([
      ["none", "A", "B", "none"],
      [null, null, "b", null],
    ]);
  });

  it("compute no entry that does not occur, or that a filter takes out", () => {
    const number: Expression = { kind: "cast", child: x, type: IntegerType, mode: "cast" };
    const stage = stageOf([number], [call("=", x, text("12"))]);
    expect(run(stage, encoded(dictionary, [2, 0, 2, 1])).values).toEqual([[12, 12]]);
    expect(() => run(stageOf([number]), encoded(dictionary, [2, 0, 2, 1]))).toThrow("CAST_INVALID_INPUT");
    expect(run(stageOf([number]), encoded(dictionary, [2, 2, 2, 2])).values).toEqual([[12, 12, 12, 12]]);
  });

  it("are computed row by row where the dictionary is as large as the batch, another column takes part, or chance does", () => {
    const upper = stageOf([call("upper", x)]);
    expect(run(upper, encoded(dictionary, [2, 1, 0])).columns[0]!.layout).toBe("bytes");
    const both = stageOf([call("concat", x, { kind: "cast", child: n, type: StringType, mode: "cast" })]);
    expect(run(both, encoded(dictionary, [2, 1, 0, 0])).values).toEqual([["120", "a1", "b2", "b3"]]);
    const chance = stageOf([call("concat", x, call("uuid"))]);
    expect(new Set(run(chance, encoded(dictionary, [0, 0, 0, 0])).values[0]).size).toBe(4);
  });
});
