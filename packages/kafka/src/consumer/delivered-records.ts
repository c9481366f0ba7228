import type { KafkaMessage } from "kafkajs";
import { LOG_APPEND_TIME } from "../records/record-schema.js";

/** What a consumer of kafkajs delivers, with what its types leave out: markers of transactions, and the batch that a record lies in. */
export interface DeliveredMessage extends Omit<KafkaMessage, "headers" | "size"> {
  readonly headers?: KafkaMessage["headers"];
  /** The format of the message, 0 or 1, or of its batch, 2. */
  readonly magicByte?: number;
  readonly isControlRecord?: boolean;
  /** Only of format 2. */
  readonly batchContext?: {
    readonly firstOffset: string;
    readonly lastOffsetDelta: number;
    readonly producerId: string;
    readonly inTransaction: boolean;
    readonly timestampType: number;
  };
}

/** Records of a partition, and behind which offset it is not known what there is. */
export interface DeliveredRecords {
  readonly records: readonly DeliveredMessage[];
  readonly until: number;
}

const COMMIT = 1;
const APPEND_TIME_FLAG = 8;

/**
 * The records from an offset on that count, of messages as they lie in the log. Where only committed ones do, it is the next marker of its producer that
 * says so of a record: what kafkajs leaves out by itself is too little where several transactions are aborted at a time. The records end where that
 * marker has not come yet; from there on they have to be asked for again.
 */
export function decide(
  messages: readonly DeliveredMessage[],
  from: number,
  readCommitted: boolean,
): DeliveredRecords {
  const found = messages.filter(({ offset }) => Number(offset) >= from);
  if (found.length === 0) return { records: [], until: from };
  const commits = new Map<string, boolean>();
  const counts = found.map(() => false);
  let end = found.length;
  for (let k = found.length - 1; k >= 0; k--) {
    const { batchContext, isControlRecord, key } = found[k]!;
    const producerId = batchContext?.producerId ?? "";
    if (isControlRecord === true) commits.set(producerId, isCommit(key));
    else if (!readCommitted || batchContext?.inTransaction !== true) counts[k] = true;
    else if (commits.has(producerId)) counts[k] = commits.get(producerId)!;
    else end = k;
  }
  const until = end < found.length ? Number(found[end]!.offset) : behind(found[end - 1]!);
  return { records: found.filter((_, k) => k < end && counts[k]), until };
}

/** Who gave a message its time: one of the values of the column `timestampType`. */
export function timestampTypeOf({ attributes, batchContext }: DeliveredMessage): number {
  if (batchContext !== undefined) return batchContext.timestampType;
  return (attributes & APPEND_TIME_FLAG) === 0 ? 0 : LOG_APPEND_TIME;
}

/** The key of a marker: version and type, each of 16 bits. */
function isCommit(key: Buffer | null): boolean {
  return key !== null && key.length >= 4 && key.readInt16BE(2) === COMMIT;
}

/** Batches come as a whole, and compaction may have taken their last records. */
function behind({ offset, batchContext }: DeliveredMessage): number {
  if (batchContext === undefined) return Number(offset) + 1;
  return Number(batchContext.firstOffset) + batchContext.lastOffsetDelta + 1;
}
