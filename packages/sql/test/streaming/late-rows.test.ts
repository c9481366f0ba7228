import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import type { OutputMode, Plugin, StreamingQuery } from "@ss/core";
import { fileSink } from "@ss/sink-file";
import { MemorySource, memorySource } from "@ss/source-memory";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  type DataFrame,
  type DataStreamWriter,
  expr,
  SparkSession,
  StatefulProcessor,
  session_window,
  window,
} from "../../src/index.js";

const SOURCE = "late-rows";
let folder: string;
const sessions: SparkSession[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ss-late-"));
});

afterEach(async () => {
  for (const spark of sessions.splice(0)) await spark.stop();
  MemorySource.reset(SOURCE);
  rmSync(folder, { recursive: true, force: true });
});

async function newSession(...plugins: readonly Plugin[]): Promise<SparkSession> {
  const spark = await SparkSession.builder()
    .use(memorySource(), fileSink(), ...plugins)
    .config("spark.sql.session.timeZone", "UTC")
    .logTo(() => {})
    .create();
  sessions.push(spark);
  return spark;
}

/** Rows with a column that no query asks for. */
function stream(spark: SparkSession): DataFrame {
  return spark.readStream
    .format("memory")
    .option("name", SOURCE)
    .schema("k STRING, s INT, note STRING")
    .load()
    .withColumn("t", expr("timestamp_seconds(s)"))
    .withWatermark("t", "10 seconds");
}

type Query = (rows: DataFrame) => DataFrame;
type Addition = readonly (readonly [k: string | null, s: number | null])[];

/** The watermark is 20 s before the second addition and 90 s before the third; in complete mode it works an addition later. */
const ADDITIONS: readonly Addition[] = [
  [
    ["a", 30],
    ["b", 22],
  ],
  [
    ["a", 19],
    ["b", 21],
    ["b", 100],
  ],
  [
    ["a", 95],
    [null, 80],
    ["c", null],
    ["a", 86],
  ],
  [["b", 50]],
];

interface Outcome {
  readonly results: readonly string[];
  readonly progress: readonly unknown[];
  /** Late rows in words, sorted. */
  readonly late: readonly string[];
}

async function run(query: Query, mode: OutputMode, asksForLate = true): Promise<Outcome> {
  const spark = await newSession();
  const results: string[] = [];
  const late: string[] = [];
  const writer = query(stream(spark))
    .writeStream.outputMode(mode)
    .foreachBatch(async (rows, batchId) => {
      results.push(...(await rows.collect()).map((row) => `${batchId} ${JSON.stringify(row)}`).sort());
    });
  const asking = asksForLate
    ? writer.lateRowsTo(async (rows) => {
        for (const row of await rows.collect()) late.push(inWords(row));
      })
    : writer;
  const running = await asking.start();
  await feed(running);
  const progress = running.recentProgress.map(({ stateOperators, eventTime, numInputRows }) => ({
    numInputRows,
    eventTime,
    operators: stateOperators.map(({ numRowsTotal, numRowsUpdated, numRowsDroppedByWatermark }) => {
      return [numRowsTotal, numRowsUpdated, numRowsDroppedByWatermark];
    }),
  }));
  await spark.stop();
  MemorySource.reset(SOURCE);
  return { results, progress, late: late.sort() };
}

async function feed(query: StreamingQuery): Promise<void> {
  for (const addition of ADDITIONS) {
    MemorySource.addData(SOURCE, ...addition.map(([k, s]) => [k, s, `note of ${s}`]));
    await query.processAllAvailable();
  }
}

/** Operator, watermark and event time in seconds, and the note of the row. */
function inWords(row: Readonly<Record<string, unknown>>): string {
  const seconds = (name: string): number => (row[name] as Date).getTime() / 1000;
  const { note } = JSON.parse(row["row"] as string) as { note: string };
  return `${row["operator"]} ${seconds("watermark")} ${seconds("eventTime")}: ${note}`;
}

