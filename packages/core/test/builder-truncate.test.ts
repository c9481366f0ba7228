import { expect, test } from "vitest";
import { columnBuilder, parseTypeText, type Value, valueAt } from "../src/index.js";

test.each([
  ["INT", [1, null, 3], 4],
  ["BIGINT", [1n, null, 3n], 4n],
  ["DECIMAL(30,2)", [1n, null, 3n], 4n],
  ["STRING", ["a", null, "ccc"], "dd"],
  ["BOOLEAN", [true, null, false], true],
  ["ARRAY<STRING>", [["a", "b"], null, []], ["c"]],
  ["STRUCT<a: INT, b: ARRAY<STRING>>", [[1, ["x"]], null, [null, null]], [2, ["y", "z"]]],
  ["MAP<STRING, ARRAY<INT>>", [{ keys: ["k"], values: [[1, 2]] }, null], { keys: ["l"], values: [[3]] }],
] as readonly (readonly [string, readonly Value[], Value])[])(
  "a builder of %s forgets rows from its end on, and goes on from there",
  (text, rows, another) => {
    for (let keep = 0; keep <= rows.length; keep++) {
      const builder = columnBuilder(parseTypeText(text));
      for (const row of rows) builder.append(row);
      builder.truncate(keep);
      expect(builder.length).toBe(keep);
      builder.append(another);
      const column = builder.view();
      const expected = [...rows.slice(0, keep), another];
      expect(column.length).toBe(expected.length);
      expect(expected.map((_, i) => valueAt(column, i))).toEqual(expected);
      expect(column.validity === null).toBe(expected.every((row) => row !== null));
    }
  },
);

test("parts of a row that was not ended are forgotten", () => {
  const builder = columnBuilder(parseTypeText("STRUCT<a: INT, b: STRING>"));
  builder.append([1, "a"]);
  (builder as unknown as { children: { append(value: Value): void }[] }).children[0]!.append(2);
  builder.truncate(1);
  builder.append([3, "c"]);
  expect([0, 1].map((i) => valueAt(builder.view(), i))).toEqual([
    [1, "a"],
    [3, "c"],
  ]);
});
