import { describe, expect, test } from "vitest";
import { analyze } from "../../src/analyzer/analyze.js";
import { outputOf } from "../../src/logical/output.js";
import type { LogicalPlan } from "../../src/logical/plan.js";
import { analyzed, environment, errorOf, query, schemaOf, schemaText, spine, stream } from "./analyzing.js";

const views = { t: "a INT, b STRING, st STRUCT<x: INT, y: STRUCT<z: DOUBLE>>", u: "a INT, c BIGINT" };

describe("columns", () => {
  test("are found without regard to case, unless the session says otherwise", () => {
    expect(schemaOf("SELECT A, T.B FROM t", views)).toBe("struct<A:int,B:string>");
    expect(errorOf("SELECT A FROM t", views, { "spark.sql.caseSensitive": "true" }).condition).toBe(
      "UNRESOLVED_COLUMN.WITH_SUGGESTION",
    );
  });

  test("that are not there are told with those that look like them, the likest first", () => {
    expect(errorOf("SELECT bb FROM t", views)).toEqual({
      condition: "UNRESOLVED_COLUMN.WITH_SUGGESTION",
      parameters: { objectName: "`bb`", proposal: "`b`, `a`, `st`" },
      fragment: "bb",
    });
    expect(errorOf("SELECT t.x FROM t JOIN u", views).parameters).toEqual({
      objectName: "`t`.`x`",
      proposal: "`t`.`a`, `t`.`b`, `u`.`a`, `u`.`c`, `t`.`st`",
    });
    expect(errorOf("SELECT x")).toMatchObject({
      condition: "UNRESOLVED_COLUMN.WITHOUT_SUGGESTION",
      parameters: { objectName: "`x`" },
    });
  });

  test("of one name in two tables have to be qualified", () => {
    expect(errorOf("SELECT a FROM t JOIN u", views)).toEqual({
      condition: "AMBIGUOUS_REFERENCE",
      parameters: { name: "`a`", referenceNames: "[`t`.`a`, `u`.`a`]" },
      fragment: "a",
    });
    expect(schemaOf("SELECT t.a, u.a FROM t JOIN u", views)).toBe("struct<a:int,a:int>");
  });

  test("stars stand for columns of a table, or for fields of a struct", () => {
    expect(schemaOf("SELECT u.*, st.* FROM t JOIN u", views)).toBe(
      "struct<a:int,c:bigint,x:int,y:struct<z:double>>",
    );
    expect(schemaOf("SELECT * EXCEPT (a, st.y) FROM t", views)).toBe("struct<b:string,st:struct<x:int>>");
    expect(errorOf("SELECT nothing.* FROM u", views)).toMatchObject({
      condition: "CANNOT_RESOLVE_STAR_EXPAND",
      parameters: { targetString: "`nothing`", columns: "`a`, `c`" },
    });
    expect(errorOf("SELECT * EXCEPT (a, a) FROM t", views)).toMatchObject({
      condition: "EXCEPT_OVERLAPPING_COLUMNS",
      parameters: { columns: "a, a" },
    });
  });

  test("of a derived table cannot be named from outside", () => {
    expect(errorOf("SELECT a FROM (SELECT b FROM t)", views).parameters).toEqual({
      objectName: "`a`",
      proposal: "`b`",
    });
    expect(errorOf("SELECT b FROM (SELECT b FROM t) WHERE a > 1", views).condition).toBe(
      "UNRESOLVED_COLUMN.WITH_SUGGESTION",
    );
  });

  test("can be used by their alias further right, once they are not ambiguous", () => {
    const plan = analyzed("SELECT a + 1 AS x, x * 2 AS y, y + x AS z FROM t", views);
    expect(schemaText(outputOf(plan))).toBe("struct<x:int,y:int,z:int>");
    expect(spine(plan)).toBe("project > project > project > source");
    expect(errorOf("SELECT 1 AS x, 2 AS x, x + 1", views)).toMatchObject({
      condition: "AMBIGUOUS_LATERAL_COLUMN_ALIAS",
      parameters: { name: "`x`", n: "2" },
    });
  });
});

describe("ORDER BY", () => {
  test("takes columns that are not selected and leaves them out again", () => {
    const plan = analyzed("SELECT b FROM t ORDER BY a + 1", views);
    expect(schemaText(outputOf(plan))).toBe("struct<b:string>");
    expect(spine(plan)).toBe("project > sort > project > source");
  });

  test("takes positions", () => {
    expect(spine(analyzed("SELECT b, a FROM t ORDER BY 2 DESC", views))).toBe("sort > project > source");
    expect(errorOf("SELECT b FROM t ORDER BY 2", views)).toMatchObject({
      condition: "ORDER_BY_POS_OUT_OF_RANGE",
      parameters: { index: "2", size: "1" },
      fragment: "2",
    });
  });

  test("takes aliases before columns below", () => {
    expect(spine(analyzed("SELECT a AS b, b AS a FROM t ORDER BY a", views))).toBe("sort > project > source");
  });

  test("works through filters and limits of a DataFrame", () => {
    const project: LogicalPlan = {
      kind: "project",
      child: stream("a INT, b INT"),
      expressions: [{ kind: "unresolvedAttribute", parts: ["b"] }],
    };
    const condition = { kind: "unresolvedAttribute" as const, parts: ["a"] };
    const filter: LogicalPlan = {
      kind: "filter",
      child: project,
      condition: { kind: "call", name: ["isnotnull"], args: [condition] },
    };
    const plan = analyze(filter, environment());
    expect(schemaText(outputOf(plan))).toBe("struct<b:int>");
  });
});

