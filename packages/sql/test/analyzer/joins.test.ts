import { describe, expect, test } from "vitest";
import { outputOf } from "../../src/logical/output.js";
import { analyzed, errorOf, schemaOf, schemaText, spine } from "./analyzing.js";

const views = { l: "k INT NOT NULL, a STRING", r: "k INT NOT NULL, b STRING", m: "x MAP<INT, INT>, n INT" };

const nullability = (sql: string): boolean[] =>
  outputOf(analyzed(sql, views)).map((column) => column.nullable);

describe("joins", () => {
  test("USING and NATURAL keep a key once, from the side that has it", () => {
    expect(schemaOf("SELECT * FROM l JOIN r USING (k)", views)).toBe("struct<k:int,a:string,b:string>");
    expect(schemaOf("SELECT * FROM l NATURAL JOIN r", views)).toBe("struct<k:int,a:string,b:string>");
    expect(nullability("SELECT * FROM l LEFT JOIN r USING (k)")).toEqual([false, true, true]);
    expect(nullability("SELECT * FROM l RIGHT JOIN r USING (k)")).toEqual([false, true, true]);
    expect(schemaOf("SELECT k, l.k, r.k FROM l FULL JOIN r USING (k)", views)).toBe(
      "struct<k:int,k:int,k:int>",
    );
    expect(schemaOf("SELECT * FROM l LEFT SEMI JOIN r USING (k)", views)).toBe("struct<k:int,a:string>");
  });

  test("outer joins make the other side nullable", () => {
    expect(nullability("SELECT l.k, r.k FROM l LEFT JOIN r ON l.k = r.k")).toEqual([false, true]);
    expect(nullability("SELECT l.k, r.k FROM l FULL JOIN r ON l.k = r.k")).toEqual([true, true]);
  });

  test("a USING column has to be on both sides", () => {
    expect(errorOf("SELECT * FROM l JOIN r USING (a)", views)).toMatchObject({
      condition: "UNRESOLVED_USING_COLUMN_FOR_JOIN",
      parameters: { colName: "`a`", side: "right", suggestion: "`k`, `b`" },
    });
  });

  test("a condition has to be BOOLEAN", () => {
    expect(errorOf("SELECT * FROM l JOIN r ON l.k + r.k", views).condition).toBe(
      "DATATYPE_MISMATCH.FILTER_NOT_BOOLEAN",
    );
  });

  test("LATERAL queries see the columns to their left, and no further", () => {
    const plan = analyzed("SELECT * FROM l, LATERAL (SELECT l.k + 1 AS n)", views);
    expect(schemaText(outputOf(plan))).toBe("struct<k:int,a:string,n:int>");
    expect(errorOf("SELECT * FROM l, LATERAL (SELECT * FROM r, LATERAL (SELECT l.k))", views).condition).toBe(
      "UNRESOLVED_COLUMN.WITHOUT_SUGGESTION",
    );
  });

  test("LATERAL generators need no join", () => {
    expect(spine(analyzed("SELECT * FROM m JOIN LATERAL explode(array(n, 1)) e(c)", views))).toMatch(
      /generate > source$/,
    );
    expect(schemaOf("SELECT e.c FROM m, LATERAL explode(array(n, 1)) e(c)", views)).toBe("struct<c:int>");
  });
});

describe("set operations", () => {
  test("meet in the wider type, under the names of the first side", () => {
    const plan = analyzed("SELECT k FROM l UNION ALL SELECT CAST(n AS DECIMAL(3, 1)) FROM m", views);
    expect(schemaText(outputOf(plan))).toBe("struct<k:decimal(11,1)>");
    expect(outputOf(plan)[0]!.nullable).toBe(true);
  });

  test("UNION without ALL of streams is groups by all columns over the union", () => {
    expect(spine(analyzed("SELECT k FROM l UNION SELECT k FROM r", views))).toBe(
      "aggregate > setOperation > project > source",
    );
  });

  test("by name takes the columns in the order of the first side", () => {
    const plan = analyzed("SELECT k, a FROM l UNION ALL BY NAME SELECT b AS a, k FROM r", views);
    expect(schemaText(outputOf(plan))).toBe("struct<k:int,a:string>");
    expect(errorOf("SELECT k FROM l UNION BY NAME SELECT b FROM r", views).condition).toBe(
      "UNRESOLVED_COLUMN_AMONG_FIELD_NAMES",
    );
  });

  test("need as many columns on both sides, of types that meet", () => {
    expect(errorOf("SELECT k FROM l EXCEPT ALL SELECT k, b FROM r", views)).toEqual({
      condition: "NUM_COLUMNS_MISMATCH",
      parameters: {
        operator: "EXCEPT ALL",
        firstNumColumns: "1",
        invalidOrdinalNum: "second",
        invalidNumColumns: "2",
      },
      fragment: "SELECT k FROM l EXCEPT ALL SELECT k, b FROM r",
    });
    expect(errorOf("SELECT k FROM l UNION SELECT x FROM m", views)).toMatchObject({
      condition: "INCOMPATIBLE_COLUMN_TYPE",
      parameters: {
        operator: "UNION",
        columnOrdinalNumber: "first",
        tableOrdinalNumber: "second",
        dataType1: '"MAP<INT, INT>"',
        dataType2: '"INT"',
        hint: "",
      },
    });
  });
});

