import { equalBytes } from "../text/byte-compare.js";
import { isValidUtf8 } from "../text/utf8.js";
import { malformedVariant, VariantError } from "./variant-error.js";
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
  PRIMITIVE_UUID,
  VARIANT_BYTES_MAX,
  VARIANT_VERSION,
} from "./variant-format.js";

/** What a value in a variant is. */
export type VariantKind =
  | "object"
  | "array"
  | "null"
  | "boolean"
  | "long"
  | "double"
  | "decimal"
  | "date"
  | "timestamp"
  | "timestamp_ntz"
  | "float"
  | "binary"
  | "string"
  | "uuid";

const KINDS: readonly (VariantKind | undefined)[] = (() => {
  const kinds = new Array<VariantKind | undefined>(64).fill(undefined);
  kinds[PRIMITIVE_NULL] = "null";
  kinds[PRIMITIVE_TRUE] = "boolean";
  kinds[PRIMITIVE_FALSE] = "boolean";
  for (const type of [PRIMITIVE_INT8, PRIMITIVE_INT16, PRIMITIVE_INT32, PRIMITIVE_INT64])
    kinds[type] = "long";
  kinds[PRIMITIVE_DOUBLE] = "double";
  for (const type of [PRIMITIVE_DECIMAL4, PRIMITIVE_DECIMAL8, PRIMITIVE_DECIMAL16]) kinds[type] = "decimal";
  kinds[PRIMITIVE_DATE] = "date";
  kinds[PRIMITIVE_TIMESTAMP] = "timestamp";
  kinds[PRIMITIVE_TIMESTAMP_NTZ] = "timestamp_ntz";
  kinds[PRIMITIVE_FLOAT] = "float";
  kinds[PRIMITIVE_BINARY] = "binary";
  kinds[PRIMITIVE_STRING] = "string";
  kinds[PRIMITIVE_UUID] = "uuid";
  return kinds;
})();

/** Bytes of a primitive with its header; of binaries and strings without their bytes. */
const SIZES: Uint8Array = (() => {
  const sizes = new Uint8Array(64);
  for (const type of [PRIMITIVE_NULL, PRIMITIVE_TRUE, PRIMITIVE_FALSE]) sizes[type] = 1;
  sizes[PRIMITIVE_INT8] = 2;
  sizes[PRIMITIVE_INT16] = 3;
  for (const type of [PRIMITIVE_INT32, PRIMITIVE_DATE, PRIMITIVE_FLOAT]) sizes[type] = 5;
  for (const type of [PRIMITIVE_BINARY, PRIMITIVE_STRING]) sizes[type] = 5;
  for (const type of [PRIMITIVE_INT64, PRIMITIVE_DOUBLE, PRIMITIVE_TIMESTAMP, PRIMITIVE_TIMESTAMP_NTZ])
    sizes[type] = 9;
  sizes[PRIMITIVE_DECIMAL4] = 6;
  sizes[PRIMITIVE_DECIMAL8] = 10;
  sizes[PRIMITIVE_DECIMAL16] = 18;
  sizes[PRIMITIVE_UUID] = 17;
  return sizes;
})();

const scratch = new DataView(new ArrayBuffer(8));

/**
 * Looks into one variant after another: `open`, then questions about the value at a position; the whole is at `root`.
 *
 * Objects and arrays are entered with `enter`, which sets `count` and the places that `fieldAt`, `keyOf` and the like compute
 * with; whoever goes on to enter what lies inside keeps a `mark` of what it entered and comes back with `restore`.
 *
 * @throws VariantError Of the faults MALFORMED_VARIANT, UNKNOWN_PRIMITIVE_TYPE_IN_VARIANT and VARIANT_CONSTRUCTOR_SIZE_LIMIT.
 */
export class VariantReader {
  /** The bytes of the value, and where it begins and ends in them. */
  value: Uint8Array = new Uint8Array(0);
  root = 0;
  end = 0;
  /** The bytes of the metadata, and where they begin. */
  metadata: Uint8Array = new Uint8Array(0);
  #metadataStart = 0;
  #metadataEnd = 0;
  #keyCount = 0;
  #keyWidth = 1;
  /** How many fields or elements the object or array has that was entered last. */
  count = 0;
  #ids = 0;
  #idWidth = 0;
  #offsets = 0;
  #width = 1;
  #data = 0;
  /** Where the key or string is that was asked for last, in `metadata` or `value`. */
  textStart = 0;
  textLength = 0;

  open(
    metadata: Uint8Array,
    metadataStart: number,
    metadataLength: number,
    value: Uint8Array,
    valueStart: number,
    valueLength: number,
  ): void {
    if (metadataLength < 1 || (metadata[metadataStart] & 0x0f) !== VARIANT_VERSION) throw malformedVariant();
    if (metadataLength > VARIANT_BYTES_MAX || valueLength > VARIANT_BYTES_MAX) {
      throw new VariantError("VARIANT_CONSTRUCTOR_SIZE_LIMIT");
    }
    this.metadata = metadata;
    this.#metadataStart = metadataStart;
    this.#metadataEnd = metadataStart + metadataLength;
    this.value = value;
    this.root = valueStart;
    this.end = valueStart + valueLength;
    this.#keyWidth = (metadata[metadataStart] >> 6) + 1;
    this.#keyCount = -1;
  }

