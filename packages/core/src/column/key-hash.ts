import { valueAt } from "./access.js";
import type {
  BytesBuilder,
  ColumnBuilder,
  Int128Builder,
  IntervalBuilder,
  StructBuilder,
} from "./builder.js";
import type * as c from "./column.js";
import type { MapValue, Value } from "./value.js";

/** Whether row `i` of a column equals what a table holds in a slot. */
export type RowEquality = (i: number, slot: number) => boolean;

const NULL_HASH = 0x2545f491;

/** Mixes the bits of a 32-bit number well (the finaliser of MurmurHash3). */
export function mix(h: number): number {
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** A hash per row over several columns, into `out`. Rows that are equal as group keys have equal hashes. */
export function hashColumns(columns: readonly c.Column[], rowCount: number, out: Int32Array): void {
  out.fill(0x9747b28c | 0, 0, rowCount);
  for (const column of columns) hashInto(column, rowCount, out);
}

function hashInto(column: c.Column, rowCount: number, out: Int32Array): void {
  switch (column.layout) {
    case "boolean":
    case "int8":
    case "int16":
    case "int32":
      return hashInt32(column, column.values, rowCount, out);
    case "int64":
      return hashWords(column, column.words, rowCount, out);
    case "float64":
      return hashFloat64(column, rowCount, out);
    case "bytes":
      return hashBytes(column, rowCount, out);
    case "dictionary":
      return hashDictionary(column, rowCount, out);
    case "struct":
      // the children of a null struct are null, so it hashes like a struct of nulls; equality tells them apart
      for (const child of column.children) hashInto(child, rowCount, out);
      return;
  }
  for (let i = 0; i < rowCount; i++) out[i] = mix(out[i]! ^ hashValue(valueAt(column, i)));
}

function hashInt32(column: c.Column, values: ArrayLike<number>, rowCount: number, out: Int32Array): void {
  if (column.validity === null) {
    for (let i = 0; i < rowCount; i++) out[i] = mix(Math.imul(out[i]!, 31) ^ values[i]!);
    return;
  }
  for (let i = 0; i < rowCount; i++) {
    out[i] = mix(Math.imul(out[i]!, 31) ^ (column.isNull(i) ? NULL_HASH : values[i]!));
  }
}

function hashWords(column: c.Column, words: Int32Array, rowCount: number, out: Int32Array): void {
  const nullable = column.validity !== null;
  for (let i = 0; i < rowCount; i++) {
    const word =
      nullable && column.isNull(i) ? NULL_HASH : words[2 * i]! ^ Math.imul(words[2 * i + 1]!, 0x9e3779b1);
    out[i] = mix(Math.imul(out[i]!, 31) ^ word);
  }
}

const floatScratch = new Float64Array(1);
const floatWords = new Int32Array(floatScratch.buffer);

function doubleHash(value: number): number {
  // adding 0 turns -0.0 into 0.0; every NaN is one
  floatScratch[0] = value === value ? value + 0 : Number.NaN;
  return floatWords[0]! ^ Math.imul(floatWords[1]!, 0x9e3779b1);
}

function hashFloat64(column: c.Float64Column, rowCount: number, out: Int32Array): void {
  for (let i = 0; i < rowCount; i++) {
    const word = column.isNull(i) ? NULL_HASH : doubleHash(column.values[i]!);
    out[i] = mix(Math.imul(out[i]!, 31) ^ word);
  }
}

/** A hash of `length` bytes from `start`. */
export function hashSlice(data: Uint8Array, start: number, length: number): number {
  let h = length;
  const end = start + length;
  let i = start;
  for (; i + 4 <= end; i += 4) {
    const word = data[i]! | (data[i + 1]! << 8) | (data[i + 2]! << 16) | (data[i + 3]! << 24);
    h = Math.imul(h ^ word, 0x9e3779b1);
    h ^= h >>> 15;
  }
  for (; i < end; i++) h = Math.imul(h ^ data[i]!, 0x85ebca6b);
  return h ^ (h >>> 13);
}

function hashBytes(column: c.BytesColumn, rowCount: number, out: Int32Array): void {
  const { data, starts, lengths } = column;
  const nullable = column.validity !== null;
  for (let i = 0; i < rowCount; i++) {
    const word = nullable && column.isNull(i) ? NULL_HASH : hashSlice(data, starts[i]!, lengths[i]!);
    out[i] = mix(Math.imul(out[i]!, 31) ^ word);
  }
}

/** Hashes each entry once. An entry's hash is what a plain column of the same value would contribute. */
function hashDictionary(column: c.DictionaryColumn, rowCount: number, out: Int32Array): void {
  const { dictionary, codes } = column;
  const words = new Int32Array(dictionary.length);
  for (let k = 0; k < words.length; k++) words[k] = entryWord(dictionary, k);
  for (let i = 0; i < rowCount; i++) {
    out[i] = mix(Math.imul(out[i]!, 31) ^ (column.isNull(i) ? NULL_HASH : words[codes[i]!]!));
  }
}

function entryWord(column: c.Column, k: number): number {
  switch (column.layout) {
    case "bytes":
      return hashSlice(column.data, column.starts[k]!, column.lengths[k]!);
    case "boolean":
    case "int8":
    case "int16":
    case "int32":
      return column.values[k]!;
    case "int64":
      return column.words[2 * k]! ^ Math.imul(column.words[2 * k + 1]!, 0x9e3779b1);
    case "float64":
      return doubleHash(column.values[k]!);
    default:
      return hashValue(valueAt(column, k));
  }
}

function hashText(text: string): number {
  let h = text.length;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x9e3779b1);
  return mix(h);
}

