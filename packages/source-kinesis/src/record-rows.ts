import {
  BATCH_ROWS,
  Batch,
  BinaryType,
  BytesBuilder,
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

type Append = (record: BufferedRecord, partitionKey: string, data: Uint8Array) => void;

/** Makes rows of the records of a shard. */
export class RecordRows {
  private readonly schema: StructType;
  private readonly stream: string;
  private readonly shardId: string;
  private builders: (BytesBuilder | Int64Builder)[] = [];
  private appends: Append[] = [];
  private rowCount = 0;

  constructor(columns: readonly string[], stream: string, shardId: string) {
    this.schema = new StructType(columns.map((name) => KINESIS_SCHEMA.field(name)));
    this.stream = stream;
    this.shardId = shardId;
    this.begin();
  }

  /** The rows of records between two places, in batches. */
  *batches(records: Iterable<BufferedRecord>, from: ShardPosition, to: ShardPosition): Generator<Batch> {
    for (const record of records) {
      const after = subOf(from, record);
      if (record.users === null) {
        if (after < 0) this.append(record, record.partitionKey, record.data);
      } else {
        const until = to.type === "AFTER_SEQUENCE_NUMBER" ? subOf(to, record) : -1;
        for (const { subSequenceNumber, partitionKey, data } of record.users) {
          if (subSequenceNumber <= after || (until >= 0 && subSequenceNumber > until)) continue;
          this.append(record, partitionKey, data);
        }
      }
      if (this.rowCount >= BATCH_ROWS) yield this.finish();
    }
    if (this.rowCount > 0) yield this.finish();
  }

  private append(record: BufferedRecord, partitionKey: string, data: Uint8Array): void {
    for (const append of this.appends) append(record, partitionKey, data);
    this.rowCount++;
  }

  private finish(): Batch {
    const batch = new Batch(
      this.schema,
      this.builders.map((builder) => builder.view()),
      this.rowCount,
    );
    this.begin();
    return batch;
  }

  private begin(): void {
    this.rowCount = 0;
    this.builders = [];
    this.appends = this.schema.fields.map(({ name, type }) => {
      if (name === "approximateArrivalTimestamp") {
        const times = new Int64Builder(type);
        this.builders.push(times);
        return ({ arrivalMs }) => times.append(BigInt(Math.round(arrivalMs)) * 1000n);
      }
      const bytes = new BytesBuilder(type);
      this.builders.push(bytes);
      return this.appenderOf(name, bytes);
    });
  }

  private appenderOf(name: string, bytes: BytesBuilder): Append {
    switch (name) {
      case "partitionKey":
        return (_, partitionKey) => bytes.appendText(partitionKey);
      case "data":
        return (_, _key, data) => bytes.appendBytes(data, 0, data.length);
      case "stream":
        return () => bytes.appendText(this.stream);
      case "shardId":
        return () => bytes.appendText(this.shardId);
      default:
        return ({ sequenceNumber }) => bytes.appendText(sequenceNumber);
    }
  }
}
