import { describe, expect, test } from "vitest";
import type { Aggregate, Join, LogicalPlan } from "../../src/logical/plan.js";
import { query, short, withoutOrigin } from "./plain.js";

/** The kinds from the top down, as far as there is one child. */
function spine(plan: LogicalPlan): string[] {
  return "child" in plan ? [plan.kind, ...spine(plan.child)] : [plan.kind];
}

function aggregate(sql: string): Aggregate {
  const plan = query(sql);
  if (plan.kind !== "aggregate") throw new Error(`no aggregate but ${plan.kind}`);
  return plan;
}

describe("SELECT", () => {
  test("its clauses nest in the order in which they take effect", () => {
    const sql = "SELECT DISTINCT a FROM t WHERE b GROUP BY a HAVING c ORDER BY a LIMIT 1 OFFSET 2";
    expect(spine(query(sql))).toEqual([
      "limit",
      "offset",
      "sort",
      "deduplicate",
      "filter",
      "aggregate",
      "filter",
      "unresolvedRelation",
    ]);
  });

  test("without FROM it has one row", () => {
    expect(withoutOrigin(query("SELECT 1"))).toEqual({
      kind: "project",
      child: { kind: "oneRow" },
      expressions: [{ kind: "literal", value: 1, type: { kind: "integer" } }],
    });
  });

  test("HAVING without GROUP BY aggregates all rows, or filters by setting", () => {
    const sql = "SELECT 1 FROM t HAVING a";
    expect(spine(query(sql))).toEqual(["filter", "aggregate", "unresolvedRelation"]);
    expect(spine(query(sql, { havingWithoutGroupByAsWhere: true }))).toEqual([
      "project",
      "filter",
      "unresolvedRelation",
    ]);
  });

  test("FROM may come first, also for several SELECTs", () => {
    expect(spine(query("FROM t SELECT a WHERE b"))).toEqual(["project", "filter", "unresolvedRelation"]);
    expect(spine(query("FROM t"))).toEqual(["unresolvedRelation"]);
    expect(query("FROM t SELECT a SELECT b")).toMatchObject({
      kind: "setOperation",
      type: "union",
      all: true,
    });
  });

  test("hints, windows and QUALIFY", () => {
    expect(query("SELECT /*+ BROADCAST(a), MERGE(b) */ 1")).toMatchObject({
      kind: "hint",
      name: "BROADCAST",
      child: { kind: "hint", name: "MERGE" },
    });
    expect(query("SELECT sum(a) OVER w FROM t WINDOW w AS (PARTITION BY b)")).toMatchObject({
      kind: "namedWindows",
      windows: { w: { partitionBy: [{ parts: ["b"] }] } },
    });
    expect(query("SELECT a FROM t QUALIFY rank() OVER (ORDER BY a) = 1")).toMatchObject({
      kind: "filter",
      qualify: true,
    });
  });

  test("ORDER BY ALL and LIMIT ALL", () => {
    expect(query("SELECT a FROM t ORDER BY ALL DESC LIMIT ALL")).toMatchObject({
      kind: "hint",
      name: "LIMIT ALL",
      child: { kind: "sort", order: [], all: { ascending: false, nullsFirst: false } },
    });
  });

  test("keywords are aliases where no clause can follow", () => {
    expect(query("SELECT 1 limit")).toMatchObject({ expressions: [{ names: ["limit"] }] });
    expect(query("SELECT a FROM t window")).toMatchObject({
      child: { kind: "subqueryAlias", name: ["window"] },
    });
  });
});

describe("GROUP BY", () => {
  test.each([
    ["GROUP BY ROLLUP(a, b)", ["$a", "$b"], [[0, 1], [0], []]],
    ["GROUP BY a, b WITH CUBE", ["$a", "$b"], [[0, 1], [0], [1], []]],
    ["GROUP BY CUBE(a, (b, c))", ["$a", "$b", "$c"], [[0, 1, 2], [0], [1, 2], []]],
    ["GROUP BY GROUPING SETS ((b, a), a, ())", ["$b", "$a"], [[0, 1], [1], []]],
    ["GROUP BY a, b GROUPING SETS ((b), (a))", ["$a", "$b"], [[1], [0]]],
    ["GROUP BY a, ROLLUP(b)", ["$a", "$b"], [[0, 1], [0]]],
    ["GROUP BY GROUPING SETS (ROLLUP(a), (b))", ["$a", "$b"], [[0], [], [1]]],
    ["GROUP BY a + 1, 2", [["+", "$a", 1], 2], undefined],
  ])("%s", (clause, keys, sets) => {
    const plan = aggregate(`SELECT 1 FROM t ${clause}`);
    expect(plan.keys.map(short)).toEqual(keys);
    expect(plan.sets).toEqual(sets);
  });

  test("ALL", () => {
    expect(aggregate("SELECT a, sum(b) FROM t GROUP BY ALL")).toMatchObject({ all: true, keys: [] });
  });

  test("a ROLLUP with an empty set is refused", () => {
    expect(() => query("SELECT 1 FROM t GROUP BY ROLLUP(a, ())")).toThrow(/_LEGACY_ERROR_TEMP_0051/);
  });
});

