import {
  BATCH_ROWS,
  Batch,
  BytesColumn,
  type Column,
  type DataType,
  DictionaryColumn,
  Int32Column,
  Int64Column,
  ListColumn,
  StructColumn,
  type StructField,
  StructType,
} from "@ss/core";
import { RECORD_SCHEMA_WITH_HEADERS } from "./record-schema.js";

const NO_BYTES = new Uint8Array(0);

/**
 * Records on their way into a batch: keys, values and headers stay where they are in `data`, everything else is copied.
 * The arrays are used again for each batch.
 */
export class RecordColumns {
  count = 0;
  /** What keys, values and headers lie in; changed only while there are no records. */
  data: Uint8Array = NO_BYTES;
  readonly wantsHeaders: boolean;
  private readonly wantsPlaces: boolean;
  private readonly wantsOffsets: boolean;
  private readonly wantsTimes: boolean;
  readonly keys: ByteSpans = new ByteSpans(BATCH_ROWS);
  readonly values: ByteSpans = new ByteSpans(BATCH_ROWS);
  private readonly headerKeys = new ByteSpans(64);
  private readonly headerValues = new ByteSpans(64);
  private readonly headerLists = new ByteSpans(BATCH_ROWS);
  private headerCount = 0;
  private readonly partitions = new Int32Array(BATCH_ROWS);
  private readonly topicCodes = new Int32Array(BATCH_ROWS);
  private readonly timestampTypes = new Int32Array(BATCH_ROWS);
  private readonly offsets = new BigInt64Array(BATCH_ROWS);
  private readonly timestamps = new BigInt64Array(BATCH_ROWS);
  private readonly offsetWords = new Int32Array(this.offsets.buffer);
  private readonly timestampWords = new Int32Array(this.timestamps.buffer);
  private readonly topics: string[] = [];
  /** The topics as a column, until there is one more. */
  private topicNames: BytesColumn | undefined;
  private readonly schema: StructType;
  private topicCode = 0;
  private partition = 0;

  /** For the columns of that name, in that order. */
  constructor(columns: readonly string[]) {
    this.schema = new StructType(columns.map((name) => RECORD_SCHEMA_WITH_HEADERS.field(name)));
    this.wantsHeaders = columns.includes("headers");
    this.wantsPlaces = columns.includes("topic") || columns.includes("partition");
    this.wantsOffsets = columns.includes("offset");
    this.wantsTimes = columns.includes("timestamp") || columns.includes("timestampType");
  }

  get isFull(): boolean {
    return this.count === BATCH_ROWS;
  }

  /** Where the records that follow come from. */
  place(topic: string, partition: number): void {
    this.partition = partition;
    this.topicCode = this.topics.indexOf(topic);
    if (this.topicCode >= 0) return;
    this.topicCode = this.topics.push(topic) - 1;
    this.topicNames = undefined;
  }

  /** One more record; its key, value and headers have been set at the row `count`. */
  add(offset: number, timestampMs: number, timestampType: number): void {
    const row = this.count++;
    if (this.wantsPlaces) {
      this.partitions[row] = this.partition;
      this.topicCodes[row] = this.topicCode;
    }
    if (this.wantsOffsets) setInt64(this.offsetWords, row, offset);
    if (this.wantsTimes) {
      this.timestampTypes[row] = timestampType;
      setInt64(this.timestampWords, row, timestampMs * 1000);
    }
  }

  /** A header of the row `count`; a value of a negative length is null. */
  addHeader(keyAt: number, keyLength: number, valueAt: number, valueLength: number): void {
    const row = this.headerCount++;
    this.headerKeys.reserve(this.headerCount);
    this.headerValues.reserve(this.headerCount);
    this.headerKeys.set(row, keyAt, keyLength);
    this.headerValues.set(row, valueAt, valueLength);
  }

  /** The row `count` has the `length` headers that were added last; without any it has null. */
  endHeaders(length: number): void {
    this.headerLists.set(this.count, this.headerCount - length, length === 0 ? -1 : length);
  }

