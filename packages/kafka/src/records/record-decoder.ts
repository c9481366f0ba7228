import { crc32 } from "node:zlib";
import { crc32c } from "@ss/kernels";
import { ByteCursor } from "../protocol/byte-cursor.js";
import { corruptRecords } from "./corrupt-records.js";
import type { FetchedRecords, OffsetRange } from "./fetched-range.js";
import { lastOffsetOf, Message } from "./message.js";
import { decompressRecords } from "./record-codec.js";
import type { RecordColumns } from "./record-columns.js";
import { CREATE_TIME, LOG_APPEND_TIME } from "./record-schema.js";

/*
 * A record batch of format 2, as in the Kafka protocol guide:
 *
 *   baseOffset int64, batchLength int32 (of what follows), partitionLeaderEpoch int32, magic int8, crc int32 (of what follows),
 *   attributes int16, lastOffsetDelta int32, baseTimestamp int64, maxTimestamp int64, producerId int64, producerEpoch int16,
 *   baseSequence int32, count int32, records (compressed as a whole)
 *   record = length varint, attributes int8, timestampDelta varlong, offsetDelta varint, key (length varint, bytes), value, headers
 *
 * Messages of the formats 0 and 1 have offset and length at the same places, and their checksum before the format's number.
 */
const MAGIC_AT = 16;
const CRC_AT = 17;
const ATTRIBUTES_AT = 21;
const RECORDS_AT = 61;
const MESSAGE_CRC_AT = 12;
/** What stands before the length and belongs to no batch's length. */
const LOG_OVERHEAD = 12;
const CODEC_MASK = 7;
const LOG_APPEND_FLAG = 8;
const TRANSACTION_FLAG = 16;
const CONTROL_FLAG = 32;
const ARENA_BYTES = 1 << 20;

/** What a decoder checks. */
export interface DecoderSettings {
  /** Whether the checksum of each batch is compared; Kafka's `check.crcs`. */
  readonly checkCrcs: boolean;
}

/** How it went with a batch: its records are to be read, the columns are to be emptied before, it has none of the range, or none is left. */
type Opened = "opened" | "full" | "skipped" | "end";

/**
 * Turns what a broker gave for a partition into rows: `open`, then `fill` again and again; each time it returns true, the columns are to be
 * emptied first. Records outside the range, control records and those of aborted transactions are passed over.
 */
export class RecordDecoder {
  /** The first offset that has not been decided on: where the next fetch begins. */
  next = 0;
  /** Whether the fetched bytes end before their first batch does. */
  isCutOff = false;
  private readonly columns: RecordColumns;
  private readonly settings: DecoderSettings;
  private readonly head = new ByteCursor();
  private readonly records = new ByteCursor();
  private readonly message = new Message();
  private readonly aborts = new AbortedProducers();
  private range!: OffsetRange;
  private fetched!: FetchedRecords;
  /** Where the next batch begins. */
  private at = 0;
  /** The present batch: whether its records are messages of an old format, how many are left, and what their numbers add to. */
  private isOld = false;
  private left = 0;
  private baseOffset = 0;
  private lastOffset = 0;
  private baseTimestamp = 0;
  private appendTime: number | null = null;
  /** Plain records of compressed batches, as many as the columns hold. */
  private arena = new Uint8Array(0);
  private arenaUsed = 0;

  constructor(columns: RecordColumns, settings: DecoderSettings) {
    this.columns = columns;
    this.settings = settings;
  }

  open(range: OffsetRange, fetched: FetchedRecords): void {
    this.range = range;
    this.fetched = fetched;
    this.next = range.from;
    this.at = fetched.start;
    this.left = 0;
    this.isCutOff = false;
    this.aborts.open(fetched.aborted);
    this.columns.place(range.topic, range.partition);
  }

  /** Moves records into the columns; true where these have to be emptied before it can go on, false where all is done. */
  fill(): boolean {
    for (;;) {
      if (this.left === 0) {
        const opened = this.openBatch();
        if (opened === "full") return true;
        if (opened === "end") return false;
      } else {
        if (this.isOld ? this.fillFromMessages() : this.fillFromBatch()) return true;
        this.pass(this.lastOffset);
      }
    }
  }

  private pass(lastOffset: number): void {
    this.next = Math.min(Math.max(this.next, lastOffset + 1), this.range.until);
  }