  /** {@link open} for the two parts as a boxed value has them. */
  openParts(metadata: Uint8Array, value: Uint8Array): void {
    this.open(metadata, 0, metadata.length, value, 0, value.length);
  }

  #check(at: number, size: number): void {
    if (at < this.root || at + size > this.end) throw malformedVariant();
  }

  #unsigned(at: number, width: number): number {
    this.#check(at, width);
    return readUnsigned(this.value, at, width);
  }

  /** What the value at a position is. */
  kindAt(at: number): VariantKind {
    this.#check(at, 1);
    const header = this.value[at];
    switch (header & 3) {
      case BASIC_SHORT_STRING:
        return "string";
      case BASIC_OBJECT:
        return "object";
      case BASIC_ARRAY:
        return "array";
      default: {
        const kind = KINDS[header >> 2];
        if (kind === undefined)
          throw new VariantError("UNKNOWN_PRIMITIVE_TYPE_IN_VARIANT", String(header >> 2));
        return kind;
      }
    }
  }

  /** How many bytes the value at a position takes. */
  sizeAt(at: number): number {
    const kind = this.kindAt(at);
    if (kind === "object" || kind === "array") {
      const before = this.mark();
      this.enter(at);
      const size = this.#data - at + this.#unsigned(this.#offsets + this.count * this.#width, this.#width);
      this.restore(before);
      this.#check(at, size);
      return size;
    }
    const header = this.value[at];
    let size = (header & 3) === BASIC_SHORT_STRING ? 1 + (header >> 2) : SIZES[header >> 2];
    if ((header & 3) !== BASIC_SHORT_STRING && (kind === "string" || kind === "binary")) {
      size += this.#unsigned(at + 1, 4);
    }
    this.#check(at, size);
    return size;
  }

  /** Enters the object or array at a position. */
  enter(at: number): void {
    this.#check(at, 1);
    const header = this.value[at] >> 2;
    const isObject = (this.value[at] & 3) === BASIC_OBJECT;
    const countWidth = (isObject ? header >> 4 : header >> 2) & 1 ? 4 : 1;
    this.#width = (header & 3) + 1;
    this.#idWidth = isObject ? ((header >> 2) & 3) + 1 : 0;
    this.count = this.#unsigned(at + 1, countWidth);
    this.#ids = at + 1 + countWidth;
    this.#offsets = this.#ids + this.count * this.#idWidth;
    this.#data = this.#offsets + (this.count + 1) * this.#width;
    this.#check(at, this.#data - at);
  }

  /** What `restore` needs to come back to the object or array that was entered last. */
  mark(): readonly number[] {
    return [this.count, this.#ids, this.#idWidth, this.#offsets, this.#width, this.#data];
  }

  restore(mark: readonly number[]): void {
    [this.count, this.#ids, this.#idWidth, this.#offsets, this.#width, this.#data] = mark as [
      number,
      number,
      number,
      number,
      number,
      number,
    ];
  }

  /** Position of field or element `k` of what was entered. */
  childAt(k: number): number {
    const at = this.#data + readUnsigned(this.value, this.#offsets + k * this.#width, this.#width);
    this.#check(at, 1);
    return at;
  }

  /** Notes where the key of field `k` of the object that was entered is. */
  findKey(k: number): void {
    this.findKeyOf(readUnsigned(this.value, this.#ids + k * this.#idWidth, this.#idWidth));
  }

  /** Notes where key `id` of the metadata is. */
  findKeyOf(id: number): void {
    const width = this.#keyWidth;
    const first = this.#metadataStart + 1 + width;
    if (this.#keyCount < 0) {
      if (first > this.#metadataEnd) throw malformedVariant();
      this.#keyCount = readUnsigned(this.metadata, first - width, width);
      if (first + (this.#keyCount + 1) * width > this.#metadataEnd) throw malformedVariant();
    }
    if (id >= this.#keyCount) throw malformedVariant();
    const texts = first + (this.#keyCount + 1) * width;
    const start = readUnsigned(this.metadata, first + id * width, width);
    const end = readUnsigned(this.metadata, first + (id + 1) * width, width);
    if (start > end || texts + end > this.#metadataEnd) throw malformedVariant();
    this.textStart = texts + start;
    this.textLength = end - start;
  }

  /** How many keys the metadata has. */
  keyCount(): number {
    const width = this.#keyWidth;
    if (this.#metadataStart + 1 + width > this.#metadataEnd) throw malformedVariant();
    return readUnsigned(this.metadata, this.#metadataStart + 1, width);
  }

  /** The key of field `k` of the object that was entered. */
  keyText(k: number): string {
    this.findKey(k);
    return this.#text(this.metadata);
  }

  /** Position of the field of a key in the object at `at`, -1 where there is none. */
  fieldOf(at: number, key: Uint8Array): number {
    this.enter(at);
    for (let k = 0; k < this.count; k++) {
      this.findKey(k);
      if (this.textLength === key.length && equalBytes(this.metadata, this.textStart, key, 0, key.length)) {
        return this.childAt(k);
      }
    }
    return -1;
  }

  /** Position of an element of the array at `at`, -1 where there is none. */
  elementOf(at: number, index: number): number {
    this.enter(at);
    return index < this.count ? this.childAt(index) : -1;
  }

  booleanAt(at: number): boolean {
    return this.value[at] >> 2 === PRIMITIVE_TRUE;
  }

  /** A whole number. */
  longAt(at: number): bigint {
    const width = this.sizeAt(at) - 1;
    let value = 0n;
    for (let i = width - 1; i >= 0; i--) value = (value << 8n) | BigInt(this.value[at + 1 + i]);
    return BigInt.asIntN(8 * width, value);
  }

  /** Whether a whole number has 64 bits; `intAt` reads the others. */
  isWideAt(at: number): boolean {
    return this.value[at] >> 2 === PRIMITIVE_INT64;
  }

  /** A whole number of at most 32 bits, or days. */
  intAt(at: number): number {
    const width = this.sizeAt(at) - 1;
    const unused = 32 - 8 * width;
    return ((readUnsigned(this.value, at + 1, width) | 0) << unused) >> unused;
  }

  /** The words, low and high, of what has 64 bits. */
  lowAt(at: number): number {
    this.#check(at, 9);
    return readUnsigned(this.value, at + 1, 4) | 0;
  }

  highAt(at: number): number {
    return readUnsigned(this.value, at + 5, 4) | 0;
  }

  /** A DOUBLE or FLOAT. */
  floatingAt(at: number): number {
    const size = this.sizeAt(at);
    for (let i = 1; i < size; i++) scratch.setUint8(i - 1, this.value[at + i]);
    return size === 9 ? scratch.getFloat64(0, true) : scratch.getFloat32(0, true);
  }

  /** The digits of a decimal; its point is `scaleAt` digits from the end. */
  unscaledAt(at: number): bigint {
    const width = this.sizeAt(at) - 2;
    let value = 0n;
    for (let i = width - 4; i >= 0; i -= 4)
      value = (value << 32n) | BigInt(readUnsigned(this.value, at + 2 + i, 4));
    return BigInt.asIntN(8 * width, value);
  }

  scaleAt(at: number): number {
    this.#check(at, 2);
    if (this.value[at + 1] > 38) throw malformedVariant();
    return this.value[at + 1];
  }

  /** The microseconds of a timestamp. */
  microsAt(at: number): bigint {
    return BigInt.asIntN(64, (BigInt(this.highAt(at)) << 32n) | BigInt(this.lowAt(at) >>> 0));
  }

  /** Notes where in `value` the bytes of a string or binary are. */
  findBytes(at: number): void {
    const size = this.sizeAt(at);
    const head = (this.value[at] & 3) === BASIC_SHORT_STRING ? 1 : 5;
    this.textStart = at + head;
    this.textLength = size - head;
  }

  stringAt(at: number): string {
    this.findBytes(at);
    return this.#text(this.value);
  }

  bytesAt(at: number): Uint8Array {
    this.findBytes(at);
    return this.value.slice(this.textStart, this.textStart + this.textLength);
  }

  /** A UUID as text. */
  uuidAt(at: number): string {
    this.#check(at, 17);
    const hex = Buffer.from(this.value.subarray(at + 1, at + 17)).toString("hex");
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
  }

  #text(bytes: Uint8Array): string {
    return Buffer.from(bytes.buffer, bytes.byteOffset + this.textStart, this.textLength).toString();
  }

  /** Whether the metadata and the value are well-formed from end to end. */
  isValid(): boolean {
    try {
      const count = this.keyCount();
      for (let id = 0; id < count; id++) {
        this.findKeyOf(id);
        if (!isValidUtf8(this.metadata, this.textStart, this.textLength)) return false;
      }
      return this.root + this.#validate(this.root) === this.end;
    } catch (error) {
      if (error instanceof VariantError) return false;
      throw error;
    }
  }

  #validate(at: number): number {
    const kind = this.kindAt(at);
    const size = this.sizeAt(at);
    if (kind === "decimal") this.scaleAt(at);
    if (kind === "string") {
      this.findBytes(at);
      if (!isValidUtf8(this.value, this.textStart, this.textLength)) throw malformedVariant();
    }
    if (kind !== "object" && kind !== "array") return size;
    this.enter(at);
    const entered = this.mark();
    for (let k = 0; k < this.count; k++) {
      if (kind === "object") this.findKey(k);
      const child = this.childAt(k);
      if (child + this.#validate(child) > at + size) throw malformedVariant();
      this.restore(entered);
    }
    return size;
  }
}

function readUnsigned(bytes: Uint8Array, at: number, width: number): number {
  switch (width) {
    case 1:
      return bytes[at];
    case 2:
      return bytes[at] | (bytes[at + 1] << 8);
    case 3:
      return bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16);
    default:
      return (bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24)) >>> 0;
  }
}
