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

/**
 * Finds what repeats in a block, by the last place of each hash of four bytes. It stands in for the compressors of the kernels' module
 * when that has no memory.
 */
export class RepeatFinder {
  private readonly places = new Int32Array(1 << HASH_BITS);

  find(source: Uint8Array, start: number, end: number, sink: SequenceSink): void {
    const { places } = this;
    const searchEnd = end - SEARCH_TAIL;
    places.fill(-1);
    let done = start;
    let i = start;
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
