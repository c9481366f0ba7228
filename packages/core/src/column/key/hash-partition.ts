const PART_COUNT = 256;

/** Pairs of two words, those of one part after those of another. */
export interface PartedPairs {
  readonly pairs: Int32Array;
  /** Part p has the pairs `ends[p] .. ends[p + 1])`. */
  readonly ends: Int32Array;
}

/**
 * Sorts the pairs `from .. to)` by their part, of which there are 256: `partOf` gives it from the first word and the number of the pair. A table of
 * hashes that is filled part by part touches memory that the processor's cache holds, where one that is filled in any
 * order waits for the memory at each entry.
 */
export function partPairs(
  pairs: Int32Array,
  from: number,
  to: number,
  partOf: (word: number, pair: number) => number,
): PartedPairs {
  const ends = new Int32Array(PART_COUNT + 1);
  const parts = new Uint8Array(to - from);
  for (let k = from; k < to; k++) {
    const part = partOf(pairs[2 * k]!, k);
    parts[k - from] = part;
    ends[part + 1]!++;
  }
  for (let p = 0; p < PART_COUNT; p++) ends[p + 1]! += ends[p]!;
  const next = ends.slice(0, PART_COUNT);
  const parted = new Int32Array(2 * (to - from));
  for (let k = from; k < to; k++) {
    const at = 2 * next[parts[k - from]!]!++;
    parted[at] = pairs[2 * k]!;
    parted[at + 1] = pairs[2 * k + 1]!;
  }
  return { pairs: parted, ends };
}

let scratch: Int32Array = new Int32Array(0);

/** Room for so many words, for the time of a call: the entries of one table, on their way to where they belong now. */
export function pairScratch(length: number): Int32Array {
  if (scratch.length < length) scratch = new Int32Array(length);
  return scratch;
}
