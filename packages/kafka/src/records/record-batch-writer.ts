import { crc32c } from "@ss/kernels";
import { CODECS, compressRecords } from "./record-codec.js";

const HEAD_BYTES = 61;
const LOG_OVERHEAD = 12;
const MAGIC = 2;
const TRANSACTION_FLAG = 16;
const START_BYTES = 1 << 14;
const SHORT_BYTES = 48;

/** A producer whose batches the broker counts, so that one that is sent twice is taken once. */
export interface ProducerMark {
  readonly producerId: number;
  readonly producerEpoch: number;
  /** The number of the first record of the batch in its partition. */
  readonly baseSequence: number;
  readonly isTransactional: boolean;
}

/** Builds record batches of format 2, each for one partition: records by `add`, then `finish`. */
export class RecordBatchWriter {
  count = 0;
  private bytes = new Uint8Array(START_BYTES);
  private at = HEAD_BYTES;
  private firstTimestamp = 0;
  private maxTimestamp = 0;

  /** Bytes that the batch has so far, uncompressed. */
  get size(): number {
    return this.at;
  }

  /**
   * One record more. A negative length is null. `headers` are the bytes of {@link HeaderWriter}, with their count; none where that is 0.
   */
  add(
    timestampMs: number,
    key: Uint8Array,
    keyStart: number,
    keyLength: number,
    value: Uint8Array,
    valueStart: number,
    valueLength: number,
    headers: HeaderWriter,
  ): void {
    if (this.count === 0) this.firstTimestamp = this.maxTimestamp = timestampMs;
    else if (timestampMs > this.maxTimestamp) this.maxTimestamp = timestampMs;
    const timestampDelta = timestampMs - this.firstTimestamp;
    const offsetDelta = this.count++;
    const length =
      1 +
      varlongBytes(timestampDelta) +
      varintBytes(offsetDelta) +
      spanBytes(keyLength) +
      spanBytes(valueLength) +
      varintBytes(headers.count) +
      headers.size;
    this.reserve(length + 5);
    this.varint(length);
    this.bytes[this.at++] = 0;
    this.varlong(timestampDelta);
    this.varint(offsetDelta);
    this.span(key, keyStart, keyLength);
    this.span(value, valueStart, valueLength);
    this.varint(headers.count);
    if (headers.size > 0) {
      this.bytes.set(headers.view(), this.at);
      this.at += headers.size;
    }
  }

  /** The whole batch, and an empty writer. The bytes are the caller's. */
  finish(codec: number, mark: ProducerMark | null): Uint8Array {
    const plain = this.bytes.subarray(HEAD_BYTES, this.at);
    const records = codec === CODECS.none ? plain : compressRecords(codec, plain);
    // each byte is set, so that nothing of other buffers shows
    const batch = Buffer.allocUnsafeSlow(HEAD_BYTES + records.length);
    batch.set(records, HEAD_BYTES);
    const head = new DataView(batch.buffer);
    head.setBigInt64(0, 0n);
    head.setInt32(8, batch.length - LOG_OVERHEAD);
    head.setInt32(12, -1);
    head.setInt8(16, MAGIC);
    head.setInt16(21, codec | (mark?.isTransactional ? TRANSACTION_FLAG : 0));
    head.setInt32(23, this.count - 1);
    head.setBigInt64(27, BigInt(this.firstTimestamp));
    head.setBigInt64(35, BigInt(this.maxTimestamp));
    head.setBigInt64(43, BigInt(mark?.producerId ?? -1));
    head.setInt16(51, mark?.producerEpoch ?? -1);
    head.setInt32(53, mark?.baseSequence ?? -1);
    head.setInt32(57, this.count);
    head.setUint32(17, crc32c(batch, 21, batch.length));
    this.reset();
    return batch;
  }

  /** Forgets the records. */
  reset(): void {
    this.count = 0;
    this.at = HEAD_BYTES;
  }

  private span(source: Uint8Array, start: number, length: number): void {
    this.varint(length < 0 ? -1 : length);
    if (length <= 0) return;
    copySpan(source, start, length, this.bytes, this.at);
    this.at += length;
  }

  private varint(value: number): void {
    let rest = ((value << 1) ^ (value >> 31)) >>> 0;
    for (; rest > 127; rest >>>= 7) this.bytes[this.at++] = rest | 128;
    this.bytes[this.at++] = rest;
  }

  private varlong(value: number): void {
    let rest = value < 0 ? -2 * value - 1 : 2 * value;
    for (; rest > 127; rest = Math.floor(rest / 128)) this.bytes[this.at++] = (rest % 128) | 128;
    this.bytes[this.at++] = rest;
  }

  private reserve(count: number): void {
    if (this.at + count <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(this.bytes.length * 2, this.at + count));
    grown.set(this.bytes.subarray(0, this.at));
    this.bytes = grown;
  }
}

/** The headers of one record, in the form in which they stand in it. */
export class HeaderWriter {
  count = 0;
  size = 0;
  private bytes = new Uint8Array(256);

  /** Forgets the headers. */
  reset(): void {
    this.count = 0;
    this.size = 0;
  }

  /** One header more; a negative length of the value is null. */
  add(
    key: Uint8Array,
    keyStart: number,
    keyLength: number,
    value: Uint8Array,
    valueStart: number,
    valueLength: number,
  ): void {
    this.count++;
    this.span(key, keyStart, keyLength);
    this.span(value, valueStart, valueLength);
  }

  view(): Uint8Array {
    return this.bytes.subarray(0, this.size);
  }

  private span(source: Uint8Array, start: number, length: number): void {
    const needed = this.size + spanBytes(length);
    if (needed > this.bytes.length) {
      const grown = new Uint8Array(needed * 2);
      grown.set(this.view());
      this.bytes = grown;
    }
    let rest = ((Math.max(-1, length) << 1) ^ (length >> 31)) >>> 0;
    for (; rest > 127; rest >>>= 7) this.bytes[this.size++] = rest | 128;
    this.bytes[this.size++] = rest;
    if (length <= 0) return;
    copySpan(source, start, length, this.bytes, this.size);
    this.size += length;
  }
}

/** Short spans byte by byte, as a view of them would cost more than their bytes. */
function copySpan(source: Uint8Array, start: number, length: number, target: Uint8Array, at: number): void {
  if (length > SHORT_BYTES) target.set(source.subarray(start, start + length), at);
  else for (let k = 0; k < length; k++) target[at + k] = source[start + k]!;
}

function spanBytes(length: number): number {
  return length < 0 ? 1 : varintBytes(length) + length;
}

function varintBytes(value: number): number {
  let rest = ((value << 1) ^ (value >> 31)) >>> 0;
  let bytes = 1;
  for (; rest > 127; rest >>>= 7) bytes++;
  return bytes;
}

function varlongBytes(value: number): number {
  let rest = value < 0 ? -2 * value - 1 : 2 * value;
  let bytes = 1;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes++;
  return bytes;
}
