import { expect, test } from "vitest";
import { renderTable } from "../src/index.js";

const lines = (...text: string[]): string => `${text.join("\n")}\n`;

test("a table whose cells are cut stands to the right", () => {
  const rows = [
    ["a", "1"],
    ["a text of more than twenty", "22222"],
  ];
  expect(renderTable(["word", "n"], rows, { truncate: 20 })).toBe(
    lines(
      "+--------------------+-----+",
      "|                word|    n|",
      "+--------------------+-----+",
      "|                   a|    1|",
      "|a text of more th...|22222|",
      "+--------------------+-----+",
    ),
  );
});

test("a table whose cells are whole stands to the left", () => {
  expect(renderTable(["word", "n"], [["a longer word", "1"]])).toBe(
    lines(
      "+-------------+---+",
      "|word         |n  |",
      "+-------------+---+",
      "|a longer word|1  |",
      "+-------------+---+",
    ),
  );
});

test("says that there are more rows", () => {
  const rows = [["1"], ["2"], ["3"]];
  expect(renderTable(["n"], rows, { numRows: 2 })).toBe(
    lines("+---+", "|n  |", "+---+", "|1  |", "|2  |", "+---+", "only showing top 2 rows"),
  );
  expect(renderTable(["n"], rows, { numRows: 1 })).toMatch(/\|1 {2}\|\n\+---\+\nonly showing top 1 row\n$/);
  expect(renderTable(["n"], rows, { numRows: 3 })).not.toContain("only showing");
});

test("a table of no rows or no columns has its frame", () => {
  expect(renderTable(["n"], [])).toBe(lines("+---+", "|n  |", "+---+", "+---+"));
  expect(renderTable([], [[]])).toBe(lines("++", "||", "++", "||", "++"));
});

test("counts East Asian characters as two", () => {
  expect(renderTable(["n"], [["日本語"], ["ａ"], ["ab"]])).toBe(
    lines("+------+", "|n     |", "+------+", "|日本語|", "|ａ    |", "|ab    |", "+------+"),
  );
});

test("shows control characters as escapes, in names too", () => {
  expect(renderTable(["a\tb"], [["1\n2\r3\f4\b5\u000b6\u00077"]])).toBe(
    lines(
      "+-------------------+",
      "|a\\tb               |",
      "+-------------------+",
      "|1\\n2\\r3\\f4\\b5\\v6\\a7|",
      "+-------------------+",
    ),
  );
});

test("cuts to fewer than four characters without dots", () => {
  expect(renderTable(["n"], [["abcdef"]], { truncate: 3 })).toContain("|abc|");
  expect(renderTable(["n"], [["abcdef"]], { truncate: 5 })).toContain("|ab...|");
});

test("lays rows out vertically", () => {
  const rows = [
    ["owl", "1"],
    ["cat", "22222"],
  ];
  expect(renderTable(["word", "n"], rows, { vertical: true, numRows: 1 })).toBe(
    lines("-RECORD 0---", " word | owl ", " n    | 1   ", "only showing top 1 row"),
  );
  expect(renderTable(["word", "n"], rows, { vertical: true })).toBe(
    lines(
      "-RECORD 0-----",
      " word | owl   ",
      " n    | 1     ",
      "-RECORD 1-----",
      " word | cat   ",
      " n    | 22222 ",
    ),
  );
  expect(renderTable(["n"], [], { vertical: true })).toBe("(0 rows)\n");
});
