import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileSource } from "@ss/source-file";
import { SparkSession } from "@ss/sql";
import { afterEach, beforeEach, expect, test } from "vitest";
import { avro } from "../src/index.js";

// Workers run what is built: this test needs `npm run build`, which `npm test` does beforehand.

const SCHEMA =
  '{"type":"record","name":"r","fields":[{"name":"n","type":"long"},{"name":"s","type":"string"}]}';
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ss-avro-"));
});

afterEach(() => rmSync(folder, { recursive: true }));

/** Records of n and "a" in hexadecimal, of which each fifth is cut off. */
function writeLines(): void {
  for (const part of [0, 1, 2]) {
    const lines = Array.from({ length: 50 }, (_, n) => {
      const whole = `${(2 * n).toString(16).padStart(2, "0")}0261`;
      return n % 5 === 0 ? whole.slice(0, 4) : whole;
    });
    writeFileSync(join(folder, `${part}.txt`), `${lines.join("\n")}\n`);
  }
}

test.each([
  ["PERMISSIVE", 1],
  ["FAILFAST", 1],
  ["FAILFAST", 2],
] as const)(
  "messages that are no records are reported, in the mode %s on %i threads",
  async (mode, threads) => {
    writeLines();
    const spark = await SparkSession.builder()
      .master(`local[${threads}]`)
      .config("spark.sql.files.maxPartitionBytes", "100")
      .config("spark.sql.files.openCostInBytes", "1")
      .use(fileSource(), avro())
      .logTo(() => {})
      .create();
    try {
      const query = await spark.readStream
        .text(folder)
        .selectExpr(`from_avro(unhex(value), '${SCHEMA}', map('mode', '${mode}')) AS r`)
        // a condition behind the function does not hide what it could not read
        .where("r.n < 20")
        .selectExpr("r.n AS n")
        .writeStream.format("memory")
        .queryName("numbers")
        .malformedRowsTo("memory", { queryName: "malformed" })
        .option("checkpointLocation", join(folder, "checkpoint"))
        .trigger({ availableNow: true })
        .start();
      await query.awaitTermination();
      const numbers = await spark.table("numbers").groupBy("n").count().orderBy("n").collect();
      expect(numbers).toEqual(
        [1, 2, 3, 4, 6, 7, 8, 9, 11, 12, 13, 14, 16, 17, 18, 19].map((n) => ({ n, count: 3 })),
      );
      const malformed = await spark
        .table("malformed")
        .groupBy("value", "_function")
        .count()
        .orderBy("value")
        .collect();
      expect(malformed).toEqual(
        Array.from({ length: 10 }, (_, k) => ({
          value: `${(10 * k).toString(16).padStart(2, "0")}02`,
          _function: "from_avro(unhex(value))",
          count: 3,
        })).sort((a, b) => (a.value < b.value ? -1 : 1)),
      );
      const [row] = await spark.table("malformed").select("_reason").limit(1).collect();
      expect(row!["_reason"]).toMatch(
        /^\[MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION\] The record cannot be parsed: (?!.*mode)/,
      );
      expect(query.recentProgress.reduce((sum, one) => sum + one.numMalformedRows!, 0)).toBe(30);
    } finally {
      await spark.stop();
    }
  },
);
