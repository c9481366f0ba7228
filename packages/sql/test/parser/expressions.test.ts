import { describe, expect, test } from "vitest";
import { parseExpression, parseSortOrder } from "../../src/parser/parser.js";
import { expr, short } from "./plain.js";

describe("operators", () => {
  test.each([
    ["a OR b AND NOT c", ["or", "$a", ["and", "$b", ["not", "$c"]]]],
    ["NOT a = b", ["not", ["=", "$a", "$b"]]],
    ["a + b * c - d", ["-", ["+", "$a", ["*", "$b", "$c"]], "$d"]],
    ["a | b ^ c & d << 1", ["|", "$a", ["^", "$b", ["&", "$c", ["<<", "$d", 1]]]]],
    ["a >> 1 >>> 2", [">>>", [">>", "$a", 1], 2]],
    ["a > b", [">", "$a", "$b"]],
    ["a || b || c", ["||", ["||", "$a", "$b"], "$c"]],
    ["-a * ~b", ["*", ["negative", "$a"], ["~", "$b"]]],
    ["- -1", ["negative", -1]],
    ["+a % 2 DIV 3", ["div", ["%", ["positive", "$a"], 2], 3]],
    ["a <> b", ["not", ["=", "$a", "$b"]]],
    ["a == b", ["=", "$a", "$b"]],
    ["a <=> b !> c", ["<=", ["<=>", "$a", "$b"], "$c"]],
    ["(a + b) * c", ["*", ["+", "$a", "$b"], "$c"]],
    ["1 - 1", ["-", 1, 1]],
  ])("%s", (text, tree) => expect(expr(text)).toEqual(tree));
});

describe("predicates", () => {
  test.each([
    ["a BETWEEN 1 AND 2 AND b", ["and", ["between", "$a", 1, 2], "$b"]],
    ["a NOT BETWEEN SYMMETRIC 2 AND 1", ["not", ["or", ["between", "$a", 2, 1], ["between", "$a", 1, 2]]]],
    ["a IN (1, 2)", ["in", "$a", 1, 2]],
    ["a NOT IN (1)", ["not", ["in", "$a", 1]]],
    ["a IN (SELECT 1)", ["in", "$a"]],
    ["(a, b) NOT IN (SELECT 1, 2)", ["not", ["in", "$a", "$b"]]],
    ["a IN ((SELECT 1) + 1)", ["in", "$a", ["+", ["scalar"], 1]]],
    ["a LIKE 'x' ESCAPE '/'", ["like", "$a", "x", "/"]],
    ["a NOT ILIKE 'x'", ["not", ["ilike", "$a", "x"]]],
    ["a LIKE ANY ('x', 'y')", ["or", ["like", "$a", "x"], ["like", "$a", "y"]]],
    ["a NOT LIKE ALL ('x', 'y')", ["and", ["not", ["like", "$a", "x"]], ["not", ["like", "$a", "y"]]]],
    ["a REGEXP 'x'", ["rlike", "$a", "x"]],
    ["a IS NULL", ["isnull", "$a"]],
    ["a = b IS NOT NULL", ["isnotnull", ["=", "$a", "$b"]]],
    ["a IS NOT TRUE", ["not", ["<=>", "$a", true]]],
    ["a IS UNKNOWN", ["isunknown", "$a"]],
    ["a IS DISTINCT FROM b", ["not", ["<=>", "$a", "$b"]]],
    ["a IS NOT DISTINCT FROM b", ["<=>", "$a", "$b"]],
    ["NOT EXISTS (SELECT 1)", ["not", ["exists"]]],
    ["exists(a, x -> x > 1)", ["exists", "$a", ["->", ["x"], [">", "$x", 1]]]],
  ])("%s", (text, tree) => expect(expr(text)).toEqual(tree));

  test("an empty list and an escape of two characters are refused", () => {
    expect(() => expr("1 not in ()")).toThrow(
      expect.objectContaining({
        condition: "INVALID_SQL_SYNTAX.EMPTY_IN_PREDICATE",
        queryContext: { startIndex: 2, stopIndex: 10, fragment: "not in ()" },
      }),
    );
    expect(() => expr("a LIKE ALL ()")).toThrow(/Expected something between/);
    expect(() => expr("a LIKE 'x' ESCAPE '//'")).toThrow(/INVALID_ESC/);
  });

  test("a bang before a predicate means NOT by setting only", () => {
    expect(() => expr("1 ! IN (2)")).toThrow(/SYNTAX_DISCONTINUED.BANG_EQUALS_NOT/);
    expect(expr("1 ! IN (2)", { bangEqualsNot: true })).toEqual(["not", ["in", 1, 2]]);
  });
});

