import type { ByteFeed } from "./byte-feed.js";
import {
  BLOCK_START,
  CODE_BITS_MAX,
  combineCrc,
  crcTable,
  GROUP_SYMBOLS,
  LEVEL_BYTES,
  RUN_B,
  STREAM_END,
} from "./bzip2-format.js";
import { damagedData, truncatedData } from "./damaged-data.js";

const PIECE_BYTES = 1 << 16;
/** Heads of a block and of a stream with all that belongs to them fit into this. */
const HEAD_BYTES = 1 << 16;

/** The plain bytes of a bzip2 file, piece by piece; each is valid until the next one. */
export async function* readBzip2(feed: ByteFeed): AsyncGenerator<Uint8Array> {
  if (!(await feed.ensure(1))) return;
  let level = await readStreamHead(feed);
  if (level === 0) throw damagedData("bzip2", "it does not begin with BZh");
  let arrays = new BlockArrays(level);
  // what follows a stream and is none is passed over, as all readers of bzip2 do
  for (; level > 0; level = await readStreamHead(feed)) {
    if (arrays.capacity < level * LEVEL_BYTES) arrays = new BlockArrays(level);
    yield* readStream(feed, level, arrays);
  }
}

/** The level of the stream that follows; 0 where none does. */
async function readStreamHead(feed: ByteFeed): Promise<number> {
  if (!(await feed.ensure(4))) return 0;
  const { bytes, start } = feed;
  const level = bytes[start + 3]! - 48;
  const isHead = bytes[start] === 66 && bytes[start + 1] === 90 && bytes[start + 2] === 104;
  if (!isHead || level < 1 || level > 9) return 0;
  feed.start += 4;
  return level;
}

async function* readStream(feed: ByteFeed, level: number, arrays: BlockArrays): AsyncGenerator<Uint8Array> {
  const size = level * LEVEL_BYTES;
  // a block is decoded in one go, so that all its bits have to be there; it cannot be longer than its longest codes
  const packedMax = Math.ceil((size * CODE_BITS_MAX) / 8) + HEAD_BYTES;
  let usedBits = 0;
  let streamCrc = 0;
  for (;;) {
    await feed.ensure(packedMax);
    const bits = new BitReader(feed.bytes, feed.start, feed.end, usedBits);
    const isBlock = readMark(bits);
    const crc = bits.read(32);
    if (!isBlock) {
      if (crc !== streamCrc) throw damagedData("bzip2", "the checksum of a stream is wrong");
      feed.start = bits.nextByte();
      return;
    }
    streamCrc = combineCrc(streamCrc, crc);
    const length = decodeBlock(bits, size, arrays);
    feed.start = bits.position;
    usedBits = bits.usedBits;
    // a block takes tens of milliseconds: others get their turn between its parts
    await new Promise((resolve) => setImmediate(resolve));
    yield* blockBytes(arrays, length, crc);
  }
}

/** Whether a block follows; else it is the end of the stream. */
function readMark(bits: BitReader): boolean {
  const high = bits.read(24);
  const low = bits.read(24);
  if (high === BLOCK_START[0] && low === BLOCK_START[1]) return true;
  if (high === STREAM_END[0] && low === STREAM_END[1]) return false;
  throw damagedData("bzip2", "neither a block nor the end follows a block");
}

/** What blocks are decoded in, used again for each. */
class BlockArrays {
  readonly capacity: number;
  /** A byte in the low 8 bits; above it, once sorted back, the place of the byte that follows. */
  readonly links: Uint32Array;
  readonly selectors = new Uint8Array(32768);
  readonly front = new Uint8Array(256);
  readonly counts = new Int32Array(257);
  origin = 0;

  constructor(level: number) {
    this.capacity = level * LEVEL_BYTES;
    this.links = new Uint32Array(this.capacity);
  }
}