describe("subqueries", () => {
  test("know which columns they take from around", () => {
    const plan = analyzed("SELECT * FROM l WHERE EXISTS (SELECT 1 FROM r WHERE r.k = l.k)", views);
    const below = plan.kind === "project" ? plan.child : plan;
    const condition = below.kind === "filter" ? below.condition : undefined;
    expect(condition).toMatchObject({
      kind: "subquery",
      form: "exists",
      outer: [{ name: "k", qualifier: ["l"] }],
    });
  });

  test("as a value have one column", () => {
    expect(schemaOf("SELECT (SELECT max(k) FROM r) AS x FROM l", views)).toBe("struct<x:int>");
    expect(errorOf("SELECT (SELECT k, b FROM r) FROM l", views)).toMatchObject({
      condition: "INVALID_SUBQUERY_EXPRESSION.SCALAR_SUBQUERY_RETURN_MORE_THAN_ONE_OUTPUT_COLUMN",
      parameters: { number: "2" },
    });
  });

  test("of IN have as many columns as there are values", () => {
    expect(errorOf("SELECT 1 FROM l WHERE (k, a) NOT IN (SELECT (k, b) FROM r)", views)).toMatchObject({
      condition: "DATATYPE_MISMATCH.IN_SUBQUERY_LENGTH_MISMATCH",
      parameters: {
        leftColumns: '"k", "a"',
        leftLength: "2",
        rightColumns: '"named_struct(k, k, b, b)"',
        rightLength: "1",
        sqlExpr: "\"(named_struct('k', k, 'a', a) IN (listquery()))\"",
      },
    });
  });
});

describe("generators", () => {
  const rows = { g: "id INT, xs ARRAY<STRING>" };

  test("make rows in a select list and in LATERAL VIEW", () => {
    expect(schemaOf("SELECT id, explode(xs) FROM g", rows)).toBe("struct<id:int,col:string>");
    expect(schemaOf("SELECT id, posexplode(xs) AS (p, x), x FROM g", rows)).toBe(
      "struct<id:int,p:int,x:string,x:string>",
    );
    expect(schemaOf("SELECT id, v.x FROM g LATERAL VIEW OUTER explode(xs) v AS x", rows)).toBe(
      "struct<id:int,x:string>",
    );
    expect(spine(analyzed("SELECT explode(xs) AS x, count(*) OVER () FROM g", rows))).toBe(
      "project > window > generate > source",
    );
  });

  test.each([
    [
      "SELECT 1 + explode(xs) FROM g",
      "UNSUPPORTED_GENERATOR.NESTED_IN_EXPRESSIONS",
      { expression: '"(1 + explode(xs))"' },
    ],
    [
      "SELECT explode(array(1)), explode(array(2)), count(*) FROM g",
      "UNSUPPORTED_GENERATOR.MULTI_GENERATOR",
      { num: "2", generators: '"explode(array(1))", "explode(array(2))"' },
    ],
    ["SELECT * FROM g ORDER BY explode(xs)", "UNSUPPORTED_GENERATOR.OUTSIDE_SELECT", {}],
    ["SELECT id AS (x, y) FROM g", "MULTI_ALIAS_WITHOUT_GENERATOR", { expr: '"id"', names: "x, y" }],
    [
      "SELECT posexplode(xs) AS x FROM g",
      "UDTF_ALIAS_NUMBER_MISMATCH",
      { aliasesNames: "x", aliasesSize: "2" },
    ],
  ])("%s is refused", (sql, condition, parameters) => {
    expect(errorOf(sql, rows)).toMatchObject({ condition, parameters });
  });
});

describe("PIVOT and UNPIVOT", () => {
  const sales = { s: "course STRING, year INT, q1 INT, q2 INT" };

  test("PIVOT makes a column per value and aggregate", () => {
    expect(
      schemaOf(
        "SELECT * FROM (SELECT course, year, q1 FROM s) PIVOT (sum(q1) FOR course IN ('a', 'b' AS bb))",
        sales,
      ),
    ).toBe("struct<year:int,a:bigint,bb:bigint>");
    expect(
      schemaOf(
        "SELECT * FROM (SELECT course, year, q1 FROM s) PIVOT (sum(q1), avg(q1) AS m FOR course IN ('a'))",
        sales,
      ),
    ).toBe("struct<year:int,a_sum(q1):bigint,a_m:double>");
    expect(errorOf("SELECT * FROM s PIVOT (sum(q1) FOR year IN (course, 2013))", sales)).toMatchObject({
      condition: "NON_LITERAL_PIVOT_VALUES",
      parameters: { expression: '"course"' },
    });
    expect(errorOf("SELECT * FROM s PIVOT (abs(q1) FOR year IN (2012))", sales)).toMatchObject({
      condition: "_LEGACY_ERROR_TEMP_1006",
      parameters: { sql: "s.q1" },
    });
  });

  test("UNPIVOT makes a row per column", () => {
    const plan = analyzed("SELECT * FROM s UNPIVOT (v FOR quarter IN (q1, q2 AS second))", sales);
    expect(schemaText(outputOf(plan))).toBe("struct<course:string,year:int,quarter:string,v:int>");
    expect(spine(plan)).toBe("project > filter > expand > source");
    expect(
      errorOf("SELECT * FROM s UNPIVOT (v FOR quarter IN (q1, course))", {
        s: "course MAP<INT, INT>, q1 INT",
      }),
    ).toMatchObject({
      condition: "UNPIVOT_VALUE_DATA_TYPE_MISMATCH",
      parameters: { types: '"INT" (`q1`), "MAP<INT, INT>" (`course`)' },
    });
  });
});

test("a table's own star has its columns in their order, also after USING", () => {
  expect(schemaOf("SELECT l.*, r.* FROM l LEFT JOIN r USING (k)", views)).toBe(
    "struct<k:int,a:string,k:int,b:string>",
  );
  expect(schemaOf("SELECT l.*, r.* FROM l FULL JOIN r USING (k)", views)).toBe(
    "struct<k:int,a:string,k:int,b:string>",
  );
});