describe("forms of their own", () => {
  test.each([
    ["CASE WHEN a THEN 1 ELSE 2 END", ["when", "$a", 1, 2]],
    ["CASE a WHEN 1 THEN 'x' WHEN 2 THEN 'y' END", ["when", ["=", "$a", 1], "x", ["=", "$a", 2], "y"]],
    ["CAST(a AS DECIMAL(10, 2))", ["cast", "$a", "decimal"]],
    ["try_cast(a AS ARRAY<ARRAY<INT>>)", ["try", "$a", "array"]],
    ["a.b::int + 1", ["+", ["cast", "$a.b", "integer"], 1]],
    ["EXTRACT(year FROM a)", ["extract", "year", "$a"]],
    ["SUBSTRING(a FROM 1 FOR 2)", ["SUBSTRING", "$a", 1, 2]],
    ["substr(a, 1)", ["substr", "$a", 1]],
    ["TRIM(BOTH 'x' FROM a)", ["trim", "x", "$a"]],
    ["trim(LEADING FROM a)", ["ltrim", "$a"]],
    ["trim(a)", ["trim", "$a"]],
    ["POSITION('x' IN a)", ["locate", "x", "$a"]],
    ["position('x', a)", ["position", "x", "$a"]],
    ["OVERLAY(a PLACING b FROM 1)", ["overlay", "$a", "$b", 1]],
    ["DATEADD(DAY, 1, a)", ["timestampadd", "DAY", 1, "$a"]],
    ["date_add(a, 1)", ["date_add", "$a", 1]],
    ["datediff(MONTH, a, b)", ["timestampdiff", "MONTH", "$a", "$b"]],
    ["STRUCT(a AS x, 1)", ["named_struct", "x", "$a", "col2", 1]],
    ["struct(a, b)", ["struct", "$a", "$b"]],
    ["(t.a, 1)", ["named_struct", "a", "$t.a", "col2", 1]],
    ["a COLLATE UTF8_LCASE", ["collate", "$a", "UTF8_LCASE"]],
    ["v:a.b[0]['c']::int", ["cast", ["as", ["$variant_extract", "$v", "$.a.b[0]['c']"], "c"], "integer"]],
    ["a.b[0].c", ["getItem", ["getItem", "$a.b", 0], "c"]],
    ["(a).b", "$a.b"],
    ["transform(a, (x, i) -> x + i)", ["transform", "$a", ["->", ["x", "i"], ["+", "$x", "$i"]]]],
    [":p + ? + ?", ["+", ["+", ":p", "?0"], "?1"]],
    ["IDENTIFIER('a' || '.b')", "$a.b"],
    ["IDENTIFIER('abs')(c)", ["abs", "$c"]],
    ["current_date", "$current_date"],
    ["(SELECT 1) + 1", ["+", ["scalar"], 1]],
    ["(((SELECT 1)))", ["scalar"]],
    ["(((SELECT 1) + 1) * 2)", ["*", ["+", ["scalar"], 1], 2]],
    ["interval - 1", ["-", "$interval", 1]],
    ["left(a, 1) || filter(b, x -> x)", ["||", ["left", "$a", 1], ["filter", "$b", ["->", ["x"], "$x"]]]],
  ])("%s", (text, tree) => expect(expr(text)).toEqual(tree));

  test("a unit in quotes is refused", () => {
    expect(() => expr("dateadd('MONTH', 1, a)")).toThrow(
      expect.objectContaining({
        condition: "INVALID_PARAMETER_VALUE.DATETIME_UNIT",
        parameters: { functionName: "`dateadd`", parameter: "`unit`", invalidValue: "'MONTH'" },
      }),
    );
  });
});

