import type { Options } from "@ss/core";
import { EARLIEST, illegalArgument, LATEST } from "@ss/kafka";
import { parsedObject } from "./topics.js";

/** Where a query begins, or a batch read ends. */
export type OffsetBound =
  | { readonly kind: "earliest" }
  | { readonly kind: "latest" }
  /** Offsets by partition; {@link EARLIEST} and {@link LATEST} stand for the ends. */
  | { readonly kind: "offsets"; readonly offsets: BoundByPartition }
  /** The first records at or after times in milliseconds. */
  | { readonly kind: "timestamps"; readonly timestamps: BoundByPartition; readonly orLatest: boolean }
  | { readonly kind: "timestamp"; readonly timestamp: number; readonly orLatest: boolean };

/** A number for each partition of each topic. */
export type BoundByPartition = ReadonlyMap<string, ReadonlyMap<number, number>>;

/** `startingTimestamp` over `startingOffsetsByTimestamp` over `startingOffsets`. */
export function startingBound(options: Options, fallback: "earliest" | "latest"): OffsetBound {
  const strategy = options.choice("startingOffsetsByTimestampStrategy", ["error", "latest"], "error");
  return boundOf(options, "starting", { kind: fallback }, strategy === "latest");
}

/** `endingTimestamp` over `endingOffsetsByTimestamp` over `endingOffsets`; a time behind the last record is the end. */
export function endingBound(options: Options): OffsetBound {
  return boundOf(options, "ending", { kind: "latest" }, true);
}

/** The options of a bound, in the order in which they go before each other. */
export function boundOptions(side: "starting" | "ending"): readonly string[] {
  return [`${side}Timestamp`, `${side}OffsetsByTimestamp`, `${side}Offsets`];
}

function boundOf(
  options: Options,
  side: "starting" | "ending",
  fallback: OffsetBound,
  orLatest: boolean,
): OffsetBound {
  const [timestampName, timestampsName, offsetsName] = boundOptions(side) as [string, string, string];
  const timestamp = options.optionalInteger(timestampName, 0);
  if (timestamp !== undefined) return { kind: "timestamp", timestamp, orLatest };
  const timestamps = options.get(timestampsName);
  if (timestamps !== undefined)
    return { kind: "timestamps", timestamps: byPartition(timestampsName, timestamps, 0), orLatest };
  const offsets = options.get(offsetsName)?.trim();
  if (offsets === undefined) return fallback;
  if (/^(earliest|latest)$/i.test(offsets)) {
    return { kind: offsets.toLowerCase() as "earliest" | "latest" };
  }
  return { kind: "offsets", offsets: byPartition(offsetsName, offsets, EARLIEST) };
}

function byPartition(name: string, text: string, min: number): BoundByPartition {
  const topics = parsedObject(text);
  const bound = new Map<string, ReadonlyMap<number, number>>();
  for (const [topic, partitions] of Object.entries(topics ?? {})) {
    const numbers = new Map<number, number>();
    for (const [partition, number] of Object.entries((partitions ?? {}) as object)) {
      if (!/^\d{1,10}$/.test(partition) || !Number.isSafeInteger(number) || number < min)
        throw wrongBound(name, text);
      numbers.set(Number(partition), number);
    }
    if (numbers.size === 0) throw wrongBound(name, text);
    bound.set(topic, numbers);
  }
  if (bound.size === 0) throw wrongBound(name, text);
  return bound;
}

function wrongBound(name: string, text: string): Error {
  const words = name.endsWith("Timestamp") ? "" : `earliest, latest or `;
  return illegalArgument(
    `Expected ${words}e.g. {"topicA":{"0":23,"1":-1},"topicB":{"0":-2}} for the option '${name}', got '${text}'.`,
  );
}

/** Refuses what only batch reads, or only streams, take. */
export function checkBoundsOfStream(options: Options): void {
  for (const name of boundOptions("ending"))
    if (options.has(name)) throw illegalArgument(`${name} not valid in streaming queries.`);
}

/** Refuses bounds of a batch read that can hold nothing. */
export function checkBoundsOfBatch(start: OffsetBound, end: OffsetBound): void {
  if (start.kind === "latest")
    throw illegalArgument("Starting offset can't be latest for batch queries on Kafka.");
  if (end.kind === "earliest")
    throw illegalArgument("Ending offset can't be earliest for batch queries on Kafka.");
  const holds = (bound: OffsetBound, number: number): boolean =>
    bound.kind === "offsets" &&
    [...bound.offsets.values()].some((partitions) => [...partitions.values()].includes(number));
  if (holds(start, LATEST))
    throw illegalArgument("startingOffsets can't be latest for a partition in batch queries on Kafka.");
  if (holds(end, EARLIEST))
    throw illegalArgument("endingOffsets can't be earliest for a partition in batch queries on Kafka.");
}