describe("relations", () => {
  test.each([
    ["t1 JOIN t2 ON a = b", { type: "inner" }],
    ["t1 CROSS JOIN t2", { type: "cross" }],
    ["t1 LEFT OUTER JOIN t2 USING (a, b)", { type: "left", using: ["a", "b"] }],
    ["t1 RIGHT JOIN t2 ON a", { type: "right" }],
    ["t1 FULL OUTER JOIN t2 ON a", { type: "full" }],
    ["t1 LEFT SEMI JOIN t2 ON a", { type: "leftSemi" }],
    ["t1 ANTI JOIN t2 ON a", { type: "leftAnti" }],
    ["t1 NATURAL LEFT JOIN t2", { type: "left", natural: true }],
    ["t1 LEFT JOIN LATERAL (SELECT 1) x ON true", { type: "left", lateral: true }],
    ["t1, LATERAL (SELECT 1)", { type: "inner", lateral: true }],
  ])("%s", (from, join) => {
    expect(query(`SELECT * FROM ${from}`)).toMatchObject({ child: { kind: "join", ...join } });
  });

  test("joins behind a comma see what stands before it", () => {
    const plan = query("SELECT * FROM a, b JOIN c ON true") as { child: Join };
    expect(plan.child).toMatchObject({
      left: { kind: "join", left: { name: ["a"] }, right: { name: ["b"] } },
      right: { name: ["c"] },
    });
  });

  test("aliases name tables and columns", () => {
    expect(query("FROM a.b AS t (x, y)")).toMatchObject({
      kind: "subqueryAlias",
      name: ["t"],
      child: { kind: "toNames", names: ["x", "y"], child: { name: ["a", "b"] } },
    });
    expect(query("FROM (SELECT 1) x")).toMatchObject({ kind: "subqueryAlias", child: { kind: "project" } });
    expect(query("FROM (a JOIN b) x")).toMatchObject({ kind: "subqueryAlias", child: { kind: "join" } });
    expect(query("FROM ((SELECT 1) a JOIN b)")).toMatchObject({ kind: "join" });
    expect(query("FROM ((SELECT 1) UNION (SELECT 2)) a")).toMatchObject({ child: { kind: "setOperation" } });
  });

  test("VALUES take rows apart, and every row has as many columns", () => {
    expect(withoutOrigin(query("VALUES (1, 'a'), (2, 'b')"))).toMatchObject({
      kind: "inlineTable",
      names: ["col1", "col2"],
      rows: [
        [{ value: 1 }, { value: "a" }],
        [{ value: 2 }, { value: "b" }],
      ],
    });
    expect(query("FROM VALUES 1, 2 AS t(a)")).toMatchObject({ name: ["t"], child: { names: ["a"] } });
    expect(() => query("VALUES (1, 2), (3)")).toThrow(
      expect.objectContaining({
        condition: "INVALID_INLINE_TABLE.NUM_COLUMNS_MISMATCH",
        parameters: { expectedNumCols: "2", actualNumCols: "1", rowIndex: "1" },
      }),
    );
  });

  test("table functions take names of arguments and an alias", () => {
    expect(query("FROM range(0, end => 10) AS r(i)")).toMatchObject({
      kind: "subqueryAlias",
      child: { child: { kind: "tableFunction", name: ["range"], argNames: [undefined, "end"] } },
    });
  });

  test("LATERAL VIEW makes a generator's columns", () => {
    expect(query("SELECT * FROM t LATERAL VIEW OUTER explode(m) x AS k, v WHERE k")).toMatchObject({
      child: { kind: "filter", child: { kind: "generate", outer: true, qualifier: "x", names: ["k", "v"] } },
    });
  });

  test("PIVOT and UNPIVOT", () => {
    expect(query("FROM t PIVOT (sum(a) AS s FOR b IN (1 AS x, 2))")).toMatchObject({
      kind: "pivot",
      column: { parts: ["b"] },
      values: [{ kind: "alias", names: ["x"] }, { value: 2 }],
      aggregates: [{ kind: "alias" }],
    });
    expect(query("FROM t UNPIVOT INCLUDE NULLS ((v, w) FOR n IN ((a, b) AS x, (c, d)))")).toMatchObject({
      kind: "unpivot",
      includeNulls: true,
      nameColumn: "n",
      valueColumns: ["v", "w"],
      values: [{ alias: "x" }, {}],
    });
  });

  test("TABLESAMPLE by percent, bucket and rows", () => {
    expect(query("FROM t TABLESAMPLE (10 PERCENT) REPEATABLE (7)")).toMatchObject({ fraction: 0.1, seed: 7 });
    expect(query("FROM t TABLESAMPLE (BUCKET 1 OUT OF 4) AS x")).toMatchObject({ child: { fraction: 0.25 } });
    expect(query("FROM t TABLESAMPLE (5 ROWS)")).toMatchObject({ kind: "limit", count: { value: 5 } });
    expect(() => query("FROM t TABLESAMPLE (150 PERCENT)")).toThrow(/must be on interval \[0, 1\]/);
  });

  test("streams with options and a watermark", () => {
    expect(
      query("SELECT * FROM STREAM t WITH ('a' = 'b') WATERMARK ts DELAY OF INTERVAL 10 SECONDS AS s"),
    ).toMatchObject({
      child: {
        kind: "subqueryAlias",
        child: {
          kind: "withWatermark",
          eventTime: { parts: ["ts"] },
          delay: "10000000 microseconds",
          child: { name: ["t"], streaming: true, options: { a: "b" } },
        },
      },
    });
    expect(query("FROM STREAM(t)")).toMatchObject({ streaming: true, name: ["t"] });
    expect(query("FROM stream JOIN t")).toMatchObject({ kind: "join", left: { name: ["stream"] } });
  });
});

