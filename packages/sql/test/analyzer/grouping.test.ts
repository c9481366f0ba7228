import { describe, expect, test } from "vitest";
import { outputOf } from "../../src/logical/output.js";
import { analyzed, errorOf, schemaOf, schemaText, spine } from "./analyzing.js";

const views = { t: "a INT, b INT, s STRING", sales: "course STRING, year INT, earnings INT" };

describe("GROUP BY", () => {
  test("takes expressions, positions, aliases and ALL", () => {
    for (const keys of ["a % 2, s", "1, 2", "k, s", "ALL"]) {
      const plan = analyzed(`SELECT a % 2 AS k, s, sum(b) FROM t GROUP BY ${keys}`, views);
      expect(schemaText(outputOf(plan))).toBe("struct<k:int,s:string,sum(b):bigint>");
      expect(plan).toMatchObject({ kind: "aggregate", keys: [{ kind: "scalar" }, { kind: "attribute" }] });
    }
  });

  test("a column is found before an alias", () => {
    expect(errorOf("SELECT b + 1 AS a, count(*) FROM t GROUP BY a", views)).toMatchObject({
      condition: "MISSING_AGGREGATION",
      parameters: { expression: '"b"', expressionAnyValue: '"any_value(b)"' },
    });
  });

  test.each([
    ["SELECT a, count(b) FROM t", "MISSING_GROUP_BY", {}],
    [
      "SELECT a, count(b) FROM t GROUP BY b",
      "MISSING_AGGREGATION",
      { expression: '"a"', expressionAnyValue: '"any_value(a)"' },
    ],
    [
      "SELECT a + 2, count(b) FROM t GROUP BY a + 1",
      "MISSING_AGGREGATION",
      { expression: '"a"', expressionAnyValue: '"any_value(a)"' },
    ],
    ["SELECT a, count(*) FROM t GROUP BY 3", "GROUP_BY_POS_OUT_OF_RANGE", { index: "3", size: "2" }],
    ["SELECT a, sum(b) FROM t GROUP BY sum(b)", "GROUP_BY_AGGREGATE", { sqlExpr: "sum(t.b)" }],
    ["SELECT a + count(*) FROM t GROUP BY ALL", "UNRESOLVED_ALL_IN_GROUP_BY", {}],
    ["SELECT max(min(a)) FROM t", "NESTED_AGGREGATE_FUNCTION", {}],
    [
      "SELECT a FROM t WHERE count(*) > 1",
      "INVALID_WHERE_CONDITION",
      { condition: '"(count(1) > 1)"', expressionList: "count(1)" },
    ],
    ["SELECT sum(a) FILTER (WHERE s) FROM t", "INVALID_AGGREGATE_FILTER.NOT_BOOLEAN", { filterExpr: '"s"' }],
    ["SELECT a, grouping(a) FROM t GROUP BY a", "UNSUPPORTED_GROUPING_EXPRESSION", {}],
    [
      "SELECT a FROM t GROUP BY a ORDER BY b",
      "UNRESOLVED_COLUMN.WITH_SUGGESTION",
      { objectName: "`b`", proposal: "`a`" },
    ],
  ])("%s is refused", (sql, condition, parameters) => {
    expect(errorOf(sql, views)).toMatchObject({ condition, parameters });
  });

  test("a position of an aggregate function is refused with where it stands", () => {
    expect(errorOf("SELECT a, sum(b) FROM t GROUP BY 2", views)).toMatchObject({
      condition: "GROUP_BY_POS_AGGREGATE",
      parameters: { index: "2" },
      fragment: "2",
    });
  });
});

describe("HAVING and ORDER BY over groups", () => {
  test("take aggregates and keys that are not selected, and leave them out again", () => {
    const plan = analyzed("SELECT a FROM t GROUP BY a, s HAVING sum(b) > 1 ORDER BY max(b), s", views);
    expect(schemaText(outputOf(plan))).toBe("struct<a:int>");
    expect(spine(plan)).toBe("project > sort > filter > aggregate > source");
  });

  test("take what is selected from where it is", () => {
    expect(
      spine(analyzed("SELECT a, sum(b) AS n FROM t GROUP BY a HAVING sum(b) > 1 ORDER BY n, sum(b)", views)),
    ).toBe("sort > filter > aggregate > source");
  });

  test("make a query without GROUP BY one group", () => {
    expect(errorOf("SELECT id FROM range(10) HAVING id > 0").condition).toBe("MISSING_GROUP_BY");
    expect(schemaOf("SELECT 1 FROM range(10) HAVING max(id) > 0")).toBe("struct<1:int>");
  });

  test("leave aggregates of outer columns in a subquery to the groups around", () => {
    const plan = analyzed(
      "SELECT a FROM t GROUP BY a HAVING EXISTS (SELECT 1 FROM sales WHERE earnings < min(t.b))",
      views,
    );
    expect(schemaText(outputOf(plan))).toBe("struct<a:int>");
    expect(spine(plan)).toBe("project > filter > aggregate > source");
  });
});

