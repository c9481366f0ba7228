import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { parseDurationMs } from "@ss/core";

/** What the command line asks for. */
export interface Flags {
  readonly data: string;
  /** An interval as text, such as `1 minute`. */
  readonly trigger: string;
  readonly triggerMs: number;
  /** Files to drop before the query is stopped. */
  readonly files: number;
  readonly sink: "console" | "parquet";
  /** Let the stream find its schema instead of giving it. */
  readonly infer: boolean;
  /** Drop a file that is no Parquet file, to see the query fail. */
  readonly spoil: boolean;
  readonly help: boolean;
}

/** What `--help` prints. */
export const usage = `Usage: node apps/demo-app/dist/main.js [flags]

  --trigger "2 seconds"  time between two batches (default "1 minute")
  --files N              Parquet files to drop, one a trigger, before the query is stopped (default 5)
  --sink parquet         append the counts of closed windows to a folder (default console, in mode update)
  --infer                find the schema in the files (spark.sql.streaming.schemaInference) instead of giving it
  --spoil                drop a file that is no Parquet file: the query ends with its error; the next start mends the file
  --data DIR             where files, checkpoint and results lie (default apps/demo-app/data)
`;

const appFolder = join(dirname(fileURLToPath(import.meta.url)), "..");

/** Reads the command line; throws a plain error that says what is wrong with it. */
export function parseFlags(args: readonly string[]): Flags {
  const { values } = parseArgs({
    args: [...args],
    options: {
      data: { type: "string", default: join(appFolder, "data") },
      trigger: { type: "string", default: "1 minute" },
      files: { type: "string", default: "5" },
      sink: { type: "string", default: "console" },
      infer: { type: "boolean", default: false },
      spoil: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const { sink } = values;
  if (sink !== "console" && sink !== "parquet")
    throw new Error(`--sink is console or parquet, not '${sink}'.`);
  const triggerMs = parseDurationMs(values.trigger);
  if (triggerMs === undefined || triggerMs < 0)
    throw new Error(`--trigger '${values.trigger}' is no interval.`);
  const files = Number(values.files);
  if (!Number.isInteger(files) || files < 1) throw new Error("--files has to be a whole number from 1 on.");
  return { ...values, data: resolve(values.data), sink, triggerMs, files };
}