const QUERIES: Readonly<Record<string, { query: Query; mode?: OutputMode; late: readonly string[] }>> = {
  windows: {
    query: (rows) => rows.groupBy(window("t", "5 seconds"), "k").count(),
    late: [
      "stateStoreSave 20 20: note of 19",
      "stateStoreSave 90 55: note of 50",
      "stateStoreSave 90 85: note of 80",
      "stateStoreSave 90 90: note of 86",
    ],
  },
  "windows in update mode": {
    query: (rows) => rows.groupBy(window("t", "5 seconds")).count(),
    mode: "update",
    late: [
      "stateStoreSave 20 20: note of 19",
      "stateStoreSave 90 55: note of 50",
      "stateStoreSave 90 85: note of 80",
      "stateStoreSave 90 90: note of 86",
    ],
  },
  "windows that overlap, of which a row is late for some": {
    query: (rows) => rows.groupBy(window("t", "20 seconds", "10 seconds")).count(),
    // 19 s lies in [0, 20) and [10, 30), 21 s in [10, 30) and [20, 40); 80 s in [70, 90) and [80, 100), as 86 s
    late: [
      "stateStoreSave 20 20: note of 19",
      "stateStoreSave 90 60: note of 50",
      "stateStoreSave 90 70: note of 50",
      "stateStoreSave 90 90: note of 80",
      "stateStoreSave 90 90: note of 86",
    ],
  },
  "the event time itself": {
    query: (rows) => rows.groupBy("t").count(),
    late: [
      "stateStoreSave 20 19: note of 19",
      "stateStoreSave 90 50: note of 50",
      "stateStoreSave 90 80: note of 80",
      "stateStoreSave 90 86: note of 86",
    ],
  },
  sessions: {
    query: (rows) => rows.groupBy("k", session_window("t", "4 seconds")).count(),
    late: [
      "sessionWindowStateStoreSaveExec 90 54: note of 50",
      "sessionWindowStateStoreSaveExec 90 84: note of 80",
      "sessionWindowStateStoreSaveExec 90 90: note of 86",
    ],
  },
  "sessions in complete mode": {
    query: (rows) => rows.groupBy("k", session_window("t", "4 seconds")).count(),
    mode: "complete",
    late: ["sessionWindowStateStoreSaveExec 90 54: note of 50"],
  },
  duplicates: {
    query: (rows) => rows.dropDuplicates(["k", "t"]).select("k"),
    late: [
      "dedupe 20 19: note of 19",
      "dedupe 90 50: note of 50",
      "dedupe 90 80: note of 80",
      "dedupe 90 86: note of 86",
    ],
  },
  "duplicates within the watermark": {
    query: (rows) => rows.dropDuplicatesWithinWatermark(["k"]).select("k"),
    late: [
      "dedupeWithinWatermark 20 19: note of 19",
      "dedupeWithinWatermark 90 50: note of 50",
      "dedupeWithinWatermark 90 80: note of 80",
      "dedupeWithinWatermark 90 86: note of 86",
    ],
  },
  "duplicates, and windows of what is left": {
    query: (rows) => rows.dropDuplicates(["k", "t"]).groupBy(window("t", "5 seconds")).count(),
    late: [
      "dedupe 20 19: note of 19",
      "dedupe 90 50: note of 50",
      "dedupe 90 80: note of 80",
      "dedupe 90 86: note of 86",
    ],
  },
  "programs with timeouts in event time": {
    query: (rows) =>
      rows.groupByKey("k").flatMapGroupsWithState(
        {
          state: { rows: "int" },
          output: { k: "string" },
          outputMode: "append",
          timeout: "EventTimeTimeout",
        },
        (_, given) => [...given].map((row) => ({ k: row["k"] })),
      ),
    late: [
      "flatMapGroupsWithState 20 19: note of 19",
      "flatMapGroupsWithState 90 50: note of 50",
      "flatMapGroupsWithState 90 80: note of 80",
      "flatMapGroupsWithState 90 86: note of 86",
    ],
  },
  "both sides of a join": {
    query: (rows) => {
      const other = rows.selectExpr("k AS k2", "s AS s2", "t AS t2", "concat('other ', note) AS note");
      return rows.filter("s IS NULL OR s <> 80").join(other, expr("k = k2 AND t = t2")).select("s", "s2");
    },
    late: [
      "symmetricHashJoin 20 19: note of 19",
      "symmetricHashJoin 20 19: other note of 19",
      "symmetricHashJoin 90 50: note of 50",
      "symmetricHashJoin 90 50: other note of 50",
      "symmetricHashJoin 90 80: other note of 80",
      "symmetricHashJoin 90 86: note of 86",
      "symmetricHashJoin 90 86: other note of 86",
    ],
  },
};