  /** Goes to the next batch. */
  private openBatch(): Opened {
    const { bytes, start, end } = this.fetched;
    const { head, at } = this;
    const rest = end - at;
    head.place(bytes, at, end);
    this.baseOffset = rest < LOG_OVERHEAD ? this.next : head.int64();
    const length = rest < LOG_OVERHEAD ? rest : head.int32();
    if (this.baseOffset >= this.range.until && rest >= LOG_OVERHEAD) this.pass(this.range.until);
    if (this.next >= this.range.until) return "end";
    if (length + LOG_OVERHEAD > rest) {
      this.isCutOff = at === start && rest > 0;
      return "end";
    }
    const batchEnd = at + LOG_OVERHEAD + length;
    if (batchEnd <= at + MAGIC_AT) throw this.corrupt("a batch is shorter than its head");
    const opened = bytes[at + MAGIC_AT] === 2 ? this.openRecords(batchEnd) : this.openMessages(batchEnd);
    if (opened === "full") return opened;
    if (opened === "skipped") this.pass(this.lastOffset);
    this.at = batchEnd;
    return opened;
  }

  private openRecords(batchEnd: number): Opened {
    const { head } = this;
    this.isOld = false;
    if (batchEnd - this.at < RECORDS_AT) throw this.corrupt("a batch is shorter than its head");
    head.at = this.at + ATTRIBUTES_AT;
    const attributes = head.int16();
    this.lastOffset = this.baseOffset + head.int32();
    this.baseTimestamp = head.int64();
    const maxTimestamp = head.int64();
    const producerId = head.int64();
    head.at += 6;
    const count = head.int32();
    if (count < 0) throw this.corrupt("a batch has a negative number of records");
    if (this.isLeftOut(attributes, producerId) || this.lastOffset < this.next) return "skipped";
    if (this.settings.checkCrcs) {
      head.at = this.at + CRC_AT;
      this.compareCrc(head.int32(), crc32c(this.fetched.bytes, this.at + ATTRIBUTES_AT, batchEnd));
    }
    if (!this.placeRecords(attributes & CODEC_MASK, this.at + RECORDS_AT, batchEnd)) return "full";
    this.appendTime = (attributes & LOG_APPEND_FLAG) === 0 ? null : maxTimestamp;
    this.left = count;
    // compaction may leave a batch without records
    return count > 0 ? "opened" : "skipped";
  }

  private isLeftOut(attributes: number, producerId: number): boolean {
    this.aborts.advance(this.lastOffset);
    if ((attributes & CONTROL_FLAG) !== 0) {
      this.aborts.end(producerId);
      return true;
    }
    return (attributes & TRANSACTION_FLAG) !== 0 && this.aborts.has(producerId);
  }

  /** A message of an old format, or a compressed set of them. */
  private openMessages(batchEnd: number): Opened {
    const { head, message } = this;
    this.isOld = true;
    head.place(this.fetched.bytes, this.at, batchEnd);
    this.checkMessage(message.read(head));
    this.lastOffset = message.offset;
    if (this.lastOffset < this.next) return "skipped";
    if (this.settings.checkCrcs) {
      head.at = this.at + MESSAGE_CRC_AT;
      const covered = this.fetched.bytes.subarray(this.at + MAGIC_AT, batchEnd);
      this.compareCrc(head.int32(), crc32(covered));
    }
    const { codec, valueAt, valueLength, magic, timestampMs, timestampType } = message;
    const isSet = codec !== 0;
    const placed = isSet
      ? this.placeRecords(codec, valueAt, valueAt + Math.max(0, valueLength))
      : this.placeRecords(0, this.at, batchEnd);
    if (!placed) return "full";
    const { records } = this;
    const start = records.at;
    // in sets of format 1 offsets count from the first message; the last one has the offset of the set
    const isRelative = isSet && magic === 1;
    this.baseOffset = isRelative ? message.offset - lastOffsetOf(records, start, records.end) : 0;
    records.at = start;
    this.appendTime = isSet && timestampType === LOG_APPEND_TIME ? timestampMs : null;
    this.left = 1;
    return "opened";
  }

  private compareCrc(expected: number, found: number): void {
    if (expected >>> 0 !== found >>> 0)
      throw this.corrupt(`the checksum is ${hex(found)} where the batch says ${hex(expected)}`);
  }

  private checkMessage(fault: string | null): void {
    if (fault !== null) throw this.corrupt(fault);
  }

  /** Points the cursor at the plain records; false where the columns have to be emptied before, as they hold views of other bytes. */
  private placeRecords(codec: number, start: number, end: number): boolean {
    const { columns } = this;
    if (codec === 0) return this.placeIn(this.fetched.bytes, start, end);
    if (columns.count > 0 && (columns.data !== this.arena || this.arenaUsed > ARENA_BYTES / 2)) return false;
    const plain = this.decompress(codec, start, end);
    if (columns.count === 0) this.arenaUsed = 0;
    this.reserveArena(this.arenaUsed + plain.length);
    const from = this.arenaUsed;
    this.arena.set(plain, from);
    this.arenaUsed += plain.length;
    return this.placeIn(this.arena, from, this.arenaUsed);
  }

