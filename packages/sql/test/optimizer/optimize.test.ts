import { describe, expect, test } from "vitest";
import { Query } from "./engine.js";

const views = {
  t: "SELECT * FROM VALUES (1, 'a', 10), (2, 'b', 20), (3, NULL, 30), (NULL, 'a', 40) AS t(k, s, v)",
  u: "SELECT * FROM VALUES (1, 100), (1, 101), (3, 300), (NULL, 400), (5, 500) AS u(k, w)",
};

function plan(text: string): string {
  return new Query(text, views).plan();
}

/** Rows as text, in an order of their own. */
function sorted(rows: readonly unknown[][]): string[] {
  return rows
    .map((row) => JSON.stringify(row, (_, value) => (typeof value === "bigint" ? Number(value) : value)))
    .sort();
}

describe("the optimizer changes no result", () => {
  const queries = [
    "SELECT v + 1 AS x FROM t WHERE k > 1",
    "SELECT * FROM (SELECT v * 2 AS d, k FROM t) WHERE d > 20 AND k IS NOT NULL",
    "SELECT t.k, w FROM t, u WHERE t.k = u.k AND v > 5 AND w < 300",
    "SELECT t.k, w FROM t LEFT JOIN u ON t.k = u.k WHERE w IS NULL",
    "SELECT t.k, w FROM t LEFT JOIN u ON t.k = u.k AND w > 100 WHERE v < 40",
    "SELECT t.k, w FROM t LEFT JOIN u ON t.k = u.k AND v > 10",
    "SELECT t.k, u.k, w FROM t RIGHT JOIN u ON t.k = u.k AND w > 100 WHERE w <> 101",
    "SELECT t.k, u.k FROM t RIGHT JOIN u ON t.k = u.k AND v > 10 WHERE t.k IS NULL",
    "SELECT t.k, u.k FROM t FULL JOIN u ON t.k = u.k AND v > 10 AND w < 300 WHERE t.k IS NULL OR u.k IS NULL",
    "SELECT k FROM t LEFT SEMI JOIN u ON t.k = u.k AND w > 100 AND v < 30",
    "SELECT k FROM t LEFT ANTI JOIN u ON t.k = u.k AND w > 100 AND v < 30",
    "SELECT t.k, u.k FROM t JOIN u ON t.k <=> u.k",
    "SELECT t.k, u.k FROM t JOIN u ON t.k < u.k",
    "SELECT t.k FROM t JOIN u ON NULL",
    "SELECT t.k, w FROM t LEFT JOIN u ON CAST(NULL AS BOOLEAN)",
    "SELECT t.k, w FROM t FULL JOIN u ON FALSE",
    "SELECT count(*) FROM t CROSS JOIN u",
    "SELECT k FROM t WHERE NULL",
    "SELECT s, total FROM (SELECT s, sum(v) AS total, count(*) AS n FROM t GROUP BY s) WHERE total > 20",
    "SELECT count(*) FROM (SELECT s, sum(v) AS total FROM t GROUP BY s HAVING sum(v) > 20)",
    "SELECT * FROM (SELECT k, row_number() OVER (ORDER BY v) AS r FROM t) WHERE r = 2",
    "SELECT * FROM (SELECT k, v FROM t ORDER BY v LIMIT 2) WHERE v > 10",
    "SELECT * FROM (SELECT k, v FROM t ORDER BY v DESC) WHERE v > 10",
    "SELECT x FROM (SELECT k AS x FROM t UNION ALL SELECT w FROM u) WHERE x > 2",
    "SELECT x FROM (SELECT k AS x, s FROM t UNION SELECT k, NULL FROM u) WHERE x < 4",
    "SELECT x FROM (SELECT k AS x, v FROM t EXCEPT SELECT k, 10 FROM u)",
    "SELECT x FROM (SELECT k AS x, 1 AS one FROM t INTERSECT SELECT k, 1 FROM u)",
    "SELECT a FROM (SELECT DISTINCT s AS a, k FROM t) WHERE k < 3",
    "SELECT e FROM (SELECT k, explode(array(k, v)) AS e FROM t) WHERE k = 2",
    "SELECT s, k, sum(v) FROM t GROUP BY GROUPING SETS ((s), (k), ())",
    "SELECT c FROM (SELECT s, count(*) AS c, sum(v) AS x FROM t GROUP BY ROLLUP (s))",
    "SELECT x.k, y.k FROM t x JOIN t y ON x.k = y.k",
    "SELECT x.k, y.v FROM t x JOIN t y USING (k) WHERE x.v > 10",
    "SELECT k FROM t WHERE k IN (SELECT k FROM u WHERE w > 100)",
    "SELECT k, (SELECT max(w) FROM u WHERE u.k = t.k) AS m FROM t WHERE v > 10",
    "SELECT r FROM (SELECT k, rand(7) AS r FROM t) WHERE k = 2",
    "SELECT k FROM (SELECT k, v FROM t WHERE rand(7) < 0.5) WHERE v > 10",
    "SELECT k FROM t WHERE rand(7) < 0.5 AND v > 10",
  ];
  test.each(queries)("%s", async (text) => {
    const { optimized, plain } = await new Query(text, views).both();
    expect(sorted(optimized)).toEqual(sorted(plain));
  });
});

