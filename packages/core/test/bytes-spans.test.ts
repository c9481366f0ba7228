import { expect, test } from "vitest";
import { BinaryType, BytesBuilder, type BytesColumn, valueAt } from "../src/index.js";

const source = Uint8Array.of(1, 2, 3, 4, 5);
const other = Uint8Array.of(9, 8, 7);

/** Two rows that refer to the source, and a null between them. */
function spans(): BytesBuilder {
  const builder = new BytesBuilder(BinaryType);
  builder.appendSpan(source, 1, 2);
  builder.appendNull();
  builder.appendSpan(source, 0, 3);
  return builder;
}

const rows = (builder: BytesBuilder): unknown[] => {
  const column = builder.view();
  return Array.from({ length: column.length }, (_, i) => valueAt(column, i));
};
const [first, third] = [Uint8Array.of(2, 3), Uint8Array.of(1, 2, 3)];

test("rows that are parts of one source refer to it", () => {
  const builder = spans();
  expect((builder.view() as BytesColumn).data).toBe(source);
  expect(rows(builder)).toEqual([first, null, third]);
});

test("a column that is kept has bytes of its own", () => {
  const builder = spans();
  const column = builder.finish() as BytesColumn;
  expect(column.data).not.toBe(source);
  expect([0, 1, 2].map((i) => valueAt(column, i))).toEqual([first, null, third]);
  builder.append(other);
  expect(rows(builder)).toEqual([other]);
});

test.each<[string, (builder: BytesBuilder) => void, unknown]>([
  ["another source", (builder) => builder.appendSpan(other, 1, 2), Uint8Array.of(8, 7)],
  ["bytes", (builder) => builder.appendBytes(other, 0, 1), Uint8Array.of(9)],
  ["a text", (builder) => builder.appendText("a"), Uint8Array.of(97)],
  ["a row of a column", (builder) => builder.appendFrom(spans().view(), 2), third],
])("%s behind them makes the builder copy", (_, append, value) => {
  const builder = spans();
  append(builder);
  builder.appendSpan(source, 4, 1);
  expect(rows(builder)).toEqual([first, null, third, value, Uint8Array.of(5)]);
  expect([...source]).toEqual([1, 2, 3, 4, 5]);
});

test("a row may be written over, rows may go, and the builder may begin anew", () => {
  const builder = spans();
  builder.setFrom(0, spans().view(), 2);
  expect(rows(builder)).toEqual([third, null, third]);
  const fewer = spans();
  fewer.truncate(1);
  fewer.appendSpan(source, 3, 1);
  expect(rows(fewer)).toEqual([first, Uint8Array.of(4)]);
  fewer.reset();
  fewer.append(other);
  fewer.appendSpan(source, 0, 1);
  expect(rows(fewer)).toEqual([other, Uint8Array.of(1)]);
  expect([...source]).toEqual([1, 2, 3, 4, 5]);
});