describe("late rows are reported with all their columns, and nothing else changes, for", () => {
  test.each(Object.entries(QUERIES))("%s", async (_, { query, mode = "append", late }) => {
    const asked = await run(query, mode);
    expect(asked.late).toEqual(late);
    const { results, progress } = await run(query, mode, false);
    expect({ results: asked.results, progress: asked.progress }).toEqual({ results, progress });
    expect(results.length).toBeGreaterThan(0);
  });
});

test.each(Object.entries(QUERIES))(
  "a query that ran without goes on with late rows, on the state that it has: %s",
  async (_, { query, mode = "append" }) => {
    const runs: string[][] = [];
    for (const asks of [[false, true, false], [false]]) {
      const spark = await newSession();
      const results: string[] = [];
      const checkpoint = join(folder, String(asks.length));
      for (const [k, addition] of ADDITIONS.entries()) {
        const writer = query(stream(spark))
          .writeStream.outputMode(mode)
          .option("checkpointLocation", checkpoint)
          .foreachBatch(async (rows, id) => {
            results.push(...(await rows.collect()).map((row) => `${id} ${JSON.stringify(row)}`).sort());
          });
        const asking = (asks[k] ?? false) ? writer.lateRowsTo("noop") : writer;
        const running = await asking.start();
        MemorySource.addData(SOURCE, ...addition.map(([key, s]) => [key, s, "note"]));
        await running.processAllAvailable();
        await running.stop();
      }
      runs.push(results);
      MemorySource.reset(SOURCE);
    }
    expect(runs[0]).toEqual(runs[1]);
  },
);

test("late rows are rows of a table with the memory sink, and of a second sink in progress reports", async () => {
  const spark = await newSession();
  const running = await stream(spark)
    .groupBy(window("t", "5 seconds"))
    .count()
    .writeStream.format("memory")
    .queryName("results")
    .lateRowsTo("memory", { queryName: "late" })
    .start();
  await feed(running);
  expect(await spark.table("late").selectExpr("row").collect()).toEqual(
    [19, 80, 86, 50].map((s) => {
      const iso = (seconds: number): string => new Date(seconds * 1000).toISOString();
      const from = Math.floor(s / 5) * 5;
      const start = `{"start":"${iso(from)}","end":"${iso(from + 5)}"}`;
      const key = s === 80 ? "" : `"k":"${s === 50 ? "b" : "a"}",`;
      return { row: `{"window":${start},${key}"s":${s},"note":"note of ${s}","t":"${iso(s)}"}` };
    }),
  );
  const { sink, sinks } = running.lastProgress!;
  expect(sinks).toHaveLength(2);
  expect(sinks![0]).toEqual(sink);
  const text = running.explain();
  expect(text).toMatch(/LateRows window, opId = 0/);
  expect(running.explain("codegen")).toContain(`${text}\n\n== Stage 1 of `);
});

const refused = (writer: DataStreamWriter): Promise<unknown> =>
  writer.start().then(
    (query) => query.stop(),
    (error: { readonly condition: string }) => error.condition,
  );

test("late rows of a query that drops none are refused", async () => {
  const spark = await newSession();
  const plain = stream(spark);
  const queries = [
    plain.writeStream.format("noop"),
    plain.limit(3).writeStream.format("noop"),
    plain.groupBy("k").count().writeStream.format("noop").outputMode("update"),
    plain.groupBy(window("t", "5 seconds")).count().writeStream.format("noop").outputMode("complete"),
    plain.select("k").dropDuplicates(["k"]).writeStream.format("noop"),
  ];
  for (const writer of queries) expect(await refused(writer.lateRowsTo("noop"))).toBe("SS_NO_LATE_ROWS");
});