describe("conditions", () => {
  test("go through projections, sorts and unions to the rows", () => {
    expect(plan("SELECT * FROM (SELECT v * 2 AS d FROM t ORDER BY v) WHERE d > 20")).toMatch(
      /^Project \[d\]\n\+- Project \[d\]\n +\+- Sort .*\n +\+- Project [^\n]*\n(.*\n)*? +\+- Filter \(\(v \* 2\) > 20\)/,
    );
    expect(
      plan("SELECT x FROM (SELECT k AS x FROM t UNION ALL SELECT w FROM u) WHERE x > 2").match(/Filter/g),
    ).toHaveLength(2);
  });
  test("on both sides of a comma make an inner join", () => {
    expect(plan("SELECT v, w FROM t, u WHERE t.k = u.k")).toContain("Join Inner, (k = k)");
  });
  test("on one side of a join are checked on that side", () => {
    const inner = plan("SELECT v, w FROM t JOIN u ON t.k = u.k AND v > 10 AND w > 100");
    expect(inner).toContain("Join Inner, (k = k)");
    expect(inner).toContain("Filter (v > 10)");
    expect(inner).toContain("Filter (w > 100)");
  });
  test("of a left join stay where they decide which rows lack a partner", () => {
    expect(plan("SELECT v, w FROM t LEFT JOIN u ON t.k = u.k AND v > 10")).toContain(
      "Join LeftOuter, ((k = k) AND (v > 10))",
    );
    expect(plan("SELECT v, w FROM t LEFT JOIN u ON t.k = u.k WHERE w > 100")).toMatch(
      /Filter \(w > 100\)\n *\+- Join LeftOuter/,
    );
    const full = plan("SELECT v FROM t FULL JOIN u ON t.k = u.k AND v > 10 WHERE w > 100");
    expect(full).toMatch(/Filter \(w > 100\)\n *\+- Join FullOuter, \(\(k = k\) AND \(v > 10\)\)/);
  });
  test("stay above limits, windows, aggregates, generators and rows that chance chooses", () => {
    expect(plan("SELECT * FROM (SELECT k FROM t LIMIT 2) WHERE k > 1")).toMatch(
      /^(Project .*\n\+- )?Filter .*\n *\+- (Project .*\n *\+- )?Limit/,
    );
    expect(plan("SELECT * FROM (SELECT k, rank() OVER (ORDER BY v) r FROM t) WHERE k > 1")).toMatch(
      /Filter [^\n]*\n *\+- Window/,
    );
    expect(plan("SELECT * FROM (SELECT s, count(*) c FROM t GROUP BY s) WHERE s = 'a'")).toMatch(
      /Filter [^\n]*\n *\+- Aggregate/,
    );
    expect(plan("SELECT * FROM (SELECT k, explode(array(1)) e FROM t) WHERE k > 1")).toMatch(
      /Filter [^\n]*\n *\+- Generate/,
    );
    expect(plan("SELECT * FROM (SELECT k FROM t WHERE rand(7) < 0.5) WHERE k > 1")).toMatch(
      /Filter \(k > 1\)\n *\+- Filter \(rand/,
    );
    expect(plan("SELECT * FROM (SELECT k, rand(7) r FROM t) WHERE k > 1")).toMatch(
      /Filter \(k > 1\)\n *\+- Project \[k, rand/,
    );
  });
});

describe("columns", () => {
  test("that nobody reads are not computed", () => {
    expect(plan("SELECT k FROM (SELECT k, upper(s) AS big, v + 1 AS more FROM t)")).not.toMatch(/upper|more/);
    expect(plan("SELECT s FROM (SELECT s, sum(v) AS total, count(*) AS n FROM t GROUP BY s)")).not.toContain(
      "sum",
    );
  });
  test("of set operations and distinct rows all count", async () => {
    const { optimized } = await new Query(
      "SELECT s FROM (SELECT DISTINCT s, v > 15 AS big FROM t)",
      views,
    ).both();
    expect(sorted(optimized)).toEqual(['["a"]', '["a"]', '["b"]', "[null]"]);
  });
});

describe("constants", () => {
  test("are computed once", () => {
    expect(plan("SELECT v FROM t WHERE k > 1 + 2 * 3")).toContain("(k > 7)");
  });
  test("that fail are left to the rows that reach them", async () => {
    const { optimized } = await new Query(
      "SELECT CASE WHEN k > 100 THEN 1 / 0 END AS x FROM t WHERE k = 1",
      views,
    ).both();
    expect(optimized).toEqual([[null]]);
  });
});

describe("values that differ each time", () => {
  test("are computed once per row, however many branches read them", async () => {
    const text =
      "SELECT CASE WHEN k > 0 THEN r END = CASE WHEN k > -1 THEN r END AS same FROM (SELECT k, rand() AS r FROM t) WHERE k > 0";
    const { optimized } = await new Query(text, views).both();
    expect(optimized).toEqual([[true], [true], [true]]);
  });
  test("are the same for every aggregate over them", async () => {
    const text = `SELECT sum(CASE WHEN k > 0 THEN r END) - sum(CASE WHEN k > -1 THEN r END) AS d
      FROM (SELECT k, rand() AS r FROM t)`;
    expect((await new Query(text, views).both()).optimized).toEqual([[0]]);
  });
  test("are the same before and behind a generator", async () => {
    const text =
      "SELECT count(DISTINCT r) FROM (SELECT r, explode(array(1, 2, 3)) AS e FROM (SELECT rand() AS r FROM t))";
    expect((await new Query(text, views).both()).optimized).toEqual([[4n]]);
  });
});

describe("joins", () => {
  test("hold the side that is smaller", () => {
    const values = Array.from({ length: 100 }, (_, i) => `(${i})`).join(", ");
    const large = `SELECT * FROM VALUES ${values} AS t(n)`;
    const small = "SELECT * FROM VALUES (1), (2) AS t(n)";
    expect(new Query("SELECT * FROM a JOIN b USING (n)", { a: small, b: large }).physical()).toContain(
      "build left",
    );
    expect(new Query("SELECT * FROM a JOIN b USING (n)", { a: large, b: small }).physical()).toContain(
      "build right",
    );
    expect(
      new Query("SELECT * FROM a LEFT SEMI JOIN b USING (n)", { a: small, b: large }).physical(),
    ).toContain("build right");
  });
  test("keep all rows of the outer side, whichever is held", async () => {
    const a = "SELECT * FROM VALUES (1), (2), (NULL) AS t(n)";
    const b = "SELECT * FROM VALUES (2), (3), (4), (5), (NULL) AS t(n)";
    for (const [left, right] of [
      [a, b],
      [b, a],
    ] as const) {
      const { optimized } = await new Query("SELECT l.n, r.n FROM l LEFT JOIN r ON l.n = r.n", {
        l: left,
        r: right,
      }).both();
      const expected =
        left === a
          ? ["[1,null]", "[2,2]", "[null,null]"]
          : ["[2,2]", "[3,null]", "[4,null]", "[5,null]", "[null,null]"];
      expect(sorted(optimized)).toEqual(expected);
    }
  });
  test("NOT IN of one column is a hash join", () => {
    expect(new Query("SELECT k FROM t WHERE k NOT IN (SELECT k FROM u)", views).physical()).toContain(
      "HashJoin [k = k], leftAnti",
    );
  });
});
