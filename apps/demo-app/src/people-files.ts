import { existsSync } from "node:fs";
import { readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { SparkSession } from "@ss/sql";

/** The columns of the files. */
export const peopleSchema = "name STRING, age INT, timestamp TIMESTAMP";

/** Someone who came by at some time. */
export interface Person {
  readonly name: string;
  readonly age: number;
  readonly timestamp: Date;
}

const firstMs = Date.UTC(2024, 0, 1, 9);
const minuteMs = 60_000;
const names = ["Ada", "Bob", "Cleo", "Dan", "Eve", "Finn", "Grace", "Hal"];

/**
 * The people of the n-th ten minutes, one every five seconds. Every tenth of them is reported eight minutes late, so in the
 * following file it would be news to a window that a shorter watermark had closed.
 */
export function peopleOf(n: number): Person[] {
  return Array.from({ length: 120 }, (_, k) => {
    const late = k % 10 === 9 ? 8 * minuteMs : 0;
    const timestamp = new Date(firstMs + n * 10 * minuteMs + k * 5_000 - late);
    return { name: names[(n + k) % names.length]!, age: 18 + ((7 * k + 3 * n) % 43), timestamp };
  });
}

/** How many files lie in a folder, so which ten minutes come next. */
export async function filesIn(folder: string): Promise<number> {
  if (!existsSync(folder)) return 0;
  return (await readdir(folder)).filter((name) => name.endsWith(".parquet")).length;
}

/** Adds the n-th Parquet file to a folder. */
export async function dropPeople(spark: SparkSession, folder: string, n: number): Promise<void> {
  await spark.createDataFrame(peopleOf(n), peopleSchema).write.mode("append").parquet(folder);
}

const SPOILT = /^spoilt-(\d+)\.parquet$/;
const NO_PARQUET = "This is no Parquet file.";

/** Adds, in the place of the n-th Parquet file, one that only looks like it. */
export async function dropSpoilt(folder: string, n: number): Promise<void> {
  await writeFile(join(folder, `spoilt-${n}.parquet`), NO_PARQUET);
}

/** Puts people into files that only look like Parquet, and returns their names: so a query that failed at them can go on. */
export async function mendSpoilt(spark: SparkSession, folder: string): Promise<string[]> {
  const mended: string[] = [];
  for (const name of existsSync(folder) ? await readdir(folder) : []) {
    const n = SPOILT.exec(name)?.[1];
    if (n === undefined || (await readFile(join(folder, name), "latin1")) !== NO_PARQUET) continue;
    const workshop = `${folder}-mended`;
    await dropPeople(spark, workshop, Number(n));
    const [part] = (await readdir(workshop)).filter((file) => file.endsWith(".parquet"));
    await rename(join(workshop, part!), join(folder, name));
    await rm(workshop, { recursive: true });
    mended.push(name);
  }
  return mended;
}
