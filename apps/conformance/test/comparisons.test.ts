import { StreamError } from "@ss/core";
import { expect, test } from "vitest";
import { compareError } from "../src/golden/compare-error.js";
import { compareRows } from "../src/golden/compare-rows.js";
import type { ExpectedError } from "../src/golden/expected-answer.js";
import { matchesText } from "../src/golden/wildcard-text.js";
import { checkFailure } from "../src/scenario/check-failure.js";

test("rows without an order may come in any order, rows with one may not", () => {
  expect(compareRows("1\n2", ["2", "1"], false)).toBeUndefined();
  expect(compareRows("1\n2", ["2", "1"], true)).toContain("line 1");
  expect(compareRows("1\n2", ["1", "2"], true)).toBeUndefined();
});

test("a cell may hold several lines and spaces at its end do not count", () => {
  expect(compareRows("a\nb\t1", ["a\nb\t1"], true)).toBeUndefined();
  expect(compareRows("x", ["x  "], true)).toBeUndefined();
});

test("a missing, an additional and a different row are told apart from equal ones", () => {
  expect(compareRows("1\n2", ["1"], false)).toContain("rows differ");
  expect(compareRows("1", ["1", "1"], false)).toContain("rows differ");
  expect(compareRows("1\t2", ["1\t3"], false)).toContain("1\t3");
  expect(compareRows("", ["1"], false)).toContain("rows differ");
});

test("ids of expressions are all alike, and some places match anything", () => {
  expect(matchesText("a#12, b#x", "a#7, b#1")).toBe(true);
  expect(matchesText("a#12", "b#12")).toBe(false);
  expect(matchesText("Created By [not included in comparison]!", "Created By Spark (4.3)!")).toBe(true);
  expect(matchesText("Created By [not included in comparison]!", "Created By Spark")).toBe(false);
});

const EXPECTED: ExpectedError = {
  kind: "error",
  condition: "DIVIDE_BY_ZERO",
  sqlState: "22012",
  parameters: { config: '"a"' },
  fragments: ["1 / 0"],
};

function thrown(change: Partial<ConstructorParameters<typeof StreamError>[0]>): StreamError {
  return new StreamError({
    condition: "DIVIDE_BY_ZERO",
    sqlState: "22012",
    parameters: { config: '"a"' },
    queryContext: { startIndex: 7, stopIndex: 11, fragment: "1 / 0" },
    message: "no",
    ...change,
  });
}

test("an error has to agree in condition, SQLSTATE, parameters and fragment", () => {
  expect(compareError(EXPECTED, thrown({}))).toBeUndefined();
  expect(compareError(EXPECTED, thrown({ condition: "ARITHMETIC_OVERFLOW" }))).toContain(
    "expected DIVIDE_BY_ZERO",
  );
  expect(compareError(EXPECTED, thrown({ sqlState: "22003" }))).toContain("SQLSTATE 22003");
  expect(compareError(EXPECTED, thrown({ parameters: {} }))).toContain("parameter config");
  expect(compareError(EXPECTED, thrown({ parameters: { config: '"a"', more: "" } }))).toContain("more");
  expect(compareError(EXPECTED, thrown({ queryContext: undefined }))).toContain("fragment");
  expect(compareError(EXPECTED, new TypeError("no"))).toContain("TypeError");
});

test("an error without a condition has to hold the message", () => {
  const expected: ExpectedError = { kind: "error", parameters: {}, fragments: [], message: "long overflow" };
  expect(compareError(expected, new Error("long overflow"))).toBeUndefined();
  expect(compareError(expected, new Error("overflow"))).toContain("long overflow");
});

test("the failure of a stream is looked for among its causes", () => {
  const cause = thrown({});
  const error = new Error("the query ended", { cause });
  expect(checkFailure({ contains: ["ended"], condition: "DIVIDE_BY_ZERO" }, error)).toBeUndefined();
  expect(checkFailure({ contains: ["elsewhere"], condition: null }, error)).toContain("elsewhere");
  expect(checkFailure({ contains: [], condition: "OTHER" }, error)).toContain("OTHER");
  expect(checkFailure({ contains: [], condition: null }, undefined)).toContain("there was none");
});
