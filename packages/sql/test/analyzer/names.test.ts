import { describe, expect, test } from "vitest";
import { outputOf } from "../../src/logical/output.js";
import { analyzed, schemaOf } from "./analyzing.js";

const views = {
  t: "a INT, b INT, s STRING, d DOUBLE, st STRUCT<x: INT, y: STRING>, xs ARRAY<INT>, m MAP<STRING, INT>, dt DATE",
};

const nameOf = (expression: string): string =>
  outputOf(analyzed(`SELECT ${expression} FROM t`, views))[0]!.name;

describe("a column is called as Spark calls it", () => {
  test.each([
    ["a + b", "(a + b)"],
    ["a / 2", "(a / 2)"],
    ["-a", "(- a)"],
    ["NOT a > 1 AND b = 2", "((NOT (a > 1)) AND (b = 2))"],
    ["a <> b", "(NOT (a = b))"],
    ["a IS NULL", "(a IS NULL)"],
    ["a IS NOT NULL", "(a IS NOT NULL)"],
    ["a IN (1, 2)", "(a IN (1, 2))"],
    ["a BETWEEN 0 AND 2", "between(a, 0, 2)"],
    ["s LIKE 'x%'", "s LIKE x%"],
    ["CASE WHEN a > 1 THEN 'x' ELSE s END", "CASE WHEN (a > 1) THEN x ELSE s END"],
    ["CASE a WHEN 1 THEN 2 END", "CASE WHEN (a = 1) THEN 2 END"],
    ["if(a > 1, a, b)", "(IF((a > 1), a, b))"],
    ["CAST(a + 1 AS DOUBLE)", "CAST((a + 1) AS DOUBLE)"],
    ["CAST(a AS DOUBLE)", "a"],
    ["a::string", "a"],
    ["bigint(a) + 1", "(a + 1)"],
    ["xs[0]", "xs[0]"],
    ["m['k']", "m[k]"],
    ["st.x", "x"],
    ["st.x + 1", "(st.x + 1)"],
    ["count(*)", "count(1)"],
    ["count(DISTINCT a, b)", "count(DISTINCT a, b)"],
    ["sum(a) FILTER (WHERE b > 1)", "sum(a) FILTER (WHERE (b > 1))"],
    ["DATE '2019-01-01'", "DATE '2019-01-01'"],
    ["INTERVAL '2-2' YEAR TO MONTH", "INTERVAL '2-2' YEAR TO MONTH"],
    ["1.5", "1.5"],
    ["1L", "1"],
    ["'text'", "text"],
    ["NULL", "NULL"],
    ["true", "true"],
    ["dt - 7", "date_sub(dt, 7)"],
    ["dt + 7", "date_add(dt, 7)"],
    ["(a, b)", "named_struct(a, a, b, b)"],
    [
      "sum(a) OVER (PARTITION BY b)",
      "sum(a) OVER (PARTITION BY b ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)",
    ],
    [
      "sum(a) OVER (PARTITION BY b ORDER BY s)",
      "sum(a) OVER (PARTITION BY b ORDER BY s ASC NULLS FIRST RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)",
    ],
    [
      "row_number() OVER (ORDER BY a DESC)",
      "row_number() OVER (ORDER BY a DESC NULLS LAST ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)",
    ],
    ["EXISTS (SELECT 1)", "exists()"],
    ["a IN (SELECT 1)", "(a IN (listquery()))"],
    ["(SELECT max(u.a) FROM t u WHERE u.b = t.b)", "scalarsubquery(b)"],
  ])("%s", (expression, name) => {
    expect(nameOf(expression)).toBe(name);
  });

  test("columns keep the letters that the query writes them with", () => {
    expect(schemaOf("SELECT A, sum(B) FROM t GROUP BY a", views)).toBe("struct<A:int,sum(B):bigint>");
    expect(schemaOf("SELECT * FROM (SELECT a AS One FROM t)", views)).toBe("struct<One:int>");
  });

  test("an alias used further right shows as such", () => {
    expect(schemaOf("SELECT a AS x, x + 1 FROM t", views)).toBe(
      "struct<x:int,(lateralAliasReference(x) + 1):int>",
    );
  });
});
