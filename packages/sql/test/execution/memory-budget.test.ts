import { StreamError } from "@ss/core";
import { MemorySource, memorySource } from "@ss/source-memory";
import { afterEach, expect, test } from "vitest";
import { SparkSession } from "../../src/index.js";

let spark: SparkSession;

afterEach(async () => {
  await spark.stop();
});

async function sessionWith(memory: string): Promise<SparkSession> {
  return SparkSession.builder().config("spark.driver.memory", memory).use(memorySource()).create();
}

/** Rows of 8 bytes and more: a million of them need far beyond a megabyte when they are held. */
const HOLDING: Readonly<Record<string, { readonly query: string; readonly operator: RegExp }>> = {
  "an aggregation": {
    query: "SELECT id, count(*) FROM range(1000000) GROUP BY id",
    operator: /^HashAggregate keys=\[id/,
  },
  "a sort": { query: "SELECT id FROM range(1000000) ORDER BY id DESC", operator: /^Sort \[id/ },
  "the held side of a join": {
    query: "SELECT a.id FROM range(1000000) a JOIN range(1000000) b ON a.id = b.id",
    operator: /^HashJoin \[/,
  },
  "the right side of EXCEPT": {
    query: "SELECT id FROM range(10) EXCEPT ALL SELECT id FROM range(1000000)",
    operator: /^Except/i,
  },
  "an aggregation of distinct values": {
    query: "SELECT count(DISTINCT id) FROM range(1000000)",
    operator: /^HashAggregate/,
  },
  "rows without their repetitions": {
    query: "SELECT DISTINCT id FROM range(1000000)",
    operator: /^HashAggregate/,
  },
  "a list of collected values": {
    query: "SELECT collect_list(id) FROM range(1000000)",
    operator: /^HashAggregate/,
  },
  "a list of long texts": {
    query: "SELECT id % 3, collect_list(repeat('x', 2000)) FROM range(3000) GROUP BY 1",
    operator: /^HashAggregate/,
  },
  "a set of long texts": {
    query: "SELECT collect_set(concat(repeat('x', 2000), id)) FROM range(3000)",
    operator: /^HashAggregate/,
  },
  "texts that are put together": {
    query: "SELECT listagg(repeat('x', 2000)) FROM range(3000)",
    operator: /^HashAggregate/,
  },
  "a sort with a large limit": {
    query: "SELECT id FROM range(1000000) ORDER BY id DESC LIMIT 900000",
    operator: /^(Sort|TopN|TakeOrdered)/,
  },
  "the rows of a step of a recursion": {
    query:
      "WITH RECURSIVE r AS (SELECT id FROM range(900000) UNION ALL SELECT id FROM r WHERE id < 0) SELECT count(*) FROM r",
    operator: /^UnionLoop/,
  },
  "a window": {
    query: "SELECT id, row_number() OVER (ORDER BY id) FROM range(1000000)",
    operator: /^Window/,
  },
};

for (const [name, { query, operator }] of Object.entries(HOLDING)) {
  test(`${name} beyond the limit fails with an error that names it`, async () => {
    spark = await sessionWith("1m");
    spark.conf.set("spark.sql.cteRecursionRowLimit", "1000000");
    const failure = await spark
      .sql(query)
      .collect()
      .catch((error: unknown) => error);
    expect(StreamError.is(failure, "SS_MEMORY_LIMIT_EXCEEDED"), String(failure)).toBe(true);
    expect((failure as StreamError).parameters["operator"]).toMatch(operator);
    const { limit, budget, bytes, used } = (failure as StreamError).parameters;
    expect([limit, budget]).toEqual(["1048576", "1048576"]);
    expect(Number(used)).toBeGreaterThan(1048576);
    expect(Number(bytes)).toBeLessThanOrEqual(Number(used));
  });
}

test("what flows by is not held: a filter and a count over many rows pass", async () => {
  spark = await sessionWith("1m");
  const rows = await spark.sql("SELECT count(*) AS n FROM range(1000000) WHERE id % 2 = 0").collect();
  expect(rows[0]!["n"]).toBe(500_000);
});

test("a query gives back what it held", async () => {
  // each run holds more than half of it
  spark = await sessionWith("3m");
  for (let run = 0; run < 3; run++) {
    const rows = await spark
      .sql("SELECT max(id) AS m FROM (SELECT id FROM range(200000) ORDER BY id DESC)")
      .collect();
    expect(rows[0]!["m"]).toBe(199_999);
    const sorted = spark.sql("SELECT id FROM range(200000) ORDER BY id DESC").toLocalIterator();
    expect((await sorted.next()).value).toEqual({ id: 199_999 });
    await sorted.return(undefined);
  }
});

test("the state of a stream counts, and the error names it", async () => {
  spark = await sessionWith("1m");
  const source = `state-${Math.random()}`;
  const query = await spark.readStream
    .format("memory")
    .option("name", source)
    .schema("k INT")
    .load()
    .groupBy("k")
    .count()
    .writeStream.format("noop")
    .outputMode("update")
    .start();
  const run = async (): Promise<void> => {
    for (let batch = 0; batch < 20; batch++) {
      MemorySource.addData(source, ...Array.from({ length: 10_000 }, (_, i) => batch * 10_000 + i));
      await query.processAllAvailable();
    }
  };
  await expect(run()).rejects.toThrow("SS_MEMORY_LIMIT_EXCEEDED");
  expect(query.exception?.message).toMatch(/the state of StateStoreSave keys=\[k.*opId = 0/);
});

test("a limit that is no size is refused", async () => {
  const failure = await sessionWith("lots").catch((error: unknown) => error);
  spark = await sessionWith("1g");
  expect(StreamError.is(failure, "INVALID_CONF_VALUE.TYPE_MISMATCH")).toBe(true);
});

for (const mode of ["append", "complete"] as const) {
  test(`the memory sink counts in ${mode} mode, gives back what complete mode forgets, and the error names it`, async () => {
    spark = await sessionWith(mode === "append" ? "1m" : "4m");
    const source = `sink-${Math.random()}`;
    const rows = spark.readStream.format("memory").option("name", source).schema("k INT").load();
    const table = mode === "append" ? rows : rows.groupBy("k").count();
    const query = await table.writeStream.format("memory").queryName("kept").outputMode(mode).start();
    const add = async (from: number): Promise<void> => {
      MemorySource.addData(source, ...Array.from({ length: 20_000 }, (_, i) => from + i));
      await query.processAllAvailable();
    };
    // 25 times 20,000 groups of 12 bytes are 6 MB, if all were kept
    if (mode === "complete") for (let batch = 0; batch < 25; batch++) await add(0);
    if (mode === "complete") return;
    const more = async (): Promise<void> => {
      for (let batch = 0; batch < 60; batch++) await add(batch * 20_000);
    };
    await expect(more()).rejects.toThrow("SS_MEMORY_LIMIT_EXCEEDED");
    expect(query.exception?.message).toContain("the memory sink of the table kept");
  });
}

test("the rows of a batch for foreachBatch count while the function has them, and the error names them", async () => {
  spark = await sessionWith("1m");
  const source = `each-${Math.random()}`;
  const rows = spark.readStream.format("memory").option("name", source).schema("n INT").load();
  let seen = 0;
  const query = await rows
    .selectExpr("explode(sequence(1, n)) AS value")
    .writeStream.foreachBatch(async (batch) => {
      seen += await batch.count();
    })
    .start();
  // each of them alone fits
  for (let batch = 0; batch < 4; batch++) {
    MemorySource.addData(source, 100_000);
    await query.processAllAvailable();
  }
  expect(seen).toBe(400_000);
  MemorySource.addData(source, 500_000);
  await expect(query.processAllAvailable()).rejects.toThrow(/SS_MEMORY_LIMIT_EXCEEDED.*of foreachBatch/s);
});
