import { ByteArena } from "../text/byte-arena.js";
import { VariantDictionary } from "./variant-dictionary.js";
import { VariantError } from "./variant-error.js";
import {
  BASIC_ARRAY,
  BASIC_OBJECT,
  BASIC_SHORT_STRING,
  PRIMITIVE_BINARY,
  PRIMITIVE_DATE,
  PRIMITIVE_DECIMAL4,
  PRIMITIVE_DECIMAL8,
  PRIMITIVE_DECIMAL16,
  PRIMITIVE_DOUBLE,
  PRIMITIVE_FALSE,
  PRIMITIVE_FLOAT,
  PRIMITIVE_INT8,
  PRIMITIVE_INT16,
  PRIMITIVE_INT32,
  PRIMITIVE_INT64,
  PRIMITIVE_NULL,
  PRIMITIVE_STRING,
  PRIMITIVE_TIMESTAMP,
  PRIMITIVE_TIMESTAMP_NTZ,
  PRIMITIVE_TRUE,
  SHORT_STRING_BYTES_MAX,
  VARIANT_BYTES_MAX,
  widthOf,
  writeUnsignedAt,
} from "./variant-format.js";

const POWER_9 = 1_000_000_000n;
const POWER_18 = POWER_9 * POWER_9;
const POWER_38 = 10n ** 38n;

const scratchFloats = new Float64Array(1);
const scratchFloat = new Float32Array(1);
const floatsBytes = new Uint8Array(scratchFloats.buffer);
const floatBytes = new Uint8Array(scratchFloat.buffer);

/**
 * Writes one variant after another: `reset`, then the value in order, then `value` and `metadata` hold its two parts until the
 * next `reset`.
 *
 * An object is begun by noting `value.length` and `entryCount`; before each field `addEntry` notes its key (by its number in
 * `dictionary`) and place; `finishObject` gets what was noted and puts the header before the fields. Arrays are the same
 * with `finishArray` and keys of no meaning.
 *
 * @throws VariantError Of the faults VARIANT_SIZE_LIMIT and VARIANT_DUPLICATE_KEY.
 */
export class VariantBuilder {
  readonly value: ByteArena = new ByteArena(1024);
  readonly metadata: ByteArena = new ByteArena(256);
  readonly dictionary: VariantDictionary = new VariantDictionary();
  /** Of a key that comes twice in an object the last value counts, instead of being refused. */
  allowDuplicateKeys = false;
  /** How many fields and elements of open objects and arrays are noted. */
  entryCount = 0;
  #ids = new Int32Array(64);
  #offsets = new Int32Array(64);

  /** Begins a variant. */
  reset(): void {
    this.value.clear();
    this.dictionary.reset();
    this.entryCount = 0;
  }

  /** Ends a variant: writes its metadata. */
  finish(): void {
    if (this.value.length > VARIANT_BYTES_MAX) throw new VariantError("VARIANT_SIZE_LIMIT");
    this.metadata.clear();
    this.dictionary.writeTo(this.metadata);
  }

