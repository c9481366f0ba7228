import { appendFile, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { SparkSession } from "@ss/sql";
import { tail, tailAndLines } from "./plugin.js";

/** Follows a log that grows, over a stop and a new start, and gives what stands in the sink's files. */
export async function run(data: string): Promise<Record<string, string>> {
  await rm(data, { recursive: true, force: true });
  await mkdir(data, { recursive: true });
  const log = join(data, "app.log");
  const errors = join(data, "errors");
  await writeFile(log, "INFO started\nERROR disk full\n");

  const spark = await SparkSession.builder().appName("connector").use(tailAndLines()).create();
  const start = () =>
    spark.readStream
      .from(tail({ path: log }))
      .where("value LIKE 'ERROR%'")
      .writeStream.format("jsonl")
      .option("checkpointLocation", join(data, "checkpoint"))
      .start(errors);
  try {
    const first = await start();
    await first.processAllAvailable();
    await first.stop();
    await appendFile(log, "INFO still here\nERROR out of memory\nERROR half a li");
    const second = await start();
    await second.processAllAvailable();
    await second.stop();
  } finally {
    await spark.stop();
  }
  const names = (await readdir(errors)).filter((name) => name.endsWith(".jsonl")).sort();
  const texts = await Promise.all(names.map((name) => readFile(join(errors, name), "utf8")));
  return Object.fromEntries(names.map((name, k) => [name, texts[k]!]));
}
