import { MemorySource, memorySource } from "@ss/source-memory";
import { beforeAll, describe, expect, test } from "vitest";
import { type DataFrame, SparkSession } from "../../src/index.js";

// Customers 1 and 2 are in the north, 3 in the south, 4 nowhere; orders 11 and 12 are of 1, 13 of 2, 14 of nobody.
let spark: SparkSession;
beforeAll(async () => {
  spark = await SparkSession.builder().create();
  spark.sql(`CREATE TEMPORARY VIEW customers AS SELECT * FROM VALUES
    (1, 'north', 10), (2, 'north', 20), (3, 'south', 30), (4, NULL, 40) AS t(id, region, credit)`);
  spark.sql(`CREATE TEMPORARY VIEW orders AS SELECT * FROM VALUES
    (11, 1, 5), (12, 1, 15), (13, 2, 25), (14, NULL, 35) AS t(oid, customer, amount)`);
  spark.sql("CREATE TEMPORARY VIEW nothing AS SELECT * FROM VALUES (1) AS t(n) WHERE n > 1");
});

/** The rows of a query as lists, in the order of their text. */
async function rows(text: string): Promise<unknown[][]> {
  const found = await spark.sql(text).collect();
  return found
    .map((row) => Object.values(row))
    .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

describe("scalar subqueries that read no outer column", () => {
  test("have one value for the whole query", async () => {
    expect(await rows("SELECT id FROM customers WHERE credit > (SELECT avg(credit) FROM customers)")).toEqual(
      [[3], [4]],
    );
  });
  test("are null where there is no row", async () => {
    expect(await rows("SELECT id, (SELECT n FROM nothing) FROM customers WHERE id = 1")).toEqual([[1, null]]);
  });
  test("fail where there are two rows", async () => {
    await expect(rows("SELECT (SELECT id FROM customers)")).rejects.toMatchObject({
      condition: "SCALAR_SUBQUERY_TOO_MANY_ROWS",
      sqlState: "21000",
    });
  });
  test("may hold subqueries of their own", async () => {
    const text = "SELECT (SELECT max(id) FROM customers WHERE credit < (SELECT max(credit) FROM customers))";
    expect(await rows(text)).toEqual([[3]]);
  });
  test("stand in HAVING, CASE, ORDER BY and grouping keys", async () => {
    expect(
      await rows(
        "SELECT region FROM customers GROUP BY region HAVING sum(credit) >= (SELECT max(amount) - 5 FROM orders)",
      ),
    ).toEqual([["north"], ["south"], [null]]);
    expect(
      await rows(
        "SELECT CASE WHEN id = (SELECT max(id) FROM customers) THEN 'last' END FROM customers WHERE id > 2",
      ),
    ).toEqual([["last"], [null]]);
    expect(await rows("SELECT id FROM customers ORDER BY id % (SELECT 3), id LIMIT 1")).toEqual([[3]]);
    expect(await rows("SELECT id > (SELECT 2) b, count(*) FROM customers GROUP BY id > (SELECT 2)")).toEqual([
      [false, 2],
      [true, 2],
    ]);
  });
});

describe("scalar subqueries that read outer columns", () => {
  test("are null where the groups have no row", async () => {
    expect(
      await rows("SELECT id, (SELECT sum(amount) FROM orders WHERE customer = id) FROM customers"),
    ).toEqual([
      [1, 20],
      [2, 25],
      [3, null],
      [4, null],
    ]);
  });
  test("count 0 where there is no row", async () => {
    expect(await rows("SELECT id, (SELECT count(*) FROM orders WHERE customer = id) FROM customers")).toEqual(
      [
        [1, 2],
        [2, 1],
        [3, 0],
        [4, 0],
      ],
    );
    expect(
      await rows("SELECT id FROM customers WHERE (SELECT count(*) FROM orders WHERE customer = id) = 0"),
    ).toEqual([[3], [4]]);
  });
  test("are null where HAVING refuses the row that stands for no rows", async () => {
    expect(
      await rows(
        "SELECT id, (SELECT count(*) FROM orders WHERE customer = id HAVING count(*) > 1) FROM customers",
      ),
    ).toEqual([
      [1, 2],
      [2, null],
      [3, null],
      [4, null],
    ]);
  });
  test("compute with outer columns above the groups", async () => {
    expect(
      await rows("SELECT id, (SELECT count(*) + credit FROM orders WHERE customer = id) FROM customers"),
    ).toEqual([
      [1, 12],
      [2, 21],
      [3, 30],
      [4, 40],
    ]);
  });
  test("may be correlated by more than equality", async () => {
    expect(
      await rows("SELECT id, (SELECT count(*) FROM orders WHERE amount > credit) FROM customers"),
    ).toEqual([
      [1, 3],
      [2, 2],
      [3, 1],
      [4, 0],
    ]);
    expect(
      await rows(
        "SELECT id, (SELECT sum(amount * credit) FROM orders WHERE customer <= id) FROM customers WHERE id < 3",
      ),
    ).toEqual([
      [1, 200],
      [2, 900],
    ]);
  });
  test("treat a null outer value as a value of its own for <=>", async () => {
    expect(
      await rows(
        "SELECT region, (SELECT count(*) FROM customers c WHERE c.region <=> o.region) FROM customers o",
      ),
    ).toEqual([
      ["north", 2],
      ["north", 2],
      ["south", 1],
      [null, 1],
    ]);
  });
  test("take the first row of an ordering for each outer row", async () => {
    const text =
      "SELECT id, (SELECT oid FROM orders WHERE customer = id ORDER BY amount DESC LIMIT 1) FROM customers";
    expect(await rows(text)).toEqual([
      [1, 12],
      [2, 13],
      [3, null],
      [4, null],
    ]);
  });
  test("skip rows for each outer row", async () => {
    const text =
      "SELECT id, (SELECT oid FROM orders WHERE customer = id ORDER BY amount LIMIT 1 OFFSET 1) FROM customers WHERE id < 3";
    expect(await rows(text)).toEqual([
      [1, 12],
      [2, null],
    ]);
  });
  test("cover unions, whose branches depend on different things", async () => {
    const text = `SELECT id, (SELECT sum(x) FROM (
      SELECT amount x FROM orders WHERE customer = id UNION ALL SELECT credit WHERE region = 'north')) FROM customers`;
    expect(await rows(text)).toEqual([
      [1, 30],
      [2, 45],
      [3, null],
      [4, null],
    ]);
  });
  test("cover DISTINCT, windows and outer joins", async () => {
    expect(
      await rows(
        "SELECT id, (SELECT count(*) FROM (SELECT DISTINCT customer FROM orders WHERE customer >= id)) FROM customers",
      ),
    ).toEqual([
      [1, 2],
      [2, 1],
      [3, 0],
      [4, 0],
    ]);
    expect(
      await rows(`SELECT id, (SELECT max(r) FROM (SELECT row_number() OVER (ORDER BY oid) r FROM orders WHERE customer = id))
        FROM customers WHERE id < 3`),
    ).toEqual([
      [1, 2],
      [2, 1],
    ]);
    expect(
      await rows(`SELECT id, (SELECT count(b.oid) FROM orders a LEFT JOIN (SELECT * FROM orders WHERE customer = id) b
        ON a.oid = b.oid) FROM customers`),
    ).toEqual([
      [1, 2],
      [2, 1],
      [3, 0],
      [4, 0],
    ]);
    expect(
      await rows(`SELECT id, (SELECT count(*) FROM (SELECT * FROM orders WHERE customer = id) a
        FULL JOIN (SELECT n FROM VALUES (11), (99) AS t(n)) b ON a.oid = b.n) FROM customers`),
    ).toEqual([
      [1, 3],
      [2, 3],
      [3, 2],
      [4, 2],
    ]);
  });
});

describe("EXISTS", () => {
  test("keeps rows with a partner, NOT EXISTS those without", async () => {
    expect(
      await rows("SELECT id FROM customers WHERE EXISTS (SELECT 1 FROM orders WHERE customer = id)"),
    ).toEqual([[1], [2]]);
    expect(
      await rows("SELECT id FROM customers WHERE NOT EXISTS (SELECT 1 FROM orders WHERE customer = id)"),
    ).toEqual([[3], [4]]);
  });
  test("is a value in SELECT, OR and CASE", async () => {
    expect(
      await rows(
        "SELECT id, EXISTS (SELECT 1 FROM orders WHERE customer = id AND amount > credit) FROM customers",
      ),
    ).toEqual([
      [1, true],
      [2, true],
      [3, false],
      [4, false],
    ]);
    expect(
      await rows(
        "SELECT id FROM customers WHERE region = 'south' OR EXISTS (SELECT 1 FROM orders WHERE customer = id)",
      ),
    ).toEqual([[1], [2], [3]]);
    expect(
      await rows(
        "SELECT CASE WHEN NOT EXISTS (SELECT 1 FROM nothing) THEN id END FROM customers WHERE id = 1",
      ),
    ).toEqual([[1]]);
  });
  test("always holds over an aggregate without keys", async () => {
    expect(
      await rows("SELECT id FROM customers WHERE EXISTS (SELECT count(*) FROM orders WHERE customer = id)"),
    ).toHaveLength(4);
    expect(
      await rows(
        "SELECT id FROM customers WHERE EXISTS (SELECT count(*) FROM orders WHERE customer = id HAVING count(*) = 0)",
      ),
    ).toEqual([[3], [4]]);
  });
  test("stands in HAVING and reads the groups", async () => {
    const text = `SELECT region, sum(credit) FROM customers c GROUP BY region
      HAVING EXISTS (SELECT 1 FROM customers i WHERE i.region = c.region AND i.credit = 30)`;
    expect(await rows(text)).toEqual([["south", 30]]);
  });
  test("reads outer columns from within a subquery's subquery", async () => {
    const text = `SELECT id FROM customers WHERE EXISTS (SELECT 1 FROM orders o WHERE customer = id
      AND NOT EXISTS (SELECT 1 FROM orders p WHERE p.customer = o.customer AND p.amount > o.amount) AND o.amount > 20)`;
    expect(await rows(text)).toEqual([[2]]);
  });
  test("is a column of one side in the condition of a join", async () => {
    const base = "SELECT c.id, o.oid FROM customers c";
    const condition =
      "c.id = o.customer AND EXISTS (SELECT 1 FROM orders x WHERE x.customer = c.id AND x.amount > 20)";
    expect(await rows(`${base} JOIN orders o ON ${condition}`)).toEqual([[2, 13]]);
    expect(await rows(`${base} LEFT JOIN orders o ON ${condition}`)).toEqual([
      [1, null],
      [2, 13],
      [3, null],
      [4, null],
    ]);
    expect(await rows(`${base} RIGHT JOIN orders o ON ${condition} WHERE oid > 12`)).toEqual([
      [2, 13],
      [null, 14],
    ]);
    const both = "EXISTS (SELECT 1 FROM orders x WHERE x.customer = c.id AND x.amount = o.amount)";
    await expect(rows(`${base} JOIN orders o ON ${both}`)).rejects.toMatchObject({
      condition:
        "UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.UNSUPPORTED_CORRELATED_EXPRESSION_IN_JOIN_CONDITION",
    });
  });
});

describe("IN", () => {
  test("keeps rows whose value is in the list", async () => {
    expect(await rows("SELECT id FROM customers WHERE id IN (SELECT customer FROM orders)")).toEqual([
      [1],
      [2],
    ]);
  });
  test("NOT IN keeps nothing where the list holds a null", async () => {
    expect(await rows("SELECT id FROM customers WHERE id NOT IN (SELECT customer FROM orders)")).toEqual([]);
    expect(
      await rows(
        "SELECT id FROM customers WHERE id NOT IN (SELECT customer FROM orders WHERE customer IS NOT NULL)",
      ),
    ).toEqual([[3], [4]]);
  });
  test("NOT IN keeps a null value only where the list is empty", async () => {
    expect(await rows("SELECT id FROM customers WHERE region NOT IN (SELECT 'south')")).toEqual([[1], [2]]);
    expect(
      await rows("SELECT id FROM customers WHERE region NOT IN (SELECT string(n) FROM nothing)"),
    ).toHaveLength(4);
  });
  test("as a value is null where nothing is equal and something is null", async () => {
    expect(await rows("SELECT id, id IN (SELECT customer FROM orders) FROM customers WHERE id < 4")).toEqual([
      [1, true],
      [2, true],
      [3, null],
    ]);
    expect(await rows("SELECT id, region IN (SELECT 'south') FROM customers")).toEqual([
      [1, false],
      [2, false],
      [3, true],
      [4, null],
    ]);
    expect(await rows("SELECT NULL IN (SELECT n FROM nothing)")).toEqual([[false]]);
  });
  test("stands within OR", async () => {
    expect(
      await rows("SELECT id FROM customers WHERE credit = 40 OR id NOT IN (SELECT customer FROM orders)"),
    ).toEqual([[4]]);
    expect(
      await rows("SELECT id FROM customers WHERE credit = 40 OR id IN (SELECT customer FROM orders)"),
    ).toEqual([[1], [2], [4]]);
  });
  test("compares several columns", async () => {
    const pairs = "SELECT customer, amount + 5 FROM orders";
    expect(await rows(`SELECT id FROM customers WHERE (id, credit) IN (${pairs})`)).toEqual([[1]]);
    // (2, 20) may equal (null, 40) in no way, and so may none but (4, 40)
    expect(await rows(`SELECT id FROM customers WHERE (id, credit) NOT IN (${pairs})`)).toEqual([[2], [3]]);
  });
  test("reads outer columns besides", async () => {
    const list = "SELECT customer FROM orders WHERE amount > credit";
    expect(await rows(`SELECT id FROM customers WHERE id IN (${list})`)).toEqual([[1], [2]]);
    // the list is (1, 2, null), (2, null), (null) and nothing
    expect(await rows(`SELECT id FROM customers WHERE id NOT IN (${list})`)).toEqual([[4]]);
    expect(
      await rows("SELECT id FROM customers WHERE credit IN (SELECT amount + credit - 25 FROM orders)"),
    ).toHaveLength(4);
  });
  test("takes the first rows of each list", async () => {
    const text =
      "SELECT id FROM customers WHERE 12 IN (SELECT oid FROM orders WHERE customer = id ORDER BY amount LIMIT 1)";
    expect(await rows(text)).toEqual([]);
    expect(await rows(text.replace("LIMIT 1", "LIMIT 2"))).toEqual([[1]]);
  });
});

describe("LATERAL", () => {
  test("joins each row with the rows that are computed from it", async () => {
    expect(await rows("SELECT id, d FROM customers, LATERAL (SELECT credit * 2 AS d) WHERE id < 3")).toEqual([
      [1, 20],
      [2, 40],
    ]);
    expect(
      await rows("SELECT id, n FROM customers, LATERAL (SELECT count(*) n FROM orders WHERE customer = id)"),
    ).toEqual([
      [1, 2],
      [2, 1],
      [3, 0],
      [4, 0],
    ]);
  });
  test("keeps rows without partner in a left join", async () => {
    const text = `SELECT id, oid, d FROM customers LEFT JOIN
      LATERAL (SELECT oid, amount - credit AS d FROM orders WHERE customer = id ORDER BY oid LIMIT 1)`;
    expect(await rows(text)).toEqual([
      [1, 11, -5],
      [2, 13, 5],
      [3, null, null],
      [4, null, null],
    ]);
  });
});

test("explain does not run subqueries", async () => {
  let printed = "";
  const session = await SparkSession.builder()
    .printTo((text) => void (printed += text))
    .create();
  await session.sql("SELECT 1 AS one WHERE 1 = (SELECT id FROM VALUES (1), (2) AS t(id))").explain();
  expect(printed).toContain("scalarsubquery()");
});

describe("in a stream", () => {
  test("subqueries over tables see each batch the table as it is then", async () => {
    const session = await SparkSession.builder().use(memorySource()).create();
    const stream = (name: string, schema: string): DataFrame => {
      MemorySource.reset(name);
      return session.readStream.format("memory").option("name", name).schema(schema).load();
    };
    const limits = await stream("limits", "low INT").writeStream.format("memory").queryName("limits").start();
    stream("values", "v INT").createOrReplaceTempView("input");
    const filtered = session.sql(`SELECT v, EXISTS (SELECT 1 FROM limits WHERE low > v) AS below
      FROM input WHERE v >= (SELECT min(low) FROM limits)`);
    const query = await filtered.writeStream.format("memory").queryName("passed").start();
    MemorySource.addData("limits", 10, 20);
    await limits.processAllAvailable();
    MemorySource.addData("values", 5, 15, 25);
    await query.processAllAvailable();
    MemorySource.addData("limits", 1, 30);
    await limits.processAllAvailable();
    MemorySource.addData("values", 5, 25);
    await query.processAllAvailable();
    expect(await session.table("passed").collect()).toEqual([
      { v: 15, below: true },
      { v: 25, below: false },
      { v: 5, below: true },
      { v: 25, below: true },
    ]);
    await query.stop();
    await limits.stop();
  });
});
