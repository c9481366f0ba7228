import { MemoryFileSystem } from "@ss/core";
import { fileSource } from "@ss/source-file";
import { SparkSession } from "@ss/sql";
import type { Settings } from "./input-settings.js";

/** What Spark's suite sets for all files of a folder. */
const FOLDER_SETTINGS: readonly (readonly [folder: string, settings: Settings])[] = [
  ["nonansi/", { "spark.sql.ansi.enabled": "false" }],
  ["postgreSQL/", { "spark.sql.legacy.interval.enabled": "true" }],
  ["timestampNTZ/", { "spark.sql.timestampType": "TIMESTAMP_NTZ" }],
];

/** A new session with the settings that Spark's suite gives to a file: ANSI, Los Angeles, 4 partitions, those of its folder, its own. */
export function goldenSession(file: string, settings: Settings): Promise<SparkSession> {
  const builder = SparkSession.builder()
    .master("local[1]")
    .config("spark.sql.ansi.enabled", true)
    .config("spark.sql.session.timeZone", "America/Los_Angeles")
    .config("spark.sql.shuffle.partitions", 4)
    .use(fileSource(), { name: "memory files", fileSystems: [new MemoryFileSystem()] })
    .logTo(() => {})
    .printTo(() => {});
  const ofFolders = FOLDER_SETTINGS.filter(([folder]) => `/${file}`.includes(`/${folder}`));
  for (const chosen of [...ofFolders.map(([, ofFolder]) => ofFolder), settings]) {
    for (const [key, value] of Object.entries(chosen)) builder.config(key, value);
  }
  return builder.create();
}