  /** The records as a batch, which is valid until the next {@link reset}. */
  batch(): Batch {
    return new Batch(
      this.schema,
      this.schema.fields.map((field) => this.column(field)),
      this.count,
    );
  }

  /** Forgets all records; those that follow lie in `data`. */
  reset(data: Uint8Array = this.data): void {
    this.data = data;
    this.count = 0;
    this.headerCount = 0;
    for (const spans of [this.keys, this.values, this.headerKeys, this.headerValues, this.headerLists])
      spans.reset();
  }

  private column({ name, type }: StructField): Column {
    switch (name) {
      case "key":
        return this.keys.column(type, this.data, this.count);
      case "value":
        return this.values.column(type, this.data, this.count);
      case "topic":
        this.topicNames ??= textColumn(type, this.topics);
        return new DictionaryColumn(type, this.count, null, this.topicCodes, this.topicNames);
      case "partition":
        return new Int32Column(type, this.count, null, this.partitions);
      case "offset":
        return new Int64Column(type, this.count, null, this.offsets);
      case "timestamp":
        return new Int64Column(type, this.count, null, this.timestamps);
      case "timestampType":
        return new Int32Column(type, this.count, null, this.timestampTypes);
      default:
        return this.headers(type);
    }
  }

  private headers(type: DataType): Column {
    if (type.kind !== "array" || type.elementType.kind !== "struct")
      throw new TypeError("Headers are an array of structs.");
    const [key, value] = type.elementType.fields;
    const length = this.headerCount;
    const children = [
      this.headerKeys.column(key!.type, this.data, length),
      this.headerValues.column(value!.type, this.data, length),
    ];
    const elements = new StructColumn(type.elementType, length, null, children);
    const { starts, lengths } = this.headerLists;
    return new ListColumn(type, this.count, this.headerLists.validity(), starts, lengths, elements);
  }
}

/** Rows of bytes, or of elements, by start and length; null where the length is negative. */
class ByteSpans {
  starts: Int32Array;
  lengths: Int32Array;
  private bits: Uint8Array;
  private hasNull = false;

  constructor(capacity: number) {
    this.starts = new Int32Array(capacity);
    this.lengths = new Int32Array(capacity);
    this.bits = allSet(capacity);
  }

  /** Each row is set once before the next {@link reset}. */
  set(row: number, start: number, length: number): void {
    this.starts[row] = start;
    this.lengths[row] = length;
    if (length >= 0) return;
    this.bits[row >> 3]! &= ~(1 << (row & 7));
    this.hasNull = true;
  }

  validity(): Uint8Array | null {
    return this.hasNull ? this.bits : null;
  }

  column(type: DataType, data: Uint8Array, length: number): BytesColumn {
    return new BytesColumn(type, length, this.validity(), data, this.starts, this.lengths);
  }

  reset(): void {
    if (this.hasNull) this.bits.fill(255);
    this.hasNull = false;
  }

  /** Makes room for so many rows. */
  reserve(rows: number): void {
    if (rows <= this.starts.length) return;
    const capacity = rows * 2;
    const { starts, lengths, bits } = this;
    this.starts = new Int32Array(capacity);
    this.lengths = new Int32Array(capacity);
    this.bits = allSet(capacity);
    this.starts.set(starts);
    this.lengths.set(lengths);
    this.bits.set(bits);
  }
}

/** Validity bits of rows that all have a value. */
function allSet(rows: number): Uint8Array {
  return new Uint8Array((rows + 7) >> 3).fill(255);
}

function setInt64(words: Int32Array, row: number, value: number): void {
  words[2 * row] = value | 0;
  words[2 * row + 1] = Math.floor(value / 4294967296);
}

function textColumn(type: DataType, texts: readonly string[]): BytesColumn {
  const parts = texts.map((text) => new TextEncoder().encode(text));
  const lengths = Int32Array.from(parts, (part) => part.length);
  const starts = new Int32Array(parts.length);
  for (let k = 1; k < parts.length; k++) starts[k] = starts[k - 1]! + lengths[k - 1]!;
  return new BytesColumn(type, parts.length, null, Buffer.concat(parts), starts, lengths);
}