  private reserveArena(size: number): void {
    if (size <= this.arena.length) return;
    const grown = new Uint8Array(Math.max(ARENA_BYTES, size));
    grown.set(this.arena.subarray(0, this.arenaUsed));
    // records that the columns hold lie at the same places of the new one
    if (this.columns.count > 0) this.columns.data = grown;
    this.arena = grown;
  }

  private placeIn(data: Uint8Array, start: number, end: number): boolean {
    const { columns } = this;
    if (columns.data !== data) {
      if (columns.count > 0) return false;
      columns.reset(data);
    }
    this.records.place(data, start, end);
    return true;
  }

  private decompress(codec: number, start: number, end: number): Uint8Array {
    try {
      return decompressRecords(codec, this.fetched.bytes, start, end, this.isOld);
    } catch (cause) {
      throw this.corrupt((cause as Error).message);
    }
  }

  /** Records of the present batch; true where the columns are full. */
  private fillFromBatch(): boolean {
    const { columns, records, range, baseOffset, baseTimestamp, appendTime } = this;
    const { from, until } = range;
    const { keys, values, wantsHeaders } = columns;
    const type = appendTime === null ? CREATE_TIME : LOG_APPEND_TIME;
    for (; this.left > 0; this.left--) {
      if (columns.isFull) return true;
      const length = records.varint();
      const recordEnd = records.at + length;
      records.at++;
      const timestamp = baseTimestamp + records.varlong();
      const offset = baseOffset + records.varint();
      const keyLength = records.varint();
      const keyAt = records.at;
      if (keyLength > 0) records.at += keyLength;
      const valueLength = records.varint();
      const valueAt = records.at;
      if (valueLength > 0) records.at += valueLength;
      if (length < 0 || recordEnd > records.end || records.at > recordEnd)
        throw this.corrupt("a record goes beyond its end");
      if (offset >= from && offset < until) {
        keys.set(columns.count, keyAt, keyLength);
        values.set(columns.count, valueAt, valueLength);
        if (wantsHeaders) this.readHeaders(recordEnd);
        columns.add(offset, appendTime ?? timestamp, type);
      }
      records.at = recordEnd;
    }
    return false;
  }

  private readHeaders(recordEnd: number): void {
    const { columns, records } = this;
    const count = records.varint();
    if (count < 0) throw this.corrupt("a record has a negative number of headers");
    for (let k = 0; k < count; k++) {
      const keyLength = records.varint();
      const keyAt = records.at;
      records.at += keyLength;
      const valueLength = records.varint();
      const valueAt = records.at;
      if (valueLength > 0) records.at += valueLength;
      if (keyLength < 0 || records.at > recordEnd) throw this.corrupt("a header goes beyond its record");
      columns.addHeader(keyAt, keyLength, valueAt, valueLength);
    }
    columns.endHeaders(count);
  }

  /** Messages of the present set; true where the columns are full. */
  private fillFromMessages(): boolean {
    const { columns, records, range, message } = this;
    while (records.at < records.end) {
      if (columns.isFull) return true;
      this.checkMessage(message.read(records));
      if (message.codec !== 0) throw this.corrupt("a compressed set of messages lies in another one");
      const offset = this.baseOffset + message.offset;
      if (offset < range.from || offset >= range.until) continue;
      columns.keys.set(columns.count, message.keyAt, message.keyLength);
      columns.values.set(columns.count, message.valueAt, message.valueLength);
      if (columns.wantsHeaders) columns.endHeaders(0);
      const type = this.appendTime === null ? message.timestampType : LOG_APPEND_TIME;
      columns.add(offset, this.appendTime ?? message.timestampMs, type);
    }
    this.left = 0;
    return false;
  }

  private corrupt(reason: string): Error {
    return corruptRecords(this.range.topic, this.range.partition, this.baseOffset, reason);
  }
}

/** Which producers have a transaction under way that will be aborted, as a log is read in order. */
class AbortedProducers {
  private waiting: FetchedRecords["aborted"] = [];
  private passed = 0;
  private readonly active = new Set<number>();

  open(aborted: FetchedRecords["aborted"]): void {
    this.waiting = [...aborted].sort((a, b) => a.firstOffset - b.firstOffset);
    this.passed = 0;
    this.active.clear();
  }

  /** Transactions begin up to `offset`. */
  advance(offset: number): void {
    const { waiting } = this;
    while (this.passed < waiting.length && waiting[this.passed]!.firstOffset <= offset)
      this.active.add(waiting[this.passed++]!.producerId);
  }

  has(producerId: number): boolean {
    return this.active.has(producerId);
  }

  /** The marker that ends a transaction has come. */
  end(producerId: number): void {
    this.active.delete(producerId);
  }
}

function hex(value: number): string {
  return (value >>> 0).toString(16).padStart(8, "0");
}