describe("calls", () => {
  test("carry DISTINCT, FILTER, WITHIN GROUP, nulls and names of arguments", () => {
    expect(parseExpression("count(DISTINCT a, b) FILTER (WHERE c)")).toMatchObject({
      name: ["count"],
      distinct: true,
      filter: { parts: ["c"] },
    });
    expect(parseExpression("mode() WITHIN GROUP (ORDER BY a DESC)")).toMatchObject({
      args: [],
      withinGroup: [{ ascending: false, nullsFirst: false }],
    });
    expect(parseExpression("first(a IGNORE NULLS)")).toMatchObject({ ignoreNulls: true });
    expect(parseExpression("last(a) RESPECT NULLS")).toMatchObject({ ignoreNulls: false });
    expect(parseExpression("f(1, b => 2)")).toMatchObject({ argNames: [undefined, "b"] });
    expect(parseExpression("a.b.f(1)")).toMatchObject({ name: ["a", "b", "f"] });
  });

  test("over a window", () => {
    expect(expr("sum(a) OVER (PARTITION BY b ORDER BY c DESC)")).toEqual([
      "over",
      ["sum", "$a"],
      ["$b"],
      [["$c", "desc", "last"]],
      undefined,
    ]);
    expect(parseExpression("sum(a) OVER w")).toMatchObject({ spec: { reference: "w" } });
    expect(
      parseExpression("f() OVER (ORDER BY a ROWS BETWEEN 1 PRECEDING AND UNBOUNDED FOLLOWING)"),
    ).toMatchObject({
      spec: {
        frame: { type: "rows", lower: { bound: "preceding" }, upper: { bound: "unboundedFollowing" } },
      },
    });
    expect(parseExpression("f() OVER (ORDER BY a RANGE 2 PRECEDING)")).toMatchObject({
      spec: { frame: { type: "range", lower: { bound: "preceding" }, upper: { bound: "currentRow" } } },
    });
  });

  test("a frame bound has to be constant", () => {
    expect(() => parseExpression("f() OVER (ORDER BY a ROWS a PRECEDING)")).toThrow(
      /Frame bound value must be a literal/,
    );
  });
});

describe("names", () => {
  test.each([
    ["a AS b", ["as", "$a", "b"]],
    ["a b", ["as", "$a", "b"]],
    ["explode(m) AS (k, v)", ["as", ["explode", "$m"], "k", "v"]],
    ["`a``b`.`c.d`", "$a`b.c.d"],
    ["select.order", "$select.order"],
    ["a from", ["as", "$a", "from"]],
    ["t.*", "t.*"],
    ["* EXCEPT (a, b.c)", "*.-a.-b.c"],
    ["count(*)", ["count", "*"]],
  ])("%s", (text, tree) => expect(expr(text)).toEqual(tree));

  test("letters beyond ASCII need backquotes", () => {
    expect(() => expr("größe")).toThrow(
      expect.objectContaining({ condition: "INVALID_IDENTIFIER", parameters: { ident: "größe" } }),
    );
    expect(expr("`größe`")).toBe("$größe");
  });

  test("reserved words are no names by setting", () => {
    const conf = { enforceReservedKeywords: true };
    expect(expr("a user", {})).toEqual(["as", "$a", "user"]);
    expect(() => expr("a user", conf)).toThrow(/PARSE_SYNTAX_ERROR/);
    expect(expr("current_date", conf)).toBe("$current_date");
  });
});

describe("origins", () => {
  test("are the places of first and last character, and the text between", () => {
    const e = parseExpression("1 + (a * b)");
    expect(e.origin).toEqual({ start: 0, stop: 10, text: "1 + (a * b)", sql: "1 + (a * b)" });
    expect(e.kind === "call" && e.args[1]?.origin).toEqual({
      start: 5,
      stop: 9,
      text: "a * b",
      sql: "1 + (a * b)",
    });
  });

  test("predicates leave out the value", () => {
    expect(parseExpression("a + 1 NOT IN (2)").origin?.text).toBe("NOT IN (2)");
  });
});

test("an ordering puts nulls first when ascending and last when descending", () => {
  expect(short(parseSortOrder("a"))).toEqual(["$a", "asc", "first"]);
  expect(short(parseSortOrder("a DESC"))).toEqual(["$a", "desc", "last"]);
  expect(short(parseSortOrder("a ASC NULLS LAST"))).toEqual(["$a", "asc", "last"]);
});
