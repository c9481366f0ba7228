import {
  BATCH_ROWS,
  Batch,
  BinaryType,
  BytesBuilder,
  type Column,
  type DataType,
  Int64Builder,
  StringType,
  StructField,
  StructType,
  TimestampType,
} from "@ss/core";
import type { ShardPosition } from "./position.js";
import type { BufferedRecord } from "./shard-buffer.js";
import { subOf } from "./take-records.js";

/** The columns of the source. */
export const KINESIS_SCHEMA: StructType = new StructType([
  StructField("partitionKey", StringType),
  StructField("data", BinaryType),
  StructField("stream", StringType),
  StructField("shardId", StringType),
  StructField("sequenceNumber", StringType),
  StructField("approximateArrivalTimestamp", TimestampType),
]);

const encoder = new TextEncoder();

/** Makes rows of the records of a shard. */
export class RecordRows {
  private readonly schema: StructType;
  private readonly stream: Uint8Array;
  private readonly shardId: Uint8Array;
  /** The record, the partition key and the data of each row that waits for its batch. */
  private records: BufferedRecord[] = [];
  private keys: string[] = [];
  private data: Uint8Array[] = [];

  constructor(columns: readonly string[], stream: string, shardId: string) {
    this.schema = new StructType(columns.map((name) => KINESIS_SCHEMA.field(name)));
    this.stream = encoder.encode(stream);
    this.shardId = encoder.encode(shardId);
  }

  /** The rows of records between two places, in batches. */
  *batches(records: Iterable<BufferedRecord>, from: ShardPosition, to: ShardPosition): Generator<Batch> {
    for (const record of records) {
      if (record.users === null) this.add(record, record.partitionKey, record.data);
      else {
        const after = subOf(from, record);
        const until = to.type === "AFTER_SEQUENCE_NUMBER" ? subOf(to, record) : -1;
        for (const { subSequenceNumber, partitionKey, data } of record.users) {
          if (subSequenceNumber <= after || (until >= 0 && subSequenceNumber > until)) continue;
          this.add(record, partitionKey, data);
        }
      }
      if (this.records.length >= BATCH_ROWS) yield this.finish();
    }
    if (this.records.length > 0) yield this.finish();
  }

  private add(record: BufferedRecord, partitionKey: string, data: Uint8Array): void {
    this.records.push(record);
    this.keys.push(partitionKey);
    this.data.push(data);
  }

  private finish(): Batch {
    const columns = this.schema.fields.map(({ name, type }) =>
      name === "approximateArrivalTimestamp" ? this.times(type) : this.bytes(name, type),
    );
    const batch = new Batch(this.schema, columns, this.records.length);
    this.records = [];
    this.keys = [];
    this.data = [];
    return batch;
  }

  private times(type: DataType): Column {
    const builder = new Int64Builder(type);
    for (const { arrivalMs } of this.records) builder.append(BigInt(Math.round(arrivalMs)) * 1000n);
    return builder.view();
  }

  private bytes(name: string, type: DataType): Column {
    const builder = new BytesBuilder(type);
    switch (name) {
      case "partitionKey":
        for (const key of this.keys) builder.appendText(key);
        break;
      case "data":
        for (const data of this.data) builder.appendBytes(data, 0, data.length);
        break;
      case "sequenceNumber":
        for (const { sequenceNumber } of this.records) builder.appendText(sequenceNumber);
        break;
      default: {
        const same = name === "stream" ? this.stream : this.shardId;
        for (let k = this.records.length; k > 0; k--) builder.appendBytes(same, 0, same.length);
      }
    }
    return builder.view();
  }
}
