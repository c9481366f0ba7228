import type { ConnectionOptions } from "node:tls";
import type { OutputMode, Plugin, SaveMode, Sink, WriteRequest } from "@ss/core";
import { type WriteSettings, writeSettings } from "./options/write-settings.js";
import { PostgresSink } from "./sink/postgres-sink.js";
import { SingleWrite } from "./sink/single-write.js";
import { checkCreatedTypes } from "./table/create-table.js";

/** What {@link postgresSink} takes: the connection of all writes, as far as their own options do not say otherwise. */
export interface PostgresSinkOptions {
  /** `postgresql://user:password@host:port/database`. */
  readonly url?: string;
  /** Default `localhost`. */
  readonly host?: string;
  /** Default 5432. */
  readonly port?: number;
  /** Default: the user's name. */
  readonly database?: string;
  readonly user?: string;
  /** A function is asked for each connection, for passwords that change. */
  readonly password?: string | (() => string | Promise<string>);
  /** `true` checks the server's certificate. Default false. */
  readonly ssl?: boolean | ConnectionOptions;
  /** Default 10 seconds. */
  readonly connectTimeoutMs?: number;
  /** How long a statement may take; default 0, without limit. */
  readonly queryTimeoutMs?: number;
  /** How long a commit, with what it publishes, is waited for before a new connection asks whether it was made; default 5 minutes, 0 for no limit. */
  readonly commitTimeoutMs?: number;
  /** How long a statement waits for a lock; default a minute. */
  readonly lockTimeoutMs?: number;
  /** The table that remembers which batches are committed; default `ss_commits`. */
  readonly commitsTable?: string;
}

const OUTPUT_MODES: readonly OutputMode[] = ["append", "update", "complete"];

/**
 * Brings the sink format `postgres`.
 *
 * @example
 * ```ts
 * const spark = await SparkSession.builder()
 *   .use(postgresSink({ host: "db", user: "app", password: () => readSecret("db") }))
 *   .getOrCreate();
 * await counts.writeStream.format("postgres").outputMode("update")
 *   .option("dbtable", "campaign_counts").option("keyColumns", "campaign, window_start")
 *   .option("checkpointLocation", "data/chk").start();
 * ```
 */
export function postgresSink(options: PostgresSinkOptions = {}): Plugin {
  return {
    name: "@ss/sink-postgres",
    sinks: [
      {
        names: ["postgres", "postgresql"],
        outputModes: OUTPUT_MODES,
        stream: (request) => openStream(request, options),
        batch: (request) => openTable(request, options),
      },
    ],
  };
}

async function openStream(request: WriteRequest, given: PostgresSinkOptions): Promise<Sink> {
  const sink = new PostgresSink(checked(writeSettings(request, given)));
  await sink.check();
  return sink;
}

async function openTable(
  request: WriteRequest & { readonly mode: SaveMode },
  given: PostgresSinkOptions,
): Promise<Sink | null> {
  return SingleWrite.open(checked(writeSettings(request, given)), request.mode);
}

/** Finds what no connection is needed for. */
function checked(settings: WriteSettings): WriteSettings {
  if (settings.createTable) checkCreatedTypes(settings);
  return settings;
}
