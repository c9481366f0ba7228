import { deaggregate, type UserRecord } from "./aggregated-record.js";
import type { HashKeyRange, KinesisRecord } from "./kinesis-client.js";
import { compareSequenceNumbers, type ShardPosition } from "./position.js";

/** A record that was read, with those that were packed into it. */
export interface BufferedRecord extends KinesisRecord {
  readonly users: readonly UserRecord[] | null;
}

/** What is kept counts so much for a record beside its bytes. */
const RECORD_BYTES = 256;

/** A record with those that were packed into it. */
export function opened(record: KinesisRecord, hashKeys: HashKeyRange): BufferedRecord {
  const { sequenceNumber, partitionKey, data, arrivalMs } = record;
  return { sequenceNumber, partitionKey, data, arrivalMs, users: deaggregate(record, hashKeys) };
}

/** The records of a shard from a place on, as far as they were read and are still kept. */
export class ShardBuffer {
  /** What is kept, in the order of the shard. */
  private records: BufferedRecord[] = [];
  private kept = 0;
  private first: ShardPosition;
  private readonly beginning: ShardPosition;
  private lastSequenceNumber: string | undefined;

  /** Begins behind a place. */
  constructor(position: ShardPosition) {
    this.first = position;
    this.beginning = position;
  }

  /** Bytes that are kept, with something for every record. */
  get bytes(): number {
    return this.kept;
  }

  /** The place behind everything that was read. */
  get last(): ShardPosition {
    const { lastSequenceNumber: sequenceNumber } = this;
    return sequenceNumber === undefined ? this.beginning : { type: "AFTER_SEQUENCE_NUMBER", sequenceNumber };
  }

  add(record: BufferedRecord): void {
    this.records.push(record);
    this.kept += record.data.length + RECORD_BYTES;
    this.lastSequenceNumber = record.sequenceNumber;
  }

  /** The records behind a place, the first of which may be behind it only in part; null where some of them are not kept. */
  behind(position: ShardPosition): readonly BufferedRecord[] | null {
    const index = this.indexBehind(position);
    return index === null ? null : this.records.slice(index);
  }

  /** Forgets what lies before a place. */
  dropThrough(position: ShardPosition): void {
    const index = position.type === "SHARD_END" ? this.records.length : this.indexBehind(position);
    if (index === null) return;
    for (let k = 0; k < index; k++) this.kept -= this.records[k]!.data.length + RECORD_BYTES;
    this.records = this.records.slice(index);
    this.first = position;
  }

  private indexBehind(position: ShardPosition): number | null {
    if (JSON.stringify(position) === JSON.stringify(this.first)) return 0;
    if (position.type !== "AFTER_SEQUENCE_NUMBER") return null;
    const { sequenceNumber, subSequenceNumber } = position;
    const { first } = this;
    if (first.type === "SHARD_END") return null;
    if (first.type === "AFTER_SEQUENCE_NUMBER" || first.type === "AT_SEQUENCE_NUMBER") {
      const order = compareSequenceNumbers(sequenceNumber, first.sequenceNumber);
      const isSame = order === 0 && first.type === "AFTER_SEQUENCE_NUMBER";
      const isBefore =
        isSame &&
        (subSequenceNumber ?? Number.POSITIVE_INFINITY) <
          (first.subSequenceNumber ?? Number.POSITIVE_INFINITY);
      if (order < 0 || isBefore) return null;
    }
    const least = subSequenceNumber === undefined ? 1 : 0;
    const index = this.records.findIndex(
      (record) => Math.sign(compareSequenceNumbers(record.sequenceNumber, sequenceNumber)) >= least,
    );
    return index < 0 ? this.records.length : index;
  }
}