  /** Notes the place of a field, whose key has the number `id`, or of an element. */
  addEntry(id: number, start: number): void {
    if (this.value.length > VARIANT_BYTES_MAX) throw new VariantError("VARIANT_SIZE_LIMIT");
    const k = this.entryCount++;
    if (k === this.#ids.length) this.#growEntries();
    this.#ids[k] = id;
    this.#offsets[k] = this.value.length - start;
  }

  #growEntries(): void {
    const ids = new Int32Array(2 * this.#ids.length);
    ids.set(this.#ids);
    this.#ids = ids;
    const offsets = new Int32Array(ids.length);
    offsets.set(this.#offsets);
    this.#offsets = offsets;
  }

  appendNull(): void {
    this.value.appendByte(PRIMITIVE_NULL << 2);
  }

  appendBoolean(value: boolean): void {
    this.value.appendByte((value ? PRIMITIVE_TRUE : PRIMITIVE_FALSE) << 2);
  }

  /** A whole number, in as few bytes as hold it; exact up to 2^53. */
  appendInteger(value: number): void {
    if (value >= -128 && value <= 127) this.#int32(PRIMITIVE_INT8, value, 1);
    else if (value >= -32768 && value <= 32767) this.#int32(PRIMITIVE_INT16, value, 2);
    else if (value >= -2147483648 && value <= 2147483647) this.#int32(PRIMITIVE_INT32, value, 4);
    else this.#int64(PRIMITIVE_INT64, value | 0, Math.floor(value / 4294967296));
  }

  /** A whole number of 64 bits, in as few bytes as hold it. */
  appendLong(low: number, high: number): void {
    if (high === low >> 31) this.appendInteger(low | 0);
    else this.#int64(PRIMITIVE_INT64, low, high);
  }

  appendDouble(value: number): void {
    scratchFloats[0] = value;
    this.#header(PRIMITIVE_DOUBLE, 8);
    this.value.appendBytes(floatsBytes, 0, 8);
  }

  appendFloat(value: number): void {
    scratchFloat[0] = value;
    this.#header(PRIMITIVE_FLOAT, 4);
    this.value.appendBytes(floatBytes, 0, 4);
  }

  /** A decimal of at most nine digits, and so many after the point. */
  appendDecimal4(unscaled: number, scale: number): void {
    this.#header(PRIMITIVE_DECIMAL4, 5);
    this.value.appendByte(scale);
    this.#word(unscaled, 4);
  }

  /** A decimal of at most fifteen digits, more than nine of them or so many after the point. */
  appendDecimal8(unscaled: number, scale: number): void {
    this.#header(PRIMITIVE_DECIMAL8, 9);
    this.value.appendByte(scale);
    this.#word(unscaled | 0, 4);
    this.#word(Math.floor(unscaled / 4294967296), 4);
  }

  /** A decimal of at most 38 digits, and so many after the point. */
  appendDecimal(unscaled: bigint, scale: number): void {
    const digits = unscaled < 0n ? -unscaled : unscaled;
    if (scale <= 9 && digits < POWER_9) return this.appendDecimal4(Number(unscaled), scale);
    const wide = scale > 18 || digits >= POWER_18;
    if (digits >= POWER_38 || scale > 38) throw new RangeError("a decimal has at most 38 digits");
    this.#header(wide ? PRIMITIVE_DECIMAL16 : PRIMITIVE_DECIMAL8, wide ? 17 : 9);
    this.value.appendByte(scale);
    for (let shift = 0n; shift < (wide ? 128n : 64n); shift += 32n) {
      this.#word(Number(BigInt.asIntN(32, unscaled >> shift)), 4);
    }
  }

  /** Days since 1970-01-01. */
  appendDate(days: number): void {
    this.#int32(PRIMITIVE_DATE, days, 4);
  }

  /** Microseconds since 1970-01-01T00:00:00Z. */
  appendTimestamp(micros: bigint): void {
    this.#micros(PRIMITIVE_TIMESTAMP, micros);
  }

  /** Microseconds since 1970-01-01T00:00:00 of a clock without a zone. */
  appendTimestampNtz(micros: bigint): void {
    this.#micros(PRIMITIVE_TIMESTAMP_NTZ, micros);
  }

  #micros(type: number, micros: bigint): void {
    this.#int64(type, Number(BigInt.asIntN(32, micros)), Number(BigInt.asIntN(32, micros >> 32n)));
  }

  appendBinary(bytes: Uint8Array, start: number, length: number): void {
    this.#header(PRIMITIVE_BINARY, 4);
    this.#word(length, 4);
    this.value.appendBytes(bytes, start, length);
  }

  /** A string, given as UTF-8. */
  appendString(bytes: Uint8Array, start: number, length: number): void {
    if (length <= SHORT_STRING_BYTES_MAX) {
      this.value.appendByte((length << 2) | BASIC_SHORT_STRING);
    } else {
      this.#header(PRIMITIVE_STRING, 4);
      this.#word(length, 4);
    }
    this.value.appendBytes(bytes, start, length);
  }

  /** Bytes that are a value without keys inside. */
  appendEncoded(bytes: Uint8Array, start: number, length: number): void {
    this.value.appendBytes(bytes, start, length);
  }

  #header(type: number, size: number): void {
    this.value.reserve(size + 1);
    this.value.appendByte(type << 2);
  }

  #int32(type: number, value: number, width: number): void {
    this.#header(type, width);
    this.#word(value, width);
  }