/** Reads one block up to the links from each byte to the next; returns the number of bytes. */
function decodeBlock(bits: BitReader, size: number, arrays: BlockArrays): number {
  if (bits.read(1) !== 0)
    throw damagedData("bzip2", "a block is marked as randomised, as no writer since 1998 does");
  arrays.origin = bits.read(24);
  const used = readUsedSymbols(bits, arrays.front);
  const tableCount = bits.read(3);
  const groupCount = bits.read(15);
  if (used === 0 || tableCount < 2 || tableCount > 6 || groupCount === 0)
    throw damagedData("bzip2", "the head of a block makes no sense");
  readSelectors(bits, tableCount, groupCount, arrays.selectors);
  const tables = Array.from({ length: tableCount }, () => new CodeTable(readCodeLengths(bits, used + 2)));
  const length = decodeSymbols(bits, tables, groupCount, used + 1, size, arrays);
  if (arrays.origin >= length) throw damagedData("bzip2", "a block starts outside itself");
  linkBytes(arrays, length);
  return length;
}

function readUsedSymbols(bits: BitReader, front: Uint8Array): number {
  const rows = bits.read(16);
  let used = 0;
  for (let row = 0; row < 16; row++) {
    if ((rows & (0x8000 >> row)) === 0) continue;
    const columns = bits.read(16);
    for (let k = 0; k < 16; k++) if ((columns & (0x8000 >> k)) !== 0) front[used++] = row * 16 + k;
  }
  return used;
}

function readSelectors(bits: BitReader, tableCount: number, groupCount: number, selectors: Uint8Array): void {
  const order = [0, 1, 2, 3, 4, 5];
  for (let group = 0; group < groupCount; group++) {
    let k = 0;
    while (bits.read(1) === 1) if (++k >= tableCount) throw damagedData("bzip2", "a table is missing");
    const [table] = order.splice(k, 1);
    order.unshift(table!);
    selectors[group] = table!;
  }
}

function readCodeLengths(bits: BitReader, symbols: number): Uint8Array {
  const lengths = new Uint8Array(symbols);
  let length = bits.read(5);
  for (let symbol = 0; symbol < symbols; symbol++) {
    for (;;) {
      if (length < 1 || length > CODE_BITS_MAX) throw damagedData("bzip2", "a code is too long");
      if (bits.read(1) === 0) break;
      length += bits.read(1) === 0 ? 1 : -1;
    }
    lengths[symbol] = length;
  }
  return lengths;
}

/** Canonical codes: those of one length are consecutive numbers, in the order of their symbols. */
class CodeTable {
  /** For each length the first number that is no code of it, moved to the left end of CODE_BITS_MAX bits. */
  readonly limits = new Int32Array(CODE_BITS_MAX + 2);
  /** For each length what to take from a code for its place among the symbols. */
  readonly bases = new Int32Array(CODE_BITS_MAX + 1);
  readonly symbols: Uint16Array;
  readonly shortest: number;

  constructor(lengths: Uint8Array) {
    const counts = new Int32Array(CODE_BITS_MAX + 1);
    for (const length of lengths) counts[length]!++;
    this.symbols = new Uint16Array(lengths.length);
    let place = 0;
    let code = 0;
    let shortest = 0;
    for (let length = 1; length <= CODE_BITS_MAX; length++) {
      if (counts[length]! > 0 && shortest === 0) shortest = length;
      this.bases[length] = code - place;
      for (let symbol = 0; symbol < lengths.length; symbol++)
        if (lengths[symbol] === length) this.symbols[place++] = symbol;
      code += counts[length]!;
      this.limits[length] = code << (CODE_BITS_MAX - length);
      code <<= 1;
    }
    // longer than the longest there is nothing: this limit is above all codes
    this.limits[CODE_BITS_MAX + 1] = 0x7fffffff;
    this.shortest = shortest;
  }

  read(bits: BitReader): number {
    const window = bits.peek(CODE_BITS_MAX);
    let length = this.shortest;
    while (window >= this.limits[length]!) length++;
    if (length > CODE_BITS_MAX) throw damagedData("bzip2", "there is no such code");
    bits.skip(length);
    return this.symbols[(window >> (CODE_BITS_MAX - length)) - this.bases[length]!]!;
  }
}