describe("WITH and set operations", () => {
  test("INTERSECT binds tighter than UNION, unless all are alike by setting", () => {
    const sql = "SELECT 1 UNION ALL SELECT 2 INTERSECT SELECT 3";
    expect(query(sql)).toMatchObject({
      type: "union",
      all: true,
      children: [{}, { type: "intersect", all: false }],
    });
    expect(query(sql, { setOperationsPrecedence: true })).toMatchObject({
      type: "intersect",
      children: [{ type: "union" }, {}],
    });
    expect(query("TABLE a MINUS TABLE b")).toMatchObject({
      type: "except",
      children: [{ name: ["a"] }, { name: ["b"] }],
    });
    expect(query("TABLE a UNION ALL BY NAME TABLE b")).toMatchObject({ byName: true });
  });

  test("named queries stand above the whole", () => {
    expect(
      query("WITH RECURSIVE r(n) MAX RECURSION LEVEL 5 AS (SELECT 1) SELECT * FROM r ORDER BY 1"),
    ).toMatchObject({
      kind: "with",
      recursive: true,
      ctes: [{ name: "r", columns: ["n"], maxRecursion: 5, plan: { kind: "project" } }],
      child: { kind: "sort" },
    });
  });

  test("two of one name are refused", () => {
    expect(() => query("with a as (select 1), A as (select 2) select * from a")).toThrow(
      expect.objectContaining({ condition: "DUPLICATED_CTE_NAMES", parameters: { duplicateNames: "`a`" } }),
    );
  });
});

describe("pipes", () => {
  test("every operator is over what stands before it", () => {
    const sql = "FROM t |> WHERE a |> EXTEND 1 AS b |> SET a = 2 |> DROP c |> AS u |> ORDER BY a |> LIMIT 1";
    expect(spine(query(sql))).toEqual([
      "limit",
      "sort",
      "subqueryAlias",
      "project",
      "withColumns",
      "project",
      "filter",
      "unresolvedRelation",
    ]);
  });

  test("AGGREGATE gives keys out before aggregates", () => {
    const plan = aggregate("TABLE t |> AGGREGATE sum(a) AS s GROUP BY b AS k");
    expect(plan.keys.map(short)).toEqual(["$b"]);
    expect(plan.expressions.map(short)).toEqual([
      ["as", "$b", "k"],
      ["as", ["sum", "$a"], "s"],
    ]);
  });

  test("joins and set operations take what stands before as their left side", () => {
    expect(query("TABLE a |> LEFT JOIN b ON true |> UNION ALL TABLE c")).toMatchObject({
      kind: "setOperation",
      children: [{ kind: "join", type: "left" }, { name: ["c"] }],
    });
  });
});
