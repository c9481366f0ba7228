import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { MemorySource } from "@ss/source-memory";
import type { DataFrame } from "@ss/sql";
import { beforeAll, describe, expect, test } from "vitest";
import {
  describeWithSpark,
  sorted,
  TEXT_ROWS,
  type TextRows,
  textRows,
  type Workbench,
} from "./spark/workbench.js";
import { BATCHES, ROWS, type Writing, writings } from "./spark/written-columns.js";

const PREPARE = `
import os

numbers = spark.range(args["count"]).selectExpr("CAST(id AS INT) AS n")

def expected_rows(columns):
    return text_rows(numbers.selectExpr(*columns))

def read_back(format, path, schema, options):
    return spark.read.format(format).schema(schema).options(**options).load(path)

def write_stream(format, columns, partition_by, options, source, output, checkpoint):
    rows = spark.readStream.schema("n INT").option("maxFilesPerTrigger", 1).json(source).selectExpr(*columns)
    query = (
        rows.writeStream.format(format).partitionBy(*partition_by).options(**options)
        .option("checkpointLocation", checkpoint).trigger(availableNow=True).start(output)
    )
    query.awaitTermination()
`;

describeWithSpark("folders of the file sink", (bench) => {
  beforeAll(async () => {
    await bench.spark.run(`${TEXT_ROWS}${PREPARE}`, { count: BATCHES * ROWS });
    writeNumbers(bench.path("numbers"));
  });

  describe.each(Object.entries(writings))("%s", (name, writing) => {
    const { format, columns, partitionBy, options, schema } = writing;

    test("what we write, Spark reads", async () => {
      const output = bench.path("ours", name);
      await writeOurs(bench, name, writing, output);
      addUnlistedFile(output);
      const { read, written, types, wanted } = await bench.spark.run<{
        read: TextRows;
        written: TextRows;
        types: string;
        wanted: string;
      }>(
        `
df = read_back(args["format"], args["output"], args["schema"], args["options"])
if args["format"] == "parquet":
    df = spark.read.parquet(args["output"])
df = df.select(*[name for name in numbers.selectExpr(*args["columns"]).columns])
wanted = numbers.selectExpr(*args["columns"])
result = {
    "read": text_rows(df),
    "written": text_rows(wanted),
    "types": df.schema.simpleString(),
    "wanted": wanted.schema.simpleString(),
}
`,
        { format, output, schema, options, columns },
      );
      expect(sorted(read)).toEqual(sorted(written));
      // csv, json and text were given their types; a Parquet file holds them
      if (format === "parquet") expect(types).toBe(wanted);
    });

    test("what Spark writes, we read, as a table and as a stream", async () => {
      const output = bench.path("spark", name);
      const written = await bench.spark.run<TextRows>(
        `
write_stream(args["format"], args["columns"], args["partitionBy"], args["options"],
             args["source"], args["output"], args["checkpoint"])
result = expected_rows(args["columns"])
`,
        {
          ...{ format, columns, partitionBy, options, output },
          source: bench.path("numbers"),
          checkpoint: bench.path("spark-checkpoints", name),
        },
      );
      addUnlistedFile(output);
      const table = bench.ours.read.format(format).schema(schema).options(options).load(output);
      expect(sorted(await textRows(table))).toEqual(sorted(written));
      if (format === "parquet") {
        const inferred = await bench.ours.read
          .parquet(output)
          .select(...(await table.schema()).fieldNames())
          .schema();
        expect(inferred.simpleString()).toBe((await table.schema()).simpleString());
      }
      const stream = bench.ours.readStream.format(format).schema(schema).options(options).load(output);
      expect(sorted(await streamedRows(stream, bench.path("reading", name)))).toEqual(sorted(written));
    });

    test("both leave the same kinds of entries in the manifest", () => {
      const kinds = (side: string): string[] =>
        readdirSync(bench.path(side, name, "_spark_metadata"))
          .filter((entry) => !entry.startsWith("."))
          .sort();
      expect(kinds("ours")).toEqual(kinds("spark"));
      expect(kinds("ours")).toContain("9.compact");
    });
  });
});

/** The numbers as a folder with a file for each batch, written in the order of their times. */
function writeNumbers(folder: string): void {
  mkdirSync(folder);
  for (let batch = 0; batch < BATCHES; batch++) {
    const lines = Array.from({ length: ROWS }, (_, row) => `{"n":${batch * ROWS + row}}\n`);
    writeFileSync(join(folder, `${String(batch).padStart(2, "0")}.json`), lines.join(""));
  }
}

async function writeOurs(bench: Workbench, name: string, writing: Writing, output: string): Promise<void> {
  MemorySource.addData(name, { n: 0 }, { n: 1 }, { n: 2 });
  const query = await bench.ours.readStream
    .format("memory")
    .option("name", name)
    .schema("n INT")
    .load()
    .selectExpr(...writing.columns)
    .writeStream.format(writing.format)
    .partitionBy(...writing.partitionBy)
    .options(writing.options)
    .option("checkpointLocation", bench.path("our-checkpoints", name))
    .start(output);
  await query.processAllAvailable();
  for (let batch = 1; batch < BATCHES; batch++) {
    const first = batch * ROWS;
    MemorySource.addData(name, ...Array.from({ length: ROWS }, (_, row) => ({ n: first + row })));
    await query.processAllAvailable();
  }
  await query.stop();
}

/** A further copy of a part file: what no manifest lists, nobody reads. */
function addUnlistedFile(output: string): void {
  const [file] = readdirSync(output, { recursive: true, encoding: "utf8" }).filter(
    (path) => /(^|\/)part-[^/]*$/.test(path) && !path.includes("_spark_metadata"),
  );
  copyFileSync(join(output, file!), join(output, file!.replace("part-", "part-9")));
}

async function streamedRows(stream: DataFrame, folder: string): Promise<TextRows> {
  const rows: (readonly (string | null)[])[] = [];
  const query = await stream.writeStream
    .foreachBatch(async (batch) => void rows.push(...(await textRows(batch))))
    .option("checkpointLocation", folder)
    .trigger({ availableNow: true })
    .start();
  await query.awaitTermination();
  return rows;
}