/** Codes to bytes: tables, runs of zeros, and what was moved to front. The bytes go to `links`, their counts to `counts`. */
function decodeSymbols(
  bits: BitReader,
  tables: readonly CodeTable[],
  groupCount: number,
  endSymbol: number,
  size: number,
  { links, selectors, front, counts }: BlockArrays,
): number {
  counts.fill(0);
  let length = 0;
  let run = 0;
  let weight = 1;
  for (let group = 0; group < groupCount; group++) {
    const table = tables[selectors[group]!]!;
    for (let k = 0; k < GROUP_SYMBOLS; k++) {
      const symbol = table.read(bits);
      if (symbol <= RUN_B) {
        run += weight * (symbol + 1);
        weight *= 2;
        if (run > size) throw tooLong();
        continue;
      }
      if (run > 0) {
        const byte = front[0]!;
        if (length + run > size) throw tooLong();
        links.fill(byte, length, length + run);
        counts[byte]! += run;
        length += run;
        run = 0;
        weight = 1;
      }
      if (symbol === endSymbol) return length;
      if (length >= size) throw tooLong();
      const place = symbol - 1;
      const byte = front[place]!;
      if (place < 16) for (let i = place; i > 0; i--) front[i] = front[i - 1]!;
      else front.copyWithin(1, 0, place);
      front[0] = byte;
      counts[byte]!++;
      links[length++] = byte;
    }
  }
  throw damagedData("bzip2", "a block has no end");
}

/** Sorts back: the k-th occurrence of a byte in the last column is its k-th in the first one. */
function linkBytes({ links, counts }: BlockArrays, length: number): void {
  let sum = 0;
  for (let byte = 0; byte < 256; byte++) {
    const count = counts[byte]!;
    counts[byte] = sum;
    sum += count;
  }
  for (let i = 0; i < length; i++) links[counts[links[i]! & 255]!++]! |= i << 8;
}

/** Follows the links of a block and expands its runs. */
async function* blockBytes(
  { links, origin }: BlockArrays,
  length: number,
  crc: number,
): AsyncGenerator<Uint8Array> {
  const table = crcTable();
  // a run may come as a whole behind the last byte that fits
  const piece = new Uint8Array(PIECE_BYTES + 256);
  let filled = 0;
  let sum = -1;
  let link = links[origin]! >>> 8;
  let previous = -1;
  let repeats = 0;
  for (let i = 0; i < length; i++) {
    const entry = links[link]!;
    const byte = entry & 255;
    link = entry >>> 8;
    if (repeats === 4) {
      for (let k = 0; k < byte; k++) {
        piece[filled++] = previous;
        sum = (sum << 8) ^ table[(sum >>> 24) ^ previous]!;
      }
      repeats = 0;
      previous = -1;
    } else {
      repeats = byte === previous ? repeats + 1 : 1;
      previous = byte;
      piece[filled++] = byte;
      sum = (sum << 8) ^ table[(sum >>> 24) ^ byte]!;
    }
    if (filled < PIECE_BYTES) continue;
    yield piece.subarray(0, filled);
    filled = 0;
  }
  if (~sum >>> 0 !== crc) throw damagedData("bzip2", "the checksum of a block is wrong");
  if (filled > 0) yield piece.subarray(0, filled);
}

/** Bits of bytes at hand. What lies behind the end reads as zeros and fails as soon as it is used up. */
class BitReader {
  private readonly bytes: Uint8Array;
  private readonly end: number;
  private at: number;
  private buffer = 0;
  private count = 0;

  constructor(bytes: Uint8Array, start: number, end: number, usedBits: number) {
    this.bytes = bytes;
    this.at = start;
    this.end = end;
    if (usedBits > 0) this.read(usedBits);
  }

  /** The next bits, up to 24, at the right end of a number. */
  peek(width: number): number {
    while (this.count < width) {
      this.buffer = (this.buffer << 8) | (this.at < this.end ? this.bytes[this.at]! : 0);
      this.at++;
      this.count += 8;
    }
    return (this.buffer >>> (this.count - width)) & ((1 << width) - 1);
  }

  skip(width: number): void {
    this.count -= width;
    if (this.at - (this.count >> 3) > this.end) throw truncatedData("bzip2");
  }

  read(width: number): number {
    if (width > 24) return this.read(width - 16) * 65536 + this.read(16);
    const value = this.peek(width);
    this.skip(width);
    return value;
  }

  /** The first byte of which a bit is left. */
  get position(): number {
    return this.at - Math.ceil(this.count / 8);
  }

  /** How many bits of that byte are read. */
  get usedBits(): number {
    return (8 - (this.count & 7)) & 7;
  }

  /** The byte behind the one in which the next bit is, or that bit's own if it is the first. */
  nextByte(): number {
    return this.at - (this.count >> 3);
  }
}

function tooLong(): Error {
  return damagedData("bzip2", "a block is longer than its stream allows");
}
