/** A codec for blocks that lie in memory as a whole. */
export interface BlockCodec {
  readonly name: string;
  /** Plain bytes that Hadoop's writer puts into one block at most: its readers have a buffer of 256 KB for a block. */
  readonly plainBytesMax: number;
  /** How many times longer than the packed bytes the plain ones can be at most. */
  readonly ratioMax: number;
  /** Bytes that `count` plain ones may take when they cannot be compressed. */
  packedBytesMax(count: number): number;
  /** Compresses `source[0 .. end)` to the beginning of `target` and returns the length. */
  compress(source: Uint8Array, end: number, target: Uint8Array): number;
  /**
   * Decompresses `source[start .. end)` to the beginning of `target` and returns the length; -1 where the target has no room for
   * it. Throws for data that is no block.
   */
  decompress(source: Uint8Array, start: number, end: number, target: Uint8Array): number;
}

/** Takes what a block consists of, in order. */
export interface SequenceSink {
  /** The bytes `from .. to` as they are, then `length` bytes again that stand `offset` before; no bytes where `length` is 0. */
  sequence(from: number, to: number, offset: number, length: number): void;
}

const HASH_BITS = 14;
const OFFSET_MAX = 65535;
/** LZ4 wants the last bytes of a block as they are. */
const LITERAL_TAIL = 5;
const SEARCH_TAIL = 12;

/** Finds what repeats in a block, by the last place of each hash of four bytes. */
export class RepeatFinder {
  private readonly places = new Int32Array(1 << HASH_BITS);

  find(source: Uint8Array, end: number, sink: SequenceSink): void {
    const { places } = this;
    const searchEnd = end - SEARCH_TAIL;
    places.fill(-1);
    let done = 0;
    let i = 0;
    while (i < searchEnd) {
      const word = wordAt(source, i);
      const slot = Math.imul(word, 0x9e3779b1) >>> (32 - HASH_BITS);
      const place = places[slot]!;
      places[slot] = i;
      if (place < 0 || i - place > OFFSET_MAX || wordAt(source, place) !== word) {
        // the longer nothing repeats, the wider the steps
        i += 1 + ((i - done) >> 6);
        continue;
      }
      let length = 4;
      const limit = end - LITERAL_TAIL - i;
      while (length < limit && source[place + length] === source[i + length]) length++;
      sink.sequence(done, i, i - place, length);
      i += length;
      done = i;
    }
    sink.sequence(done, end, 0, 0);
  }
}

function wordAt(bytes: Uint8Array, i: number): number {
  return bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24);
}

/** Repeats `length` bytes that stand `offset` before `at`; both may overlap. */
export function repeatBytes(target: Uint8Array, at: number, offset: number, length: number): void {
  if (length > 32 && offset >= length) target.copyWithin(at, at - offset, at - offset + length);
  else for (let k = at; k < at + length; k++) target[k] = target[k - offset]!;
}

/** Copies bytes as they are. */
export function copyBytes(
  source: Uint8Array,
  from: number,
  length: number,
  target: Uint8Array,
  at: number,
): void {
  if (length > 32) target.set(source.subarray(from, from + length), at);
  else for (let k = 0; k < length; k++) target[at + k] = source[from + k]!;
}
