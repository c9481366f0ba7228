import { describe, expect, test } from "vitest";
import { SparkSession } from "../../src/index.js";

const spark = await SparkSession.builder().create();

async function rows(text: string, session = spark): Promise<unknown[][]> {
  return (await session.sql(text).collect()).map((row) => Object.values(row));
}

describe("WITH RECURSIVE", () => {
  test("runs its step until it gives no rows", async () => {
    const counting =
      "WITH RECURSIVE r(n) AS (VALUES 0 UNION ALL SELECT n + 1 FROM r WHERE n < 4) SELECT * FROM r";
    expect(await rows(counting)).toEqual([[0], [1], [2], [3], [4]]);
    const fibonacci = `WITH RECURSIVE f AS (SELECT 0 AS a, 1 AS b UNION ALL SELECT b, a + b FROM f WHERE a < 20)
      SELECT a FROM f ORDER BY a`;
    expect(await rows(fibonacci)).toEqual([[0], [1], [1], [2], [3], [5], [8], [13], [21]]);
  });
  test("walks a tree", async () => {
    const text = `WITH RECURSIVE parts(part, whole) AS (SELECT * FROM VALUES ('wheel', 'car'), ('tyre', 'wheel'), ('nut', 'wheel')),
      within(part, depth) AS (SELECT 'car', 0 UNION ALL
        SELECT parts.part, depth + 1 FROM parts JOIN within ON parts.whole = within.part)
      SELECT * FROM within ORDER BY depth, part`;
    expect(await rows(text)).toEqual([
      ["car", 0],
      ["wheel", 1],
      ["nut", 2],
      ["tyre", 2],
    ]);
  });
  test("may name itself twice, and be used twice", async () => {
    const text = `WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT a.n + b.n FROM r a JOIN r b ON a.n = b.n WHERE a.n < 8)
      SELECT x.n, y.n AS half FROM r x JOIN r y ON x.n = y.n * 2 ORDER BY 1`;
    expect(await rows(text)).toEqual([
      [2, 1],
      [4, 2],
      [8, 4],
    ]);
  });
  test("goes on for ever only as long as somebody takes rows", async () => {
    const text = "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT n FROM r LIMIT 3";
    expect(await rows(text)).toEqual([[1], [2], [3]]);
  });
  test("has limits of steps and rows", async () => {
    const session = await SparkSession.builder()
      .config("spark.sql.cteRecursionLevelLimit", 10)
      .config("spark.sql.cteRecursionRowLimit", 20)
      .create();
    const deep =
      "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 12) SELECT count(*) FROM r";
    await expect(rows(deep, session)).rejects.toMatchObject({ condition: "RECURSION_LEVEL_LIMIT_EXCEEDED" });
    expect(await rows(deep.replace("r(n) AS", "r(n) MAX RECURSION LEVEL 15 AS"), session)).toEqual([[12]]);
    const wide =
      "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r, VALUES (0), (0) WHERE n < 5) SELECT * FROM r";
    await expect(rows(wide, session)).rejects.toMatchObject({ condition: "RECURSION_ROW_LIMIT_EXCEEDED" });
    expect(await rows(`${wide} LIMIT ALL`, session)).toHaveLength(31);
  });
  test.each([
    ["INVALID_RECURSIVE_CTE", "SELECT n + 1 FROM r"],
    ["INVALID_RECURSIVE_CTE", "SELECT n FROM r UNION ALL SELECT 1"],
    ["UNION_NOT_SUPPORTED_IN_RECURSIVE_CTE", "SELECT 1 UNION SELECT n + 1 FROM r"],
    ["INVALID_RECURSIVE_REFERENCE.PLACE", "SELECT 1 UNION ALL SELECT max(n) FROM r"],
    [
      "INVALID_RECURSIVE_REFERENCE.PLACE",
      "SELECT 1 UNION ALL SELECT r.n FROM VALUES (1) AS t(n) LEFT JOIN r ON t.n = r.n",
    ],
    ["CANNOT_MERGE_INCOMPATIBLE_DATA_TYPE", "SELECT 1 UNION ALL SELECT n + 1L FROM r"],
    ["NUM_COLUMNS_MISMATCH", "SELECT 1 UNION ALL SELECT n, n FROM r"],
  ])("refuses with %s: %s", async (condition, query) => {
    await expect(rows(`WITH RECURSIVE r(n) AS (${query}) SELECT * FROM r`)).rejects.toMatchObject({
      condition,
    });
  });
});
