import { MemoryFileSystem } from "@ss/core";
import { fileSource } from "@ss/source-file";
import { SparkSession } from "@ss/sql";
import type { Settings } from "./input-settings.js";

/** A new session with the settings that Spark's suite gives to every file: ANSI (but below `nonansi/`), Los Angeles, 4 partitions. */
export function goldenSession(file: string, settings: Settings): Promise<SparkSession> {
  const builder = SparkSession.builder()
    .master("local[1]")
    .config("spark.sql.ansi.enabled", !file.startsWith("nonansi/"))
    .config("spark.sql.session.timeZone", "America/Los_Angeles")
    .config("spark.sql.shuffle.partitions", 4)
    .use(fileSource(), { name: "memory files", fileSystems: [new MemoryFileSystem()] })
    .logTo(() => {})
    .printTo(() => {});
  for (const [key, value] of Object.entries(settings)) builder.config(key, value);
  return builder.create();
}