/** A hash of a boxed value, for the layouts that have no loop of their own. */
function hashValue(value: Value): number {
  if (value === null) return NULL_HASH;
  switch (typeof value) {
    case "boolean":
      return value ? 1 : 0;
    case "number":
      return doubleHash(value);
    case "bigint":
      return mix(Number(BigInt.asIntN(32, value)) ^ Number(BigInt.asIntN(32, value >> 32n)));
    case "string":
      return hashText(value);
  }
  if (value instanceof Uint8Array) return hashSlice(value, 0, value.length);
  if (Array.isArray(value))
    return value.reduce((h: number, v: Value) => mix(Math.imul(h, 31) ^ hashValue(v)), 7);
  if ("keys" in value) return hashMap(value as MapValue);
  if ("months" in value)
    return mix(value.months ^ Math.imul(value.days, 31) ^ Number(BigInt.asIntN(32, value.micros)));
  return 0;
}

/** The order of the entries does not count: their hashes are added. */
function hashMap({ keys, values }: MapValue): number {
  let h = keys.length;
  keys.forEach((key, k) => {
    h = (h + mix(Math.imul(hashValue(key), 31) ^ hashValue(values[k]!))) | 0;
  });
  return mix(h);
}

/** Equality of rows of a column with slots of a builder of the same type. */
export function keyEquality(column: c.Column, keys: ColumnBuilder): RowEquality {
  if (column.layout === "dictionary") {
    const inner = keyEquality(column.dictionary, keys);
    const { codes } = column;
    if (column.validity === null) return (i, slot) => inner(codes[i]!, slot);
    return (i, slot) => (column.isNull(i) ? keys.isNull(slot) : inner(codes[i]!, slot));
  }
  const same = presentEquality(column, keys);
  return (i, slot) => {
    const isNull = column.isNull(i);
    if (isNull || keys.isNull(slot)) return isNull && keys.isNull(slot);
    return same(i, slot);
  };
}

// The builders replace their arrays as they grow, so a comparison reads the array from the builder each time.
function presentEquality(column: Exclude<c.Column, c.DictionaryColumn>, keys: ColumnBuilder): RowEquality {
  switch (column.layout) {
    case "boolean":
    case "int8":
    case "int16":
    case "int32": {
      const { values } = column;
      const builder = keys as unknown as { values: Int32Array };
      return (i, slot) => values[i] === builder.values[slot];
    }
    case "int64": {
      const { values } = column;
      const builder = keys as unknown as { values: BigInt64Array };
      return (i, slot) => values[i] === builder.values[slot];
    }
    case "float32":
    case "float64": {
      const { values } = column;
      const builder = keys as unknown as { values: Float64Array };
      return (i, slot) => {
        const a = values[i]!;
        const b = builder.values[slot]!;
        return a === b || (a !== a && b !== b);
      };
    }
    case "int128": {
      const { values } = column;
      const builder = keys as Int128Builder;
      return (i, slot) =>
        values[2 * i] === builder.values[2 * slot] && values[2 * i + 1] === builder.values[2 * slot + 1];
    }
    case "bytes":
      return bytesEquality(column, keys as BytesBuilder);
    case "struct": {
      const parts = column.children.map((child, k) =>
        keyEquality(child, (keys as StructBuilder).children[k]!),
      );
      return (i, slot) => parts.every((part) => part(i, slot));
    }
    case "interval": {
      const builder = keys as IntervalBuilder;
      return (i, slot) =>
        column.months[i] === builder.months.values[slot] &&
        column.days[i] === builder.days.values[slot] &&
        column.micros[i] === builder.micros.values[slot];
    }
    case "null":
      return () => true;
    default:
      return (i, slot) => sameValue(valueAt(column, i), valueAt(keys.view(), slot));
  }
}

function bytesEquality(column: c.BytesColumn, keys: BytesBuilder): RowEquality {
  const { data, starts, lengths } = column;
  return (i, slot) => {
    const length = lengths[i]!;
    if (length !== keys.lengths[slot]) return false;
    const mine = starts[i]!;
    const other = keys.data;
    const theirs = keys.starts[slot]!;
    for (let k = 0; k < length; k++) if (data[mine + k] !== other[theirs + k]) return false;
    return true;
  };
}

/** The same entries, in whatever order. */
function sameMap(a: MapValue, b: MapValue): boolean {
  if (a.keys.length !== b.keys.length) return false;
  return a.keys.every((key, k) => {
    const at = b.keys.findIndex((other) => sameValue(key, other));
    return at >= 0 && sameValue(a.values[k]!, b.values[at]!);
  });
}

/** Equality of boxed values as group keys. */
export function sameValue(a: Value, b: Value): boolean {
  if (a === b) return true;
  if (a === null || b === null || typeof a !== typeof b) return false;
  if (typeof a === "number") return a !== a && b !== b;
  if (typeof a !== "object" || typeof b !== "object") return false;
  if (a instanceof Uint8Array && b instanceof Uint8Array) {
    return a.length === b.length && a.every((byte, k) => byte === b[k]);
  }
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((value, k) => sameValue(value, b[k] as Value));
  }
  if ("keys" in a && "keys" in b) {
    return sameMap(a as MapValue, b as MapValue);
  }
  if ("months" in a && "months" in b) {
    return a.months === b.months && a.days === b.days && a.micros === b.micros;
  }
  return false;
}
