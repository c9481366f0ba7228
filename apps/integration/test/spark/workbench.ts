import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileSink } from "@ss/sink-file";
import { parquetSink } from "@ss/sink-parquet";
import { fileSource } from "@ss/source-file";
import { memorySource } from "@ss/source-memory";
import { type DataFrame, SparkSession } from "@ss/sql";
import { afterAll, beforeAll, describe } from "vitest";
import { installSpark, missingForSpark } from "./installation.js";
import { SparkProcess } from "./spark-process.js";

/** Rows as lists of text, each value as `CAST(... AS STRING)` has it. */
export type TextRows = readonly (readonly (string | null)[])[];

/** A session of ours and one of Spark's beside each other, and a folder for the files that they exchange. */
export class Workbench {
  folder = "";
  private sessions: { readonly ours: SparkSession; readonly spark: SparkProcess } | undefined;

  async start(): Promise<void> {
    this.folder = mkdtempSync(join(tmpdir(), "ss-spark-"));
    const spark = await SparkProcess.start(this.folder);
    const ours = await SparkSession.builder()
      .config("spark.sql.session.timeZone", "UTC")
      .use(fileSource(), fileSink(), parquetSink(), memorySource())
      .create();
    this.sessions = { ours, spark };
  }

  async stop(): Promise<void> {
    await this.sessions?.ours.stop();
    await this.sessions?.spark.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  get ours(): SparkSession {
    return this.sessions!.ours;
  }

  get spark(): SparkProcess {
    return this.sessions!.spark;
  }

  path(...parts: readonly string[]): string {
    return join(this.folder, ...parts);
  }
}

/** Tests that run beside Spark; without it they are skipped, and the name says why. */
export function describeWithSpark(name: string, declare: (bench: Workbench) => void): void {
  const missing = missingForSpark();
  const reason = missing === undefined ? "" : ` (skipped: ${missing})`;
  describe.skipIf(missing !== undefined)(`${name}${reason}`, () => {
    const bench = new Workbench();
    // the first run downloads Spark
    beforeAll(async () => {
      await installSpark();
      await bench.start();
    }, 780_000);
    afterAll(() => bench.stop(), 60_000);
    declare(bench);
  });
}

/** The rows of a DataFrame of ours, as text. */
export async function textRows(rows: DataFrame): Promise<TextRows> {
  const names = (await rows.schema()).fieldNames();
  const asText = rows.selectExpr(...names.map((name, k) => `CAST(\`${name}\` AS STRING) AS c${k}`));
  return (await asText.collect()).map((row) => names.map((_, k) => row[`c${k}`] as string | null));
}

/** Defines `text_rows(df)` for scripts that run afterwards: what {@link textRows} is for ours. */
export const TEXT_ROWS = `
def text_rows(df):
    columns = [df["\`" + name + "\`"].cast("string").alias("c" + str(k)) for k, name in enumerate(df.columns)]
    return [list(row) for row in df.select(*columns).collect()]
`;

/** Rows in an order that does not depend on who read them. */
export function sorted(rows: TextRows): TextRows {
  return [...rows].sort((a, b) => {
    const [left, right] = [JSON.stringify(a), JSON.stringify(b)];
    return left < right ? -1 : left > right ? 1 : 0;
  });
}
