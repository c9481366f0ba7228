import { StreamError } from "@ss/core";
import { requestFailed } from "./errors.js";
import { faultOf, type KinesisRecord } from "./kinesis-client.js";
import type { ShardRange } from "./plan-range.js";
import { compareSequenceNumbers, type ShardPosition } from "./position.js";
import { type BufferedRecord, opened } from "./shard-buffer.js";
import { isAtTip, type ReaderContext, ShardReader } from "./shard-reader.js";
import type { StreamCatalog } from "./stream-catalog.js";

/**
 * The records of a range, from the service. `lost` is told of what is there no more; it may throw.
 */
export async function* replayRange(
  context: ReaderContext,
  catalog: StreamCatalog,
  { stream, shardId, from, to }: ShardRange,
  lost: (reason: string) => Promise<void>,
): AsyncGenerator<readonly BufferedRecord[]> {
  if (from.type === "SHARD_END") return;
  const reader = new ShardReader(context, stream, shardId, from, lost);
  for (;;) {
    const wasClosed = catalog.isClosed(shardId);
    const chunk = await reader.next().catch((error: unknown) => {
      if (faultOf(error) === "gone") return null;
      if (StreamError.is(error) || context.signal.aborted) throw error;
      throw requestFailed(stream, `read the shard ${shardId}`, error, false);
    });
    if (chunk === null) return lost("the shard is there no more");
    const wanted = recordsThrough(chunk.records, to);
    if (wanted.length > 0) yield wanted.map((record) => opened(record, catalog.hashKeys(shardId)));
    const isLast = chunk.isEnd || isAtTip(chunk, context.pace);
    if (to.type === "SHARD_END") {
      if (chunk.isEnd || (isLast && wasClosed && chunk.records.length === 0)) return;
      // not every server ends the iterator of a closed shard
      if (isLast) await catalog.refresh();
    } else {
      if (wanted.some(({ sequenceNumber }) => sequenceNumber === endOfRange(to))) return;
      if (isLast || wanted.length < chunk.records.length)
        return lost("the last record of a range that is read again is there no more");
    }
  }
}

/** Those of some records that are not behind a place. */
export function recordsThrough<R extends KinesisRecord>(
  records: readonly R[],
  to: ShardPosition,
): readonly R[] {
  if (to.type === "SHARD_END") return records;
  const end = endOfRange(to);
  return records.filter(({ sequenceNumber }) => compareSequenceNumbers(sequenceNumber, end) <= 0);
}

/** The last record of a range. */
export function endOfRange(to: ShardPosition): string {
  return to.type === "AFTER_SEQUENCE_NUMBER" ? to.sequenceNumber : "";
}
