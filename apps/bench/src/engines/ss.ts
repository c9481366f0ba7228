import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parquet } from "@ss/format-parquet";
import { fileSource } from "@ss/source-file";
import { SparkSession } from "@ss/sql";
import type { Work } from "../works/work.js";
import { type Measured, measure } from "./measured.js";

/** This project's engine, by its public packages. */
export async function runSs(work: Work, input: string, root: string, threads: number): Promise<Measured> {
  const checkpoint = mkdtempSync(join(tmpdir(), "bench-checkpoint-"));
  const spark = await SparkSession.builder()
    .master(`local[${threads}]`)
    .config("spark.sql.session.timeZone", "UTC")
    .use(fileSource(), parquet())
    .create();
  try {
    return await measure(() => work.stream(spark, input, root, checkpoint));
  } finally {
    await spark.stop();
    rmSync(checkpoint, { recursive: true, force: true });
  }
}
