import { DatetimeParser, parseTimestampText, timeZone } from "@ss/kernels";
import { invalidOption } from "./errors.js";
import type { Shard } from "./kinesis-client.js";
import { type KinesisOffset, type ShardPosition, type StreamPosition, sortedByShard } from "./position.js";
import { rootsOf } from "./shard-graph.js";

/** Where a new query begins. */
export type InitialPosition =
  | { readonly type: "LATEST" }
  | { readonly type: "TRIM_HORIZON" }
  | { readonly type: "AT_TIMESTAMP"; readonly timestamp: number }
  /** At places of its own in each shard, as an offset has them. */
  | { readonly type: "OFFSET"; readonly offset: KinesisOffset };

const EXPECTED =
  'latest, trim_horizon, earliest, {"at_timestamp": "..."} or the places of shards as {"stream": {"shardId-...": {"type": ..., "sequenceNumber": ...}}}';

/** Reads the option `initialPosition`. Times without a zone of their own are those of the session's. */
export function parseInitialPosition(text: string, zone: string): InitialPosition {
  switch (text.trim().toLowerCase()) {
    case "latest":
      return { type: "LATEST" };
    case "trim_horizon":
    case "earliest":
      return { type: "TRIM_HORIZON" };
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw invalidOption("initialPosition", text, EXPECTED);
  }
  if (!isObject(json)) throw invalidOption("initialPosition", text, EXPECTED);
  if ("at_timestamp" in json) {
    const timestamp = timestampOf(json["at_timestamp"], json["format"], zone);
    if (timestamp === undefined) throw invalidOption("initialPosition", text, EXPECTED);
    return { type: "AT_TIMESTAMP", timestamp };
  }
  const streams = Object.entries(json);
  if (streams.length === 0 || !streams.every(([, places]) => isStreamPosition(places)))
    throw invalidOption("initialPosition", text, EXPECTED);
  return { type: "OFFSET", offset: json as KinesisOffset };
}

/** Milliseconds since 1970 of a number of them, or of a text in ISO form or by a pattern. */
function timestampOf(value: unknown, format: unknown, zoneId: string): number | undefined {
  if (typeof value === "number") return Number.isFinite(value) ? Math.floor(value) : undefined;
  if (typeof value !== "string") return undefined;
  const zone = timeZone(zoneId) ?? timeZone("UTC")!;
  const micros =
    typeof format === "string"
      ? new DatetimeParser(format).parseTimestamp(value, zone)
      : parseTimestampText(value, zone);
  return micros === undefined ? undefined : Number(micros / 1000n);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isStreamPosition(value: unknown): boolean {
  return isObject(value) && Object.values(value).length > 0 && Object.values(value).every(isPosition);
}

function isPosition(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { type, sequenceNumber, timestamp, subSequenceNumber } = value as Record<string, unknown>;
  switch (type) {
    case "TRIM_HORIZON":
      return true;
    case "AT_TIMESTAMP":
      return typeof timestamp === "number";
    case "AT_SEQUENCE_NUMBER":
      return typeof sequenceNumber === "string";
    case "AFTER_SEQUENCE_NUMBER":
      return typeof sequenceNumber === "string" && ["undefined", "number"].includes(typeof subSequenceNumber);
    default:
      return false;
  }
}

/**
 * The places in the shards of some streams where a query begins. The newest record is one of a time, since a shard in which nothing is does
 * not tell a sequence number: the time at which the query was started first.
 */
export function initialOffsetOf(
  initial: InitialPosition,
  streams: ReadonlyMap<string, readonly Shard[]>,
  nowMs: number,
): KinesisOffset {
  if (initial.type === "OFFSET") return initial.offset;
  const all = (shards: readonly Shard[], place: ShardPosition): StreamPosition =>
    sortedByShard(Object.fromEntries(shards.map(({ shardId }) => [shardId, place])));
  return Object.fromEntries(
    [...streams].map(([stream, shards]): [string, StreamPosition] => {
      switch (initial.type) {
        case "LATEST": {
          const open = shards.filter(({ isClosed }) => !isClosed);
          return [stream, all(open, { type: "AT_TIMESTAMP", timestamp: nowMs })];
        }
        case "AT_TIMESTAMP":
          return [stream, all(rootsOf(shards), initial)];
        default:
          return [stream, all(rootsOf(shards), { type: "TRIM_HORIZON" })];
      }
    }),
  );
}
