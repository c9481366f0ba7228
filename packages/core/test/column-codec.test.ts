import { expect, test } from "vitest";
import {
  BinaryType,
  BooleanType,
  ByteType,
  CalendarIntervalType,
  type Column,
  columnBuilder,
  type DataType,
  DecimalType,
  DictionaryColumn,
  DoubleType,
  FloatType,
  IntegerType,
  LongType,
  NullType,
  parseTypeText,
  ShortType,
  StringType,
  TimestampType,
  type Value,
  VariantType,
  valueAt,
} from "../src/index.js";
import { ByteReader, ByteWriter } from "../src/state/byte-buffer.js";
import { readColumn, writeColumn } from "../src/state/column-codec.js";

function columnOf(type: DataType, values: readonly Value[]): Column {
  const builder = columnBuilder(type);
  for (const value of values) builder.append(value);
  return builder.finish();
}

function roundTrip(column: Column, rows: readonly number[]): Value[] {
  const out = new ByteWriter();
  // an odd start, so that nothing depends on alignment
  out.uint8(7);
  writeColumn(out, column, Int32Array.from(rows));
  const input = new ByteReader(out.written().slice());
  input.uint8();
  const read = readColumn(input, column.type, rows.length);
  expect(input.rest).toBe(0);
  return Array.from({ length: read.length }, (_, i) => valueAt(read, i));
}

const struct = parseTypeText("struct<a:int,b:array<string>>");

const CASES: [string, DataType, Value[]][] = [
  ["boolean", BooleanType, [true, false, null, true]],
  ["tinyint", ByteType, [-128, 127, null, 0]],
  ["smallint", ShortType, [-32768, null, 32767, 1]],
  ["int", IntegerType, [-2147483648, 2147483647, null, 0]],
  ["bigint", LongType, [-9223372036854775808n, 9223372036854775807n, null, 1n << 53n]],
  ["timestamp", TimestampType, [0n, null, -1n, 1704067200000000n]],
  ["float", FloatType, [1.5, Number.NaN, null, Number.NEGATIVE_INFINITY]],
  ["double", DoubleType, [0.1, -0, null, Number.NaN]],
  ["short decimal", DecimalType(18, 2), [999999999999999999n, -1n, null, 0n]],
  ["long decimal", DecimalType(38, 0), [10n ** 38n - 1n, -(10n ** 38n) + 1n, null, 1n << 64n]],
  ["string", StringType, ["", "grüße 🎉", null, "x".repeat(100)]],
  ["binary", BinaryType, [new Uint8Array([0, 255]), null, new Uint8Array(0), new Uint8Array(50).fill(3)]],
  [
    "interval",
    CalendarIntervalType,
    [{ months: -1, days: 2, micros: 3n }, null, { months: 0, days: 0, micros: -1n }],
  ],
  ["array", parseTypeText("array<array<int>>"), [[[1, null], []], null, [], [null, [2]]]],
  [
    "map",
    parseTypeText("map<string,bigint>"),
    [{ keys: ["a", "b"], values: [1n, null] }, null, { keys: [], values: [] }],
  ],
  ["struct", struct, [[1, ["x", null]], null, [null, null], [3, []]]],
  ["variant", VariantType, [[new Uint8Array([1]), new Uint8Array([2, 3])], null]],
  ["void", NullType, [null, null]],
];

test.each(CASES)(
  "columns of %s come back as they were, nulls and order of rows included",
  (_, type, values) => {
    const column = columnOf(type, values);
    const every = values.map((_, i) => i);
    expect(roundTrip(column, every)).toEqual(values);
    expect(roundTrip(column, [...every].reverse())).toEqual([...values].reverse());
    expect(roundTrip(column, [])).toEqual([]);
    expect(roundTrip(column, [1, 1])).toEqual([values[1], values[1]]);
  },
);

test.each(CASES.filter(([name]) => name !== "void"))(
  "a column of %s without nulls carries no bitmap",
  (_, type, values) => {
    const present = values.filter((value) => value !== null);
    expect(
      roundTrip(
        columnOf(type, present),
        present.map((_, i) => i),
      ),
    ).toEqual(present);
  },
);

test("the fields of a null struct are null, whatever its memory holds", () => {
  const builder = columnBuilder(struct);
  builder.append([1, ["x"]]);
  builder.setFrom(0, columnOf(struct, [null]), 0);
  const out = new ByteWriter();
  writeColumn(out, builder.view(), Int32Array.of(0));
  const read = readColumn(new ByteReader(out.written()), struct, 1);
  expect(valueAt(read, 0)).toBeNull();
  expect(read.layout === "struct" && read.children.map((child) => child.isNull(0))).toEqual([true, true]);
});

test("a dictionary column comes back plain", () => {
  const dictionary = columnOf(StringType, ["a", "b"]) as never;
  const column = new DictionaryColumn(
    StringType,
    3,
    new Uint8Array([0b101]),
    Int32Array.of(1, 0, 0),
    dictionary,
  );
  expect(roundTrip(column, [0, 1, 2])).toEqual(["b", null, "a"]);
});