describe("grouping sets", () => {
  test("are groups over rows that stand once per set", () => {
    const plan = analyzed(
      "SELECT course, year, sum(earnings) FROM sales GROUP BY ROLLUP (course, year)",
      views,
    );
    expect(spine(plan)).toBe("aggregate > expand > source");
    const expand = plan.kind === "aggregate" ? plan.child : plan;
    expect(expand.kind === "expand" && expand.projections.length).toBe(3);
    expect(outputOf(plan).map((column) => column.nullable)).toEqual([true, true, true]);
  });

  test("know which keys a set leaves out", () => {
    const sql =
      "SELECT course, grouping(course), grouping_id(course, year), grouping__id FROM sales GROUP BY CUBE (course, year)";
    expect(schemaOf(`${sql} HAVING grouping(year) = 1 ORDER BY grouping(course), course`, views)).toBe(
      "struct<course:string,grouping(course):tinyint,grouping_id(course, year):bigint,grouping__id:bigint>",
    );
    const plan = analyzed("SELECT course FROM sales GROUP BY GROUPING SETS ((course), (year), ())", views);
    const expand = plan.kind === "aggregate" ? plan.child : plan;
    const ids = expand.kind === "expand" ? expand.projections.map((projection) => projection[5]) : [];
    expect(ids).toMatchObject([{ value: 1n }, { value: 2n }, { value: 3n }]);
  });

  test("do not know columns that are no keys", () => {
    expect(
      errorOf("SELECT grouping(earnings) FROM sales GROUP BY CUBE (course, year)", views).condition,
    ).toBe("GROUPING_COLUMN_MISMATCH");
    expect(
      errorOf("SELECT grouping_id(course) FROM sales GROUP BY CUBE (course, year)", views).condition,
    ).toBe("GROUPING_ID_COLUMN_MISMATCH");
  });
});

describe("functions over windows", () => {
  test("come after groups, those of one window together", () => {
    const sql =
      "SELECT a, sum(b), rank() OVER (ORDER BY sum(b)) AS r, max(sum(b)) OVER (ORDER BY sum(b)) FROM t GROUP BY a";
    expect(spine(analyzed(sql, views))).toBe("project > window > aggregate > source");
  });

  test("can be named in WINDOW and tested in QUALIFY", () => {
    const sql = "SELECT a, rank() OVER w AS r FROM t QUALIFY r = 1 WINDOW w AS (PARTITION BY a ORDER BY b)";
    expect(schemaOf(sql, views)).toBe("struct<a:int,r:int>");
    expect(errorOf("SELECT sum(a) OVER w FROM t", views)).toMatchObject({
      condition: "MISSING_WINDOW_SPECIFICATION",
      parameters: { windowName: "w", docroot: "https://spark.apache.org/docs/latest" },
    });
    expect(errorOf("SELECT a FROM t QUALIFY a = 1", views).condition).toBe(
      "QUALIFY_REQUIRES_WINDOW_FUNCTION",
    );
  });

  test.each([
    [
      "SELECT row_number() OVER (PARTITION BY a) FROM t",
      "WINDOW_FUNCTION_FRAME_NOT_ORDERED",
      { wf_name: "row_number", wf_expr: "row_number()" },
    ],
    [
      "SELECT a FROM t WHERE sum(a) OVER (PARTITION BY b) = 1",
      "WINDOW_FUNCTION_NOT_ALLOWED_IN_CLAUSE",
      { clauseName: "WHERE" },
    ],
    ["SELECT abs(a) OVER (ORDER BY b) FROM t", "UNSUPPORTED_EXPR_FOR_WINDOW", { sqlExpr: '"abs(a)"' }],
    [
      "SELECT count(a) OVER (PARTITION BY b RANGE BETWEEN CURRENT ROW AND 1 FOLLOWING) FROM t",
      "DATATYPE_MISMATCH.RANGE_FRAME_WITHOUT_ORDER",
      { sqlExpr: '"(PARTITION BY b RANGE BETWEEN CURRENT ROW AND 1 FOLLOWING)"' },
    ],
    [
      "SELECT count(a) OVER (ORDER BY b RANGE BETWEEN 1 FOLLOWING AND 1 PRECEDING) FROM t",
      "DATATYPE_MISMATCH.SPECIFIED_WINDOW_FRAME_WRONG_COMPARISON",
      { sqlExpr: '"RANGE BETWEEN 1 FOLLOWING AND 1 PRECEDING"', comparison: "less than or equal" },
    ],
    [
      "SELECT count(a) OVER (ORDER BY cast(b AS string) RANGE BETWEEN CURRENT ROW AND 1 FOLLOWING) FROM t",
      "DATATYPE_MISMATCH.SPECIFIED_WINDOW_FRAME_UNACCEPTED_TYPE",
      { location: "upper", exprType: '"STRING"' },
    ],
    [
      "SELECT count(a) OVER (PARTITION BY b ROWS BETWEEN UNBOUNDED FOLLOWING AND 1 FOLLOWING) FROM t",
      "DATATYPE_MISMATCH.SPECIFIED_WINDOW_FRAME_INVALID_BOUND",
      { lower: '"UNBOUNDED FOLLOWING"', upper: '"1"' },
    ],
  ])("%s is refused", (sql, condition, parameters) => {
    expect(errorOf(sql, views)).toMatchObject({ condition, parameters });
  });
});
