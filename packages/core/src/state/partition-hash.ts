import type * as c from "../column/column.js";
import { mix } from "../column/key/hash-index.js";
import { takeColumn } from "../column/take.js";

/** What a null counts as. */
const NULL = 0x6e756c6c;
const SEED = 0x53535054;

/** How the keys of a family are divided: into logical partitions by their hash, and these among owners, in turn. */
export interface StateDivision {
  readonly partitions: number;
  readonly owners: number;
}

/**
 * The rows of some keys by owner, each in the order of the rows. Partition `p` is owned by `p % owners`. The hash depends on nothing but the
 * keys, as Spark groups them: it is the same in every thread and after every restart.
 */
export function rowsByOwner(
  keys: readonly c.Column[],
  rowCount: number,
  { partitions, owners }: StateDivision,
): readonly Int32Array[] {
  const ownerOf = hashKeys(keys, rowCount);
  const counts = new Int32Array(owners);
  for (let i = 0; i < rowCount; i++) {
    const owner = ((ownerOf[i]! >>> 0) % partitions) % owners;
    ownerOf[i] = owner;
    counts[owner]!++;
  }
  const rows = Array.from(counts, (count) => new Int32Array(count));
  counts.fill(0);
  for (let i = 0; i < rowCount; i++) {
    const owner = ownerOf[i]!;
    rows[owner]![counts[owner]!++] = i;
  }
  return rows;
}

/** A hash of each row's key. It must never change: state files name what it divides. */
export function hashKeys(keys: readonly c.Column[], rowCount: number): Int32Array {
  const hashes = new Int32Array(rowCount).fill(SEED);
  for (const key of keys) {
    const values = valueHashes(key, rowCount);
    for (let i = 0; i < rowCount; i++) hashes[i] = combine(hashes[i]!, values[i]!);
  }
  for (let i = 0; i < rowCount; i++) hashes[i] = mix(hashes[i]!);
  return hashes;
}

function combine(hash: number, word: number): number {
  const mixed = hash ^ Math.imul(word, 0xcc9e2d51);
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0;
}

/** A number for each value; equal values have equal ones, whichever layout they come in. */
function valueHashes(column: c.Column, rowCount: number): Int32Array {
  if (column.layout === "null") return new Int32Array(rowCount).fill(NULL);
  if (column.layout === "dictionary") return entryHashes(column, rowCount);
  const out = new Int32Array(rowCount);
  writeHashes(column, rowCount, out);
  if (column.validity !== null) for (let i = 0; i < rowCount; i++) if (column.isNull(i)) out[i] = NULL;
  return out;
}

function entryHashes(column: c.DictionaryColumn, rowCount: number): Int32Array {
  const { dictionary, codes } = column;
  const out = new Int32Array(rowCount);
  if (dictionary.length > rowCount) {
    const present = new Int32Array(rowCount);
    for (let i = 0; i < rowCount; i++) present[i] = column.isNull(i) ? -1 : codes[i]!;
    return valueHashes(takeColumn(dictionary, present, rowCount), rowCount);
  }
  const entries = valueHashes(dictionary, dictionary.length);
  for (let i = 0; i < rowCount; i++) out[i] = column.isNull(i) ? NULL : entries[codes[i]!]!;
  return out;
}

const double = new Float64Array(1);
const doubleWords = new Int32Array(double.buffer);
const float = new Float32Array(1);
const floatWord = new Int32Array(float.buffer);

function writeHashes(
  column: Exclude<c.Column, c.DictionaryColumn | c.NullColumn>,
  rowCount: number,
  out: Int32Array,
): void {
  switch (column.layout) {
    case "boolean":
    case "int8":
    case "int16":
    case "int32": {
      const { values } = column;
      for (let i = 0; i < rowCount; i++) out[i] = values[i]!;
      return;
    }
    case "float32":
      for (let i = 0; i < rowCount; i++) {
        const value = column.values[i]!;
        float[0] = value === value ? value + 0 : Number.NaN;
        out[i] = floatWord[0]!;
      }
      return;
    case "float64":
      for (let i = 0; i < rowCount; i++) {
        const value = column.values[i]!;
        double[0] = value === value ? value + 0 : Number.NaN;
        out[i] = combine(doubleWords[0]!, doubleWords[1]!);
      }
      return;
    case "int64":
      return foldWords(column.words, 2, rowCount, out);
    case "int128":
      return foldWords(wordsOf(column.values), 4, rowCount, out);
    case "interval":
      foldWords(wordsOf(column.micros), 2, rowCount, out);
      for (let i = 0; i < rowCount; i++) {
        out[i] = combine(combine(out[i]!, column.months[i]!), column.days[i]!);
      }
      return;
    case "bytes":
      return hashBytes(column, rowCount, out);
    case "struct":
      out.fill(SEED);
      for (const child of column.children) {
        const values = valueHashes(child, rowCount);
        for (let i = 0; i < rowCount; i++) out[i] = combine(out[i]!, values[i]!);
      }
      return;
    case "list":
    case "map":
      return hashChildren(column, rowCount, out);
  }
}

function wordsOf(values: BigInt64Array): Int32Array {
  return new Int32Array(values.buffer, values.byteOffset, values.length * 2);
}

function foldWords(words: Int32Array, width: number, rowCount: number, out: Int32Array): void {
  for (let i = 0; i < rowCount; i++) {
    let hash = words[i * width]!;
    for (let w = 1; w < width; w++) hash = combine(hash, words[i * width + w]!);
    out[i] = hash;
  }
}

function hashBytes({ data, starts, lengths }: c.BytesColumn, rowCount: number, out: Int32Array): void {
  for (let i = 0; i < rowCount; i++) {
    const length = lengths[i]!;
    let at = starts[i]!;
    const end = at + length;
    let hash = length;
    for (; at + 4 <= end; at += 4) {
      const word = data[at]! | (data[at + 1]! << 8) | (data[at + 2]! << 16) | (data[at + 3]! << 24);
      hash = combine(hash, word);
    }
    for (; at < end; at++) hash = combine(hash, data[at]!);
    out[i] = hash;
  }
}

/** Lists: the elements in their order. Maps: their entries, whose order does not count. */
function hashChildren(column: c.ListColumn | c.MapColumn, rowCount: number, out: Int32Array): void {
  const positions: number[] = [];
  const ends = new Int32Array(rowCount);
  for (let i = 0; i < rowCount; i++) {
    const length = column.isNull(i) ? 0 : column.lengths[i]!;
    for (let k = 0; k < length; k++) positions.push(column.starts[i]! + k);
    ends[i] = positions.length;
  }
  const rows = Int32Array.from(positions);
  const hashesOf = (child: c.Column): Int32Array =>
    valueHashes(takeColumn(child, rows, rows.length), rows.length);
  const [first, second] =
    column.layout === "list"
      ? [hashesOf(column.elements), undefined]
      : [hashesOf(column.keys), hashesOf(column.mapValues)];
  for (let i = 0, at = 0; i < rowCount; i++) {
    let hash = SEED;
    for (; at < ends[i]!; at++) {
      if (second === undefined) hash = combine(hash, first[at]!);
      else hash = (hash + mix(combine(first[at]!, second[at]!))) | 0;
    }
    out[i] = hash;
  }
}
