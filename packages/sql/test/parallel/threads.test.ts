import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import {
  type ColumnFunction,
  type Json,
  LongType,
  type Partition,
  type Plugin,
  type ReadRequest,
  type Sink,
  type Source,
  StreamError,
  StructType,
  type Table,
  type WorkerForm,
} from "@ss/core";
import { fileSource } from "@ss/source-file";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { CREDITS } from "../../src/execution/parallel/messages.js";
import {
  col,
  count,
  type DataFrame,
  expr,
  SparkSession,
  session_window,
  sum,
  udaf,
  udf,
  window,
} from "../../src/index.js";
import { Average } from "../aggregators.js";

// Workers run what is built: these tests need `npm run build`, which `npm test` does beforehand.

let folder: string;
let printed = "";
const sessions: SparkSession[] = [];

beforeEach(() => {
  printed = "";
  folder = mkdtempSync(join(tmpdir(), "ss-threads-"));
});

afterEach(async () => {
  for (const spark of sessions.splice(0)) await spark.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function session(threads: number, ...plugins: Plugin[]): Promise<SparkSession> {
  const spark = await SparkSession.builder()
    .master(`local[${threads}]`)
    .config("spark.sql.session.timeZone", "UTC")
    // small partitions, so that even a small folder has several
    .config("spark.sql.files.maxPartitionBytes", "2000")
    .config("spark.sql.files.openCostInBytes", "1")
    .use(fileSource(), ...plugins)
    .printTo((text) => {
      printed += text;
    })
    .create();
  sessions.push(spark);
  return spark;
}

const SCHEMA = "id INT, name STRING, amount DOUBLE, at TIMESTAMP";
const NAMES = ["Ärger", "b", "c,d", "", "e"];

/** 600 rows in three files, and a code for three of the five names, with amounts whose sum depends on the order of addition. */
function writeSales(): void {
  mkdirSync(join(folder, "sales"));
  mkdirSync(join(folder, "codes"));
  const codes = ["b", "e", "c,d"].map((name, code) => JSON.stringify({ name, code }));
  writeFileSync(join(folder, "codes", "codes.json"), codes.join("\n"));
  for (let file = 0; file < 3; file++) {
    const lines = Array.from({ length: 200 }, (_, i) => {
      const id = file * 200 + i;
      const second = String(id % 60).padStart(2, "0");
      const minute = String(Math.floor(id / 60)).padStart(2, "0");
      return JSON.stringify({
        id,
        name: NAMES[id % 5],
        amount: 0.1 * id + 1e12 / (id + 1),
        at: `2026-01-01T00:${minute}:${second}Z`,
      });
    });
    writeFileSync(join(folder, "sales", `${file}.json`), `${lines.join("\n")}\n`);
  }
}

const QUERIES: Readonly<Record<string, (sales: DataFrame, spark: SparkSession) => DataFrame>> = {
  "a filter and a projection": (sales) =>
    sales.where("id % 3 = 0").selectExpr("id", "upper(name) AS n", "at"),
  "sums of floating-point numbers": (sales) =>
    sales.groupBy("name").agg(sum("amount").as("s"), expr("avg(amount)")),
  "sketches and lists": (sales) =>
    sales
      .groupBy("name")
      .agg(expr("percentile_approx(amount, 0.3)"), expr("collect_list(id)"), expr("first(id)")),
  "a join with a folder that is held, and groups": (sales, spark) => {
    const codes = spark.read.schema("name STRING, code INT").json(join(folder, "codes"));
    return sales.join(codes, "name").groupBy("code").agg(count("*"), sum("amount"));
  },
  "a join with rows of the program": (sales, spark) => {
    const names = spark.sql("SELECT * FROM VALUES ('b', 1), ('e', 2), ('c,d', 3) AS t(name, code)");
    return sales.join(names, "name").groupBy("code").agg(count("*"), sum("amount"));
  },
  "a join of two folders": (sales, spark) =>
    sales.join(spark.read.schema(SCHEMA).json(join(folder, "sales")).selectExpr("id", "name AS other"), "id"),
  "a table joined with itself": (sales, spark) => {
    sales.createOrReplaceTempView("sales");
    return spark.sql(
      "SELECT count(*), sum(a.id * b.id) FROM sales a JOIN sales b ON a.name = b.name AND a.id <> b.id",
    );
  },
  "sums over sliding windows": (sales) =>
    sales
      .groupBy(window("at", "3 minutes", "1 minute"))
      .agg(sum("amount").as("s"))
      .orderBy("window"),
  "sums over sessions": (sales) =>
    sales
      .groupBy("name", session_window("at", expr("IF(id % 35 < 20, '5 seconds', '1 second')")))
      .agg(sum("amount").as("s"), count("*"))
      .orderBy("name", "session_window"),
  "a cube": (sales, spark) => {
    sales.createOrReplaceTempView("sales");
    return spark.sql(
      "SELECT name, id % 3 AS m, sum(amount), count(*) FROM sales GROUP BY CUBE (name, id % 3)",
    );
  },
  "distinct aggregates": (sales) => sales.groupBy("name").agg(expr("count(DISTINCT id % 7)")),
  "exploded arrays": (sales) => sales.selectExpr("id", "explode(array(id, id + 1)) AS e").where("e % 2 = 0"),
  "an aggregate without keys": (sales) => sales.agg(sum("amount"), count("*"), expr("max(name)")),
  "a union and a sort": (sales) => sales.union(sales).orderBy("name", "id").limit(17),
  "a function of the program": (sales) => {
    const twice = udf((x: number) => x * 2, "INT");
    return sales.select(twice(col("id")).as("t")).agg(sum("t"));
  },
  "an aggregator of the program beside sums": (sales) =>
    sales.groupBy("name").agg(udaf(new Average())("amount"), sum("amount"), count("*")),
};

describe("the results are the same for every number of threads", () => {
  for (const [name, query] of Object.entries(QUERIES)) {
    test(name, async () => {
      writeSales();
      const results = [];
      for (const threads of [1, 2]) {
        const spark = await session(threads);
        const sales = spark.read.schema(SCHEMA).json(join(folder, "sales"));
        results.push(await query(sales, spark).collect());
      }
      expect(results[0]!.length).toBeGreaterThan(0);
      expect(results[1]).toEqual(results[0]);
    });
  }

  const gap = expr("IF(id % 35 < 20, '5 seconds', '1 second')");
  test.each([
    { what: "windows", times: window("at", "1 minute").as("w"), late: 5 },
    { what: "windows, with late rows", times: window("at", "1 minute").as("w"), late: 5, lateRows: 200 },
    { what: "sessions", times: session_window("at", gap).as("w"), late: 10 },
  ])(
    "an aggregation by $what over a stream, its progress and its late rows",
    async ({ times, late, lateRows }) => {
      writeSales();
      // the last file has rows of the first minute again, in every part of it: late by then, a group for each name and end of a session
      const again = Array.from({ length: 200 }, (_, i) =>
        JSON.stringify({ id: i, name: NAMES[i % 5], amount: 1, at: "2026-01-01T00:00:01Z" }),
      );
      writeFileSync(join(folder, "sales", "3.json"), again.join("\n"));
      const outcomes = [];
      for (const threads of [1, 2]) {
        const spark = await session(threads);
        const writer = spark.readStream
          .schema(SCHEMA)
          .option("maxFilesPerTrigger", 1)
          .json(join(folder, "sales"))
          .withWatermark("at", "10 seconds")
          .groupBy(times, col("name"))
          .agg(sum("amount").as("s"))
          .writeStream.format("memory")
          .queryName("sums")
          .outputMode("append")
          .option("checkpointLocation", join(folder, `checkpoint-${threads}`))
          .trigger({ availableNow: true });
        const asking = lateRows === undefined ? writer : writer.lateRowsTo("memory", { queryName: "late" });
        const query = await asking.start();
        await query.awaitTermination();
        const progress = query.recentProgress.map(({ numInputRows, eventTime, stateOperators }) => ({
          numInputRows,
          eventTime,
          late: stateOperators[0]!.numRowsDroppedByWatermark,
          updated: stateOperators[0]!.numRowsUpdated,
        }));
        // the workers that own the groups give them out one after the other
        const rows = await spark.table("sums").orderBy("w", "name").collect();
        if (lateRows !== undefined) expect(await spark.table("late").count()).toBe(lateRows);
        outcomes.push({ rows, progress });
      }
      expect(outcomes[0]!.rows.length).toBeGreaterThan(0);
      expect(outcomes[0]!.progress.reduce((total, one) => total + one.late, 0)).toBe(late);
      expect(outcomes[1]).toEqual(outcomes[0]);
    },
  );
});

describe("malformed rows are the same for every number of threads", () => {
  const queries: Readonly<Record<string, (lines: DataFrame) => DataFrame>> = {
    "of rows that go on": (lines) => lines.selectExpr("from_json(value, 'id INT').id AS id"),
    "of rows that are grouped": (lines) =>
      lines.groupBy(expr("from_json(value, 'id INT').id % 7").as("id")).count(),
  };
  test.each(Object.entries(queries))("%s", async (_, query) => {
    mkdirSync(join(folder, "lines"));
    for (let file = 0; file < 3; file++) {
      // each third line is cut off
      const lines = Array.from({ length: 400 }, (_, i) => `{"id":${file * 400 + i}${i % 3 === 0 ? "" : "}"}`);
      writeFileSync(join(folder, "lines", `${file}.txt`), lines.join("\n"));
    }
    const outcomes = [];
    for (const threads of [1, 2]) {
      const spark = await session(threads);
      const running = await query(spark.readStream.text(join(folder, "lines")))
        .writeStream.format("memory")
        .queryName("results")
        .outputMode("update")
        .malformedRowsTo("memory", { queryName: "malformed" })
        .option("checkpointLocation", join(folder, `checkpoint-${threads}`))
        .trigger({ availableNow: true })
        .start();
      await running.awaitTermination();
      expect(running.explain()).toMatch(threads === 1 ? /^(?!.*== Threads ==)/s : /on 2 workers/);
      const count = running.recentProgress.reduce((sum, one) => sum + one.numMalformedRows!, 0);
      const malformed = await spark.table("malformed").orderBy("value").collect();
      outcomes.push({ results: await spark.table("results").orderBy("id").collect(), malformed, count });
    }
    // 134 of each 400
    expect(outcomes[0]!.malformed).toHaveLength(402);
    expect(outcomes[0]!.count).toBe(402);
    expect(outcomes[0]!.results.length).toBeGreaterThan(0);
    expect(outcomes[1]).toEqual(outcomes[0]);
  });
});

/** A table of `partitions` parts whose rows a worker makes, by a module that is written for the test. */
function workerTable(
  partitions: number,
  body: string,
  also: { made?: string; close?: string; options?: Json } = {},
): Plugin {
  const core = pathToFileURL(join(import.meta.dirname, "../../../core/dist/index.js")).href;
  const module = join(folder, `reader-${Math.random().toString(36).slice(2)}.mjs`);
  writeFileSync(
    module,
    `import { Batch, Int64Column, LongType, StructType, StreamError } from ${JSON.stringify(core)};
     const schema = new StructType().add("value", LongType);
     const batch = (...values) => new Batch(schema, [new Int64Column(LongType, values.length, null, BigInt64Array.from(values, BigInt))], values.length);
     import { writeFileSync } from "node:fs";
     import { threadId } from "node:worker_threads";
     export const reader = (options, worker) => {
       ${also.made ?? ""}
       return {
         async *read(partition, scan, signal) { ${body} },
         async close() { ${also.close ?? ""} },
       };
     };`,
  );
  const { options = null } = also;
  const worker: WorkerForm = { module: pathToFileURL(module).href, export: "reader", options };
  const table: Table = {
    description: "numbers",
    schema: new StructType().add("value", LongType),
    plan: async () => Array.from({ length: partitions }, (_, k): Partition => k as Json),
    read: () => {
      throw new Error("the driver was asked to read");
    },
    worker,
  };
  return { name: "numbers", sources: [{ names: ["numbers"], fixedSchema: true, table: async () => table }] };
}

describe("workers", () => {
  test("read the partitions of a table in its order", async () => {
    const spark = await session(2, workerTable(5, "yield batch(partition * 10, partition * 10 + 1);"));
    const rows = await spark.read.format("numbers").load().selectExpr("value + 1 AS v").collect();
    expect(rows.map((row) => row["v"])).toEqual([1, 2, 11, 12, 21, 22, 31, 32, 41, 42]);
  });

  test("refuse a read that gives nothing to go through, by the name of its format", async () => {
    const spark = await session(2, workerTable(4, "", { made: "return { read() {} };" }));
    await expect(spark.read.format("numbers").load().collect()).rejects.toMatchObject({
      condition: "SS_CONNECTOR_CONTRACT",
      parameters: { connector: "numbers", member: "read(...)", found: "gave undefined" },
    });
  });

  test("call functions of plug-ins that have a worker form; the driver calls the others", async () => {
    const core = pathToFileURL(join(import.meta.dirname, "../../../core/dist/index.js")).href;
    const module = join(folder, "functions.mjs");
    writeFileSync(
      module,
      `import { Int64Column, LongType } from ${JSON.stringify(core)};
       import { isMainThread } from "node:worker_threads";
       const open = ({ state }) => ({
         evaluate: ([n], rowCount) => new Int64Column(LongType, rowCount, null, n.values.map((v) => isMainThread ? -v : v + BigInt(state))),
       });
       export const adder = (options) => ({ ...options, open });`,
    );
    const { adder } = (await import(pathToFileURL(module).href)) as {
      adder: (options: Json) => Pick<ColumnFunction, "open">;
    };
    const plus = (name: string, worker?: WorkerForm): ColumnFunction => ({
      ...adder({}),
      name,
      arity: [2, 2],
      columnCount: 1,
      nullPropagating: true,
      worker,
      resolve: ({ args }) => ({ type: LongType, nullable: false, state: args[1]!.constant as number }),
    });
    const options = { name: "plus_there", arity: [2, 2], columnCount: 1 };
    const form = { module: pathToFileURL(module).href, export: "adder", options };
    const functions = [plus("plus_there", form), plus("plus_here")];
    const table = workerTable(4, "yield batch(partition * 10 + 1);");
    const spark = await session(2, { ...table, functions });
    const values = async (text: string): Promise<unknown> => {
      const df = spark.read.format("numbers").load().selectExpr(text);
      await df.explain();
      return (await df.collect()).map((row) => row["v"]);
    };
    expect(await values("plus_there(value, 5) AS v")).toEqual([6, 16, 26, 36]);
    expect(printed).toContain("on 2 workers");
    printed = "";
    await expect(values("plus_here(value, 5) AS v")).rejects.toThrow("the driver was asked to read");
    expect(printed).toContain("on the driver, because the function plus_here has no worker form");
  });

  test.each([
    ["yield 5;", /A reader of the source 'numbers' yielded 5, which is no Batch/],
    ["yield { value: 5 };", /yielded an object with value, which is no Batch/],
  ])("refuse what is no batch: %s", async (body, message) => {
    const spark = await session(2, workerTable(2, body));
    const rows = spark.read.format("numbers").load().selectExpr("value + 1 AS v");
    await expect(rows.collect()).rejects.toThrow(message);
  });

  test.each<[string, Parameters<typeof workerTable>[2] & {}, RegExp]>([
    [
      "throws",
      { made: 'throw new Error("no such host");' },
      /'reader' of file:.*throws: no such host\. Mend/,
    ],
    ["gives no reader", { made: "return { rows() {} };" }, /'reader' of file:.*has no method 'read'\. Mend/],
  ])("name a worker form whose function %s", async (_, also, message) => {
    const spark = await session(2, workerTable(2, "", also));
    const rows = spark.read.format("numbers").load().selectExpr("value + 1 AS v");
    await expect(rows.collect()).rejects.toThrow(message);
  });

  test("get no worker form whose options are no plain data", async () => {
    const options = { of: () => 5 } as unknown as Json;
    const spark = await session(2, workerTable(2, "yield batch(1);", { options }));
    const rows = spark.read.format("numbers").load().selectExpr("value + 1 AS v");
    await expect(rows.collect()).rejects.toThrow(
      /SS_WORKER_FORM.*'reader' of file:.*its options are no plain data/s,
    );
  });

  test("tell the driver what they threw, with condition and parameters", async () => {
    const body = `if (partition === 2) throw new StreamError({ condition: "SS_SPOILT", message: "part 2 is spoilt", parameters: { part: "2" } }); yield batch(1);`;
    const spark = await session(2, workerTable(4, body));
    const failure = await spark.read
      .format("numbers")
      .load()
      .agg(sum("value"))
      .collect()
      .catch((e) => e);
    expect(StreamError.is(failure, "SS_SPOILT")).toBe(true);
    expect((failure as StreamError).message).toBe("[SS_SPOILT] part 2 is spoilt");
    expect((failure as StreamError).parameters).toEqual({ part: "2" });
  });

  test("that die fail the query with the cause, and the next query gets new ones", async () => {
    const spark = await session(2, workerTable(4, "if (partition === 1) process.exit(7); yield batch(1);"));
    const failure = await spark.read
      .format("numbers")
      .load()
      .agg(sum("value"))
      .collect()
      .catch((e) => e);
    expect(StreamError.is(failure, "SS_WORKER_FAILED")).toBe(true);
    expect((failure as StreamError).message).toContain("exit code 7");
    writeSales();
    const sales = spark.read.schema(SCHEMA).json(join(folder, "sales"));
    expect(await sales.groupBy("name").agg(count("*").as("n")).count()).toBe(5);
  });

  test("do not run ahead of a consumer that is slow", async () => {
    // every partition has 1,000 messages of one row; a marker file is written per message sent
    const body = `const fs = await import("node:fs"); for (let i = 0; i < 1000; i++) { fs.appendFileSync(${JSON.stringify(join(folder, "sent"))} + partition, "x"); yield batch(i); }`;
    const spark = await session(2, workerTable(8, body));
    const rows = spark.read.format("numbers").load().selectExpr("value").toLocalIterator();
    await rows.next();
    await rows.return?.(undefined);
    await spark.stop();
    const sent = readdirSync(folder).filter((name) => name.startsWith("sent"));
    expect(sent.length).toBeGreaterThan(0);
    // what lies beyond the credits of a task, and the message that waits for one, was never made
    for (const name of sent) {
      expect(readFileSync(join(folder, name), "utf8").length, name).toBeLessThanOrEqual(CREDITS + 3);
    }
  });

  test("do not run ahead of a sink that is slow", async () => {
    const marker = JSON.stringify(join(folder, "made"));
    const body = `const fs = await import("node:fs"); for (let i = 0; i < 1000; i++) { fs.appendFileSync(${marker} + partition, "x"); yield batch(i); }`;
    const plugin = workerTable(4, body);
    const { worker, schema, plan, read } = await plugin.sources![0]!.table!({} as ReadRequest);
    const source: Source = {
      description: "numbers",
      schema,
      replayable: true,
      readLimit: { kind: "allAvailable" },
      open: async () => {},
      initialOffset: async () => 0,
      latestOffset: async () => 1,
      plan: () => plan({ columns: [], predicates: [] }),
      read,
      commit: async () => {},
      close: async () => {},
      worker,
    };
    let waits: (() => void) | undefined;
    const sink: Sink = {
      description: "stuck",
      delivery: "atLeastOnce",
      outputModes: ["append"],
      begin: async ({ signal }) => ({
        alreadyCommitted: false,
        writer: async () => ({
          write: () =>
            new Promise((_, reject) => {
              signal.addEventListener("abort", () => reject(signal.reason));
              waits?.();
            }),
          finish: async () => null,
          abort: async () => {},
        }),
        commit: async () => ({ numOutputRows: -1 }),
        abort: async () => {},
      }),
      close: async () => {},
    };
    const spark = await session(2, {
      name: "stuck",
      sources: [{ names: ["numbers-stream"], fixedSchema: true, stream: async () => source }],
      sinks: [{ names: ["stuck"], outputModes: ["append"], stream: async () => sink }],
    });
    const stuck = new Promise<void>((resolve) => {
      waits = resolve;
    });
    const query = await spark.readStream
      .format("numbers-stream")
      .load()
      .selectExpr("value")
      .writeStream.format("stuck")
      .option("checkpointLocation", join(folder, "stuck"))
      .start();
    await stuck;
    await query.stop();
    const made = readdirSync(folder).filter((name) => name.startsWith("made"));
    expect(made.length).toBeGreaterThan(0);
    for (const name of made) {
      expect(readFileSync(join(folder, name), "utf8").length, name).toBeLessThanOrEqual(CREDITS + 3);
    }
  });

  test("hand on what formats warn of", async () => {
    for (const name of ["a", "b"]) {
      writeFileSync(join(folder, `${name}.csv`), `${name},n\n${"1,2\n".repeat(1000)}`);
    }
    const warnings: string[] = [];
    const spark = await SparkSession.builder()
      .master("local[2]")
      .config("spark.sql.files.maxPartitionBytes", "2000")
      .use(fileSource())
      .logTo((_, message) => warnings.push(message))
      .create();
    sessions.push(spark);
    const rows = spark.read.schema("a INT, n INT").option("header", true).csv(folder);
    expect(await rows.where("a + n = 3").count()).toBe(2000);
    expect(warnings).toEqual([
      expect.stringContaining(`Header: b, n. Schema: a, n. CSV file: ${folder}/b.csv`),
    ]);
  });

  test("close their readers when the query is over, and hand warnings to the session's log", async () => {
    const closed = join(folder, "closed");
    mkdirSync(closed);
    const plugin = workerTable(4, "yield batch(partition);", {
      made: 'worker.warn("a reader was made");',
      close: `writeFileSync(${JSON.stringify(closed)} + "/" + threadId, "");`,
    });
    const warnings: string[] = [];
    const spark = await SparkSession.builder()
      .master("local[2]")
      .logTo((_, message) => warnings.push(message))
      .use(plugin)
      .create();
    sessions.push(spark);
    expect(await spark.read.format("numbers").load().count()).toBe(4);
    expect(new Set(warnings)).toEqual(new Set(["a reader was made"]));
    await vi.waitUntil(() => readdirSync(closed).length === warnings.length);
  });

  test("are free again when a reader has left early", async () => {
    const body = "for (;;) { yield batch(1); await new Promise(setImmediate); }";
    const spark = await session(2, workerTable(2, body));
    const endless = spark.read.format("numbers").load().selectExpr("value").toLocalIterator();
    expect((await endless.next()).value).toEqual({ value: 1 });
    await endless.return(undefined);
    writeSales();
    const sales = spark.read.schema(SCHEMA).json(join(folder, "sales"));
    expect(await sales.groupBy("name").agg(count("*").as("n")).count()).toBe(5);
  });

  test("end with the session, and so does what they run", async () => {
    const body = "for (;;) { yield batch(1); await new Promise(setImmediate); }";
    const spark = await session(2, workerTable(2, body));
    const endless = spark.read.format("numbers").load().agg(sum("value")).collect();
    const outcome = endless.catch((error: unknown) => error);
    // the planning of the query is under way, or its tasks are
    await new Promise((resolve) => setImmediate(resolve));
    await spark.stop();
    expect(StreamError.is(await outcome, "SS_SESSION_STOPPED")).toBe(true);
  });

  test("keep no stream from stopping, even when a reader waits for ever", async () => {
    const begun = join(folder, "begun");
    const body = `(await import("node:fs")).writeFileSync(${JSON.stringify(begun)}, ""); await new Promise(() => {}); yield batch(1);`;
    const plugin = workerTable(2, body);
    const { worker, schema, plan, read } = await plugin.sources![0]!.table!({} as ReadRequest);
    const source: Source = {
      description: "numbers",
      schema,
      replayable: true,
      readLimit: { kind: "allAvailable" },
      open: async () => {},
      initialOffset: async () => 0,
      latestOffset: async () => 1,
      plan: () => plan({ columns: [], predicates: [] }),
      read,
      commit: async () => {},
      close: async () => {},
      worker,
    };
    const spark = await session(2, {
      name: "waiting",
      sources: [{ names: ["waiting"], fixedSchema: true, stream: async () => source }],
    });
    const query = await spark.readStream
      .format("waiting")
      .load()
      .writeStream.format("noop")
      .option("checkpointLocation", join(folder, "waiting"))
      .start();
    while (!existsSync(begun)) await new Promise((turn) => setImmediate(turn));
    await query.stop();
    expect(query.isActive).toBe(false);
  });

  test("hold no more than their part of the session's memory", async () => {
    writeSales();
    const rows = Array.from({ length: 20_000 }, (_, i) => `{"id":${i},"other":"${"x".repeat(50)}${i}"}`);
    mkdirSync(join(folder, "large"));
    writeFileSync(join(folder, "large", "a.json"), rows.join("\n"));
    const small = await SparkSession.builder()
      .master("local[2]")
      .config("spark.driver.memory", "1m")
      .config("spark.sql.files.maxPartitionBytes", "2000")
      .config("spark.sql.files.openCostInBytes", "1")
      .use(fileSource())
      .create();
    sessions.push(small);
    const sales = small.read.schema(SCHEMA).json(join(folder, "sales"));
    const large = small.read.schema("id INT, other STRING").json(join(folder, "large"));
    const failure = await sales
      .join(large, "id")
      .groupBy("name")
      .agg(count("*"))
      .collect()
      .catch((error: unknown) => error);
    expect(StreamError.is(failure, "SS_MEMORY_LIMIT_EXCEEDED"), String(failure)).toBe(true);
    expect((failure as StreamError).parameters["operator"]).toContain("HashJoin");
  });

  const HOLDING: readonly (readonly [string, string, RegExp, string])[] = [
    [
      "groups",
      "SELECT id, other, count(*) FROM large GROUP BY id, other",
      /^HashAggregate keys=\[id/,
      "worker",
    ],
    [
      "collected lists",
      "SELECT id % 2, collect_list(other) FROM large GROUP BY 1",
      /^HashAggregate/,
      "worker",
    ],
    [
      "a held side of a join",
      "SELECT * FROM large a JOIN large b ON a.id = b.id",
      /^HashJoin \[/,
      "driver's",
    ],
    ["sorted rows", "SELECT * FROM large ORDER BY other", /^Sort \[other/, "driver's"],
    ["a window", "SELECT id, row_number() OVER (ORDER BY other) FROM large", /^Window/, "driver's"],
  ];
  test.each(HOLDING)(
    "name the operator, its bytes and the budget where memory ends: %s",
    async (_, query, operator, whose) => {
      const rows = Array.from({ length: 30_000 }, (_, i) => `{"id":${i},"other":"${"x".repeat(90)}${i}"}`);
      mkdirSync(join(folder, "many"));
      for (const k of [0, 1]) writeFileSync(join(folder, "many", `${k}.json`), rows.join("\n"));
      const small = await SparkSession.builder()
        .master("local[2]")
        .config("spark.driver.memory", "4m")
        .use(fileSource())
        .create();
      sessions.push(small);
      small.read.schema("id INT, other STRING").json(join(folder, "many")).createOrReplaceTempView("large");
      const failure = await small
        .sql(query)
        .collect()
        .catch((error: unknown) => error);
      expect(StreamError.is(failure, "SS_MEMORY_LIMIT_EXCEEDED"), String(failure)).toBe(true);
      const { parameters, message } = failure as StreamError;
      expect(parameters["operator"]).toMatch(operator);
      expect(Number(parameters["bytes"])).toBeGreaterThan(0);
      expect(Number(parameters["used"])).toBeGreaterThan(Number(parameters["limit"]));
      expect(parameters["budget"]).toBe(String(4 * 1024 * 1024));
      expect(message).toContain(parameters["operator"]);
      expect(message).toContain(whose);
      expect(message).toContain("its part of the 4.0 MB of the session");
    },
  );
});

test.each(["foo", "local[0]", "local[-1]", "local[1.5]", "local[2", "spark://host:7077"])(
  "the master %s is refused",
  async (master) => {
    const failure = await SparkSession.builder()
      .master(master)
      .create()
      .catch((error: unknown) => error);
    expect(StreamError.is(failure, "SS_INVALID_MASTER")).toBe(true);
  },
);

test("a program ends by itself, with workers that had nothing to do", () => {
  const sql = pathToFileURL(join(import.meta.dirname, "../../dist/index.js")).href;
  const files = pathToFileURL(join(import.meta.dirname, "../../../source-file/dist/index.js")).href;
  writeSales();
  const program = `
    import { SparkSession } from ${JSON.stringify(sql)};
    import { fileSource } from ${JSON.stringify(files)};
    const spark = await SparkSession.builder().master("local[2]").use(fileSource()).create();
    const sales = spark.read.schema("id INT").json(${JSON.stringify(join(folder, "sales", "0.json"))});
    console.log(await sales.count());`;
  writeFileSync(join(folder, "program.mjs"), program);
  const run = spawnSync(process.execPath, [join(folder, "program.mjs")], {
    encoding: "utf8",
    timeout: 25_000,
  });
  expect({ status: run.status, signal: run.signal, stdout: run.stdout }).toEqual({
    status: 0,
    signal: null,
    stdout: "200\n",
  });
});

describe("explain says who runs a part", () => {
  async function explained(rows: (sales: DataFrame) => DataFrame): Promise<string> {
    writeSales();
    const spark = await session(2);
    await rows(spark.read.schema(SCHEMA).json(join(folder, "sales"))).explain();
    return printed;
  }

  test("workers, where plan and source can leave the driver", async () => {
    const text = await explained((sales) => sales.groupBy("name").count());
    expect(text).toContain(
      "Partial aggregation over the partitions of json: on 2 workers, if there are two or more",
    );
  });

  test("the driver, and why", async () => {
    const twice = udf((x: number) => x * 2, "INT");
    const text = await explained((sales) => sales.select(twice(col("id"))));
    expect(text).toContain("on the driver, because it calls a function of the program");
  });

  test("the driver for aggregators of the program, which get their rows from the workers", async () => {
    const text = await explained((sales) => sales.groupBy("name").agg(udaf(new Average())("amount")));
    expect(text).toContain("Rows over the partitions of json: on 2 workers, if there are two or more");
    expect(text).toContain(
      "Aggregation: on the driver, because it calls the aggregator Average of the program",
    );
  });
});