  #int64(type: number, low: number, high: number): void {
    this.#header(type, 8);
    this.#word(low, 4);
    this.#word(high, 4);
  }

  #word(value: number, width: number): void {
    this.value.reserve(width);
    writeUnsignedAt(this.value.bytes, this.value.length, value, width);
    this.value.length += width;
  }

  /** Puts the header of an array before the elements that were written since `start` and noted since `first`. */
  finishArray(start: number, first: number): void {
    const count = this.entryCount - first;
    const size = this.value.length - start;
    const width = widthOf(size);
    const isLarge = count > 0xff;
    const countWidth = isLarge ? 4 : 1;
    this.#shift(start, 1 + countWidth + (count + 1) * width);
    const target = this.value.bytes;
    target[start] = (isLarge ? 1 << 4 : 0) | ((width - 1) << 2) | BASIC_ARRAY;
    writeUnsignedAt(target, start + 1, count, countWidth);
    this.#writeOffsets(start + 1 + countWidth, first, width, size);
    this.entryCount = first;
  }

  /** Puts the header of an object before the fields that were written since `start` and noted since `first`. */
  finishObject(start: number, first: number): void {
    this.#sort(first);
    this.#settleDuplicates(start, first);
    const count = this.entryCount - first;
    const ids = this.#ids;
    let idMax = 0;
    for (let k = first; k < this.entryCount; k++) if (ids[k] > idMax) idMax = ids[k];
    const size = this.value.length - start;
    const idWidth = widthOf(idMax);
    const width = widthOf(size);
    const isLarge = count > 0xff;
    const countWidth = isLarge ? 4 : 1;
    this.#shift(start, 1 + countWidth + count * idWidth + (count + 1) * width);
    const target = this.value.bytes;
    target[start] = (isLarge ? 1 << 6 : 0) | ((idWidth - 1) << 4) | ((width - 1) << 2) | BASIC_OBJECT;
    writeUnsignedAt(target, start + 1, count, countWidth);
    let at = start + 1 + countWidth;
    for (let k = first; k < this.entryCount; k++, at += idWidth) writeUnsignedAt(target, at, ids[k], idWidth);
    this.#writeOffsets(at, first, width, size);
    this.entryCount = first;
  }

  #shift(start: number, by: number): void {
    const { value } = this;
    value.reserve(by);
    value.bytes.copyWithin(start + by, start, value.length);
    value.length += by;
  }

  #writeOffsets(position: number, first: number, width: number, size: number): void {
    const target = this.value.bytes;
    let at = position;
    for (let k = first; k < this.entryCount; k++, at += width) {
      writeUnsignedAt(target, at, this.#offsets[k], width);
    }
    writeUnsignedAt(target, at, size, width);
  }

  /** Orders the fields by their keys, in order of equal ones; most come nearly so. */
  #sort(first: number): void {
    if (this.entryCount - first > 64) return this.#sortMany(first);
    const ids = this.#ids;
    const offsets = this.#offsets;
    for (let k = first + 1; k < this.entryCount; k++) {
      const id = ids[k];
      const offset = offsets[k];
      let at = k - 1;
      while (at >= first && this.#compareKeys(ids[at], id) > 0) {
        ids[at + 1] = ids[at];
        offsets[at + 1] = offsets[at];
        at--;
      }
      ids[at + 1] = id;
      offsets[at + 1] = offset;
    }
  }

  #sortMany(first: number): void {
    const ids = this.#ids.slice(first, this.entryCount);
    const offsets = this.#offsets.slice(first, this.entryCount);
    const order = new Uint32Array(ids.length);
    for (let k = 0; k < order.length; k++) order[k] = k;
    order.sort((a, b) => this.#compareKeys(ids[a], ids[b]) || a - b);
    for (let k = 0; k < order.length; k++) {
      this.#ids[first + k] = ids[order[k]];
      this.#offsets[first + k] = offsets[order[k]];
    }
  }

  /** Keys are in the order of their UTF-16 code units, in which characters beyond U+FFFF come before U+E000 to U+FFFF. */
  #compareKeys(a: number, b: number): number {
    if (a === b) return 0;
    const { starts, keys } = this.dictionary;
    const { bytes } = keys;
    let left = starts[a];
    let right = starts[b];
    const leftEnd = starts[a + 1];
    const rightEnd = starts[b + 1];
    while (left < leftEnd && right < rightEnd) {
      const difference = unitRank(bytes[left++]) - unitRank(bytes[right++]);
      if (difference !== 0) return difference;
    }
    return leftEnd - left - (rightEnd - right);
  }

  #settleDuplicates(start: number, first: number): void {
    const ids = this.#ids;
    let duplicate = -1;
    for (let k = first + 1; k < this.entryCount && duplicate < 0; k++) {
      if (ids[k] === ids[k - 1]) duplicate = ids[k];
    }
    if (duplicate < 0) return;
    if (!this.allowDuplicateKeys) {
      const { starts, keys } = this.dictionary;
      const key = keys.bytes.subarray(starts[duplicate], starts[duplicate + 1]);
      throw new VariantError("VARIANT_DUPLICATE_KEY", new TextDecoder().decode(key));
    }
    this.#dropDuplicates(start, first);
  }

  /** Keeps the last of the fields of each key and closes the gaps that the others leave. */
  #dropDuplicates(start: number, first: number): void {
    const { value } = this;
    const all = Array.from(this.#offsets.subarray(first, this.entryCount)).sort((a, b) => a - b);
    const endOf = new Map(all.map((offset, k) => [offset, all[k + 1] ?? value.length - start]));
    let count = first;
    for (let k = first; k < this.entryCount; k++) {
      if (k + 1 < this.entryCount && this.#ids[k + 1] === this.#ids[k]) continue;
      this.#ids[count] = this.#ids[k];
      this.#offsets[count++] = this.#offsets[k];
    }
    this.entryCount = count;
    const places = Array.from({ length: count - first }, (_, k) => first + k);
    places.sort((a, b) => this.#offsets[a] - this.#offsets[b]);
    let end = 0;
    for (const k of places) {
      const offset = this.#offsets[k];
      const behind = endOf.get(offset) as number;
      value.bytes.copyWithin(start + end, start + offset, start + behind);
      this.#offsets[k] = end;
      end += behind - offset;
    }
    value.length = start + end;
  }
}

function unitRank(byte: number): number {
  return byte === 0xee || byte === 0xef ? byte + 0x10 : byte;
}