describe("late rows have a place of their own", () => {
  test("which is no memory table of the same name, in any case", async () => {
    const counts = stream(await newSession())
      .groupBy(window("t", "5 seconds"))
      .count();
    const named = counts.writeStream.format("memory").queryName("counts");
    for (const queryName of ["counts", "Counts"]) {
      expect(await refused(named.lateRowsTo("memory", { queryName }))).toBe("SS_LATE_ROWS_AMONG_RESULTS");
    }
  });

  test("which is no other way to write the path of the results", async () => {
    const counts = stream(await newSession())
      .groupBy(window("t", "5 seconds"))
      .count();
    const out = join(folder, "out");
    const forms = (path: string): string[] => {
      return [path, `${path}/`, relative(process.cwd(), path), `./${relative(process.cwd(), path)}/`].concat([
        `file:${path}`,
        `file://${path}`,
        `file://localhost${path}/`,
        `${path}/part/..`,
      ]);
    };
    for (const path of forms(out)) {
      for (const [results, late] of [
        [out, path],
        [path, out],
      ] as const) {
        const writer = counts.writeStream.format("json").option("path", results);
        expect(await refused(writer.lateRowsTo("json", { path: late })), `${results} ${late}`).toBe(
          "SS_LATE_ROWS_AMONG_RESULTS",
        );
      }
    }
    const remote = counts.writeStream.format("noop").option("path", "s3://bucket/out/");
    expect(await refused(remote.lateRowsTo("noop", { path: "s3://bucket/out" }))).toBe(
      "SS_LATE_ROWS_AMONG_RESULTS",
    );
  });
});

test.each([
  [
    "flatMapGroupsWithState",
    (rows: DataFrame): DataFrame =>
      rows
        .groupByKey("k")
        .flatMapGroupsWithState(
          { state: "int", output: { k: "string" }, outputMode: "update", timeout: "EventTimeTimeout" },
          () => [],
        ),
  ],
  [
    "transformWithStateExec",
    (rows: DataFrame): DataFrame =>
      rows.groupByKey("k").transformWithState(() => new Silent(), {
        output: { k: "string" },
        outputMode: "update",
        timeMode: "EventTime",
      }),
  ],
] as const)("%s tells the rows that it drops", async (operator, query) => {
  const spark = await newSession();
  const found: unknown[] = [];
  const running = await query(stream(spark))
    .writeStream.format("noop")
    .outputMode("update")
    .option("checkpointLocation", join(folder, "checkpoint"))
    .lateRowsTo(
      async (rows) => void found.push(...(await rows.select("operator", "watermark", "eventTime").collect())),
    )
    .start();
  for (const row of [
    ["a", 30, ""],
    ["a", 15, ""],
    ["a", 45, ""],
    ["b", 20, ""],
  ]) {
    MemorySource.addData(SOURCE, row);
    await running.processAllAvailable();
  }
  expect(found).toEqual([
    { operator, watermark: new Date(20_000), eventTime: new Date(15_000) },
    { operator, watermark: new Date(35_000), eventTime: new Date(20_000) },
  ]);
});

class Silent extends StatefulProcessor<string, object, { k: string }> {
  override handleInputRows(): { k: string }[] {
    return [];
  }
}

test.each([
  ["lateRowsTo", "json", {}, "SS_MISSING_OPTION", 'write lateRowsTo("json", { path: ... })'],
  ["malformedRowsTo", "json", {}, "SS_MISSING_OPTION", 'write malformedRowsTo("json", { path: ... })'],
  ["lateRowsTo", "manifest", {}, "SS_MISSING_OPTION", 'write lateRowsTo("manifest", { path: ... })'],
  ["lateRowsTo", "memory", {}, "_LEGACY_ERROR_TEMP_1320", 'write lateRowsTo("memory", { queryName: ... })'],
  [
    "lateRowsTo",
    "manifest",
    { path: "x", depth: "deep" },
    "SS_INVALID_OPTION",
    'but it has to be a whole number. It is an option of lateRowsTo("manifest", { depth: ... }).',
  ],
] as const)(
  "%s(%j, %j) tells of options where they are given",
  async (method, format, given, condition, says) => {
    const manifest: Plugin = {
      name: "manifest",
      sinks: [
        {
          names: ["manifest"],
          outputModes: ["append"],
          stream: async ({ options }) => {
            options.required("path", "manifest");
            options.integer("depth", 1);
            throw new Error("this far");
          },
        },
      ],
    };
    const spark = await newSession(manifest);
    const rows = stream(spark).selectExpr("from_json(note, 'n INT') AS n").select("n");
    const writer = stream(spark).dropDuplicatesWithinWatermark(["k"]).writeStream.format("noop");
    const asking =
      method === "lateRowsTo"
        ? writer.lateRowsTo(format, given)
        : rows.writeStream.format("noop").malformedRowsTo(format, given);
    const error = await asking.start().then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ condition, message: expect.stringContaining(says) });
  },
);
