import { expect, test } from "vitest";
import {
  ArrayType,
  type Column,
  columnBuilder,
  type DataType,
  IntegerType,
  ListColumn,
  MapType,
  StringType,
  type Value,
  valueAt,
} from "../src/index.js";

function columnOf(type: DataType, values: readonly Value[]): Column {
  const builder = columnBuilder(type);
  for (const value of values) builder.append(value);
  return builder.finish();
}

test("ranges of lists and maps are appended behind what there is", () => {
  const lists = ArrayType(StringType);
  const values: Value[] = [["a", "b"], null, [], ["c", null], ["d"]];
  const builder = columnBuilder(lists);
  builder.append(["x"]);
  builder.appendRange(columnOf(lists, values), 1, 5);
  builder.appendRange(columnOf(lists, values), 0, 1);
  const column = builder.finish();
  expect(Array.from({ length: 6 }, (_, i) => valueAt(column, i))).toEqual([
    ["x"],
    null,
    [],
    ["c", null],
    ["d"],
    ["a", "b"],
  ]);
  const maps = MapType(StringType, ArrayType(IntegerType));
  const map = (key: string, ...numbers: number[]): Value => ({ keys: [key], values: [numbers] }) as never;
  const mapBuilder = columnBuilder(maps);
  mapBuilder.appendRange(columnOf(maps, [map("a", 1), null, map("b", 2, 3)]), 1, 3);
  mapBuilder.appendRange(columnOf(maps, [map("c")]), 0, 1);
  const mapped = mapBuilder.finish();
  expect(Array.from({ length: 3 }, (_, i) => valueAt(mapped, i))).toEqual([null, map("b", 2, 3), map("c")]);
});

test("lists that lie in any order, overlap or leave others out are appended as they are", () => {
  const elements = columnOf(
    IntegerType,
    Array.from({ length: 500 }, (_, k) => k),
  );
  const starts = Int32Array.of(10, 2, 3, 400);
  const lengths = Int32Array.of(2, 3, 1, 1);
  const column = new ListColumn(ArrayType(IntegerType), 4, null, starts, lengths, elements);
  for (const [from, to] of [
    [0, 4],
    [1, 3],
    [2, 4],
  ] as const) {
    const builder = columnBuilder(column.type);
    builder.appendRange(column, from, to);
    const copy = builder.finish();
    for (let i = from; i < to; i++) expect(valueAt(copy, i - from)).toEqual(valueAt(column, i));
  }
});
