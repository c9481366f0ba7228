import type { ShardPosition } from "./position.js";

/** A shard as the service lists it, also one that is closed. */
export interface Shard {
  readonly shardId: string;
  /** The shards that it was split from or merged of; they may have gone. */
  readonly parents: readonly string[];
  /** No record is added any more. */
  readonly isClosed: boolean;
  /** The hash keys of its records, both ends included. */
  readonly hashKeys: HashKeyRange;
}

/** A range of hash keys, numbers of 128 bits. */
export interface HashKeyRange {
  readonly first: bigint;
  readonly last: bigint;
}

/** A record as the service delivers it. */
export interface KinesisRecord {
  readonly sequenceNumber: string;
  readonly partitionKey: string;
  readonly data: Uint8Array;
  /** Milliseconds since 1970. */
  readonly arrivalMs: number;
}

/** Some records of a shard, in their order. */
export interface RecordChunk {
  readonly records: readonly KinesisRecord[];
  /** How far the end of the chunk is from the newest record; 0 where nothing else is there. */
  readonly millisBehindLatest: number;
  /** The shard is closed, and this is its end. */
  readonly isEnd: boolean;
}

/** What {@link KinesisClient.records} answers. */
export interface RecordPage extends Omit<RecordChunk, "isEnd"> {
  /** Where the next ones are asked for; null at the end of a closed shard. */
  readonly nextIterator: string | null;
}

/** A part of a subscription. */
export interface SubscriptionEvent extends RecordChunk {
  /** The place behind it, from which another subscription goes on. */
  readonly continuation: string | null;
}

/** What a stream says about itself. */
export interface StreamSummary {
  readonly arn: string;
  readonly retentionMs: number;
}

/** A place from which the service starts to read. */
export type StartingPosition = Exclude<ShardPosition, { readonly type: "SHARD_END" }>;

/**
 * What the source asks of Kinesis. Each call is one request (or the pages of one), made once: who calls it waits and tries again, as
 * {@link faultOf} says of the error.
 */
export interface KinesisClient {
  listShards(stream: string): Promise<readonly Shard[]>;
  summary(stream: string): Promise<StreamSummary>;
  shardIterator(stream: string, shardId: string, position: StartingPosition): Promise<string>;
  records(iterator: string, limit: number): Promise<RecordPage>;
  /** The ARN of a consumer with throughput of its own; null while it is not ready. Registers it when there is none. */
  consumer(streamArn: string, name: string): Promise<string | null>;
  deregisterConsumer(consumerArn: string): Promise<void>;
  /** The events of one subscription, which the service ends after five minutes. */
  subscribe(
    consumerArn: string,
    shardId: string,
    position: StartingPosition,
    signal: AbortSignal,
  ): Promise<AsyncIterable<SubscriptionEvent>>;
  close(): void;
}

/**
 * What an error of the client means: `expired`, the iterator is too old; `throttled`, wait; `transient`, try again some times; `gone`,
 * there is no such stream or shard; `invalid`, a sequence number that the shard does not know; `fatal`, everything else.
 */
export type Fault = "expired" | "throttled" | "transient" | "gone" | "invalid" | "fatal";

const FAULTS: ReadonlyMap<string, Fault> = new Map<string, Fault>([
  ["ExpiredIteratorException", "expired"],
  ["ExpiredNextTokenException", "transient"],
  ["ProvisionedThroughputExceededException", "throttled"],
  ["LimitExceededException", "throttled"],
  ["KMSThrottlingException", "throttled"],
  ["ThrottlingException", "throttled"],
  ["Throttling", "throttled"],
  ["RequestLimitExceeded", "throttled"],
  ["TooManyRequestsException", "throttled"],
  // a subscription that was there less than five seconds ago, or a stream that is being changed
  ["ResourceInUseException", "throttled"],
  ["ResourceNotFoundException", "gone"],
  ["InvalidArgumentException", "invalid"],
  ["InternalFailure", "transient"],
  ["InternalFailureException", "transient"],
  ["ServiceUnavailable", "transient"],
  ["ServiceUnavailableException", "transient"],
  ["RequestTimeout", "transient"],
  ["TimeoutError", "transient"],
  ["NetworkingError", "transient"],
]);

const NETWORK = /^(E(CONN|PIPE|TIMEDOUT|HOST|NET|AI_AGAIN|NOTFOUND)|ERR_(HTTP2|STREAM))/;

/** What an error of the client means. */
export function faultOf(error: unknown): Fault {
  if (!(error instanceof Error)) return "fatal";
  const known = FAULTS.get(error.name);
  if (known !== undefined) return known;
  const { code, cause, $metadata, $fault } = error as ServiceError;
  const status = $metadata?.httpStatusCode ?? 0;
  if (status === 429) return "throttled";
  if (status >= 500 || $fault === "server") return "transient";
  if (typeof code === "string" && NETWORK.test(code)) return "transient";
  return cause instanceof Error ? faultOf(cause) : "fatal";
}

interface ServiceError extends Error {
  readonly code?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly $fault?: string;
}