describe("LIMIT", () => {
  test.each([
    ["LIMIT -1", "IS_NEGATIVE", { name: "limit", expr: '"-1"', v: "-1" }],
    ["LIMIT CAST(NULL AS INT)", "IS_NULL", { name: "limit", expr: '"CAST(NULL AS INT)"' }],
    ["LIMIT a > 3", "IS_UNFOLDABLE", { name: "limit", expr: '"(a > 3)"' }],
    ["LIMIT true", "DATA_TYPE", { name: "limit", expr: '"true"', dataType: '"BOOLEAN"' }],
  ])("%s is refused", (clause, sub, parameters) => {
    expect(errorOf(`SELECT * FROM t ${clause}`, views)).toMatchObject({
      condition: `INVALID_LIMIT_LIKE_EXPRESSION.${sub}`,
      parameters,
    });
  });

  test("takes a constant expression", () => {
    const plan = analyzed("SELECT a FROM t LIMIT 1 + 2", views);
    expect(plan).toMatchObject({ kind: "limit", count: { kind: "literal", value: 3 } });
  });
});

describe("relations", () => {
  test("that are not there are told with the path they were looked for on", () => {
    expect(errorOf("SELECT * FROM nowhere.t2")).toEqual({
      condition: "TABLE_OR_VIEW_NOT_FOUND",
      parameters: {
        relationName: "`nowhere`.`t2`",
        searchPath: "[`system`.`builtin`, `system`.`session`, `spark_catalog`.`default`]",
      },
      fragment: "nowhere.t2",
    });
  });

  test("that stand twice have columns of their own", () => {
    const ids = outputOf(analyzed("SELECT * FROM t x JOIN t y ON x.a = y.a", views)).map(
      (column) => column.id,
    );
    expect(new Set(ids).size).toBe(6);
    const local = outputOf(analyzed("WITH v AS (VALUES (1)) SELECT * FROM v x, v y")).map(
      (column) => column.id,
    );
    expect(new Set(local).size).toBe(2);
  });

  test("of a WITH clause see those before them only, and have to be right even if unused", () => {
    expect(schemaOf("WITH x AS (SELECT a FROM t), y(k) AS (SELECT a FROM x) SELECT k FROM y", views)).toBe(
      "struct<k:int>",
    );
    expect(errorOf("WITH s1 AS (SELECT 1 FROM s2), s2 AS (SELECT 1) SELECT 2")).toMatchObject({
      condition: "TABLE_OR_VIEW_NOT_FOUND",
      fragment: "s2",
    });
  });

  test("in VALUES are evaluated at once, in types that meet", () => {
    const plan = analyzed("SELECT * FROM VALUES (1, 'x'), (2.5, NULL) AS v(n, s)");
    expect(schemaText(outputOf(plan))).toBe("struct<n:decimal(11,1),s:string>");
    expect(outputOf(plan).map((column) => column.nullable)).toEqual([false, true]);
    expect(
      errorOf("SELECT * FROM VALUES ('one', array(0, 1)), ('two', struct(1, 2)) AS data(a, b)"),
    ).toMatchObject({
      condition: "INVALID_INLINE_TABLE.INCOMPATIBLE_TYPES_IN_INLINE_TABLE",
      parameters: { colName: "`b`" },
    });
    expect(errorOf("SELECT * FROM VALUES ('one', 2.0), ('two') AS data(a, b)")).toMatchObject({
      condition: "INVALID_INLINE_TABLE.NUM_COLUMNS_MISMATCH",
      parameters: { expectedNumCols: "2", actualNumCols: "1", rowIndex: "1" },
    });
    expect(errorOf("SELECT * FROM VALUES ('one', count(1)), ('two', 2) AS data(a, b)")).toMatchObject({
      condition: "INVALID_INLINE_TABLE.CANNOT_EVALUATE_EXPRESSION_IN_INLINE_TABLE",
      parameters: { expr: '"count(1)"' },
    });
  });

  test("get as many names as they have columns", () => {
    expect(errorOf("SELECT * FROM u AS v(x)", views)).toEqual({
      condition: "ASSIGNMENT_ARITY_MISMATCH",
      parameters: { numExpr: "1", numTarget: "2" },
      fragment: "u AS v(x)",
    });
  });
});

describe("columns of a DataFrame", () => {
  const table = stream("a INT, b STRING");
  const column = (name: string) => ({ kind: "unresolvedAttribute" as const, parts: [name] });
  const shape = (plan: LogicalPlan): string => schemaText(outputOf(analyze(plan, environment())));

  test("withColumn replaces where a column stands, or adds", () => {
    const expression = {
      kind: "cast" as const,
      child: column("a"),
      type: { kind: "string" } as const,
      mode: "cast" as const,
    };
    const columns = [
      { name: "A", expression },
      { name: "c", expression: column("b") },
    ];
    expect(shape({ kind: "withColumns", child: table, columns })).toBe("struct<A:string,b:string,c:string>");
  });

  test("rename and drop pass over names that are not there", () => {
    expect(
      shape({
        kind: "renameColumns",
        child: table,
        renames: [
          ["b", "z"],
          ["q", "r"],
        ],
      }),
    ).toBe("struct<a:int,z:string>");
    expect(shape({ kind: "drop", child: table, columns: [column("a"), column("q")] })).toBe(
      "struct<b:string>",
    );
  });

  test("dropDuplicates names a column that is not there", () => {
    expect(() => shape({ kind: "deduplicate", child: table, columns: [column("q")] })).toThrow(
      "UNRESOLVED_COLUMN_AMONG_FIELD_NAMES",
    );
  });

  test("an analyzed plan comes back as it is", () => {
    const plan = analyze(query("SELECT 1 AS x"), environment());
    expect(analyze(plan, environment())).toBe(plan);
  });
});
