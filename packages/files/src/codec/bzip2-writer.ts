import { Transform, type TransformCallback } from "node:stream";
import {
  BLOCK_START,
  combineCrc,
  crcTable,
  GROUP_SYMBOLS,
  LEVEL_BYTES,
  RUN_A,
  RUN_B,
  STREAM_END,
} from "./bzip2-format.js";
import { codeLengths } from "./code-lengths.js";
import { sortRotations } from "./rotation-sort.js";

/**
 * Blocks of 200,000 bytes: those of 900,000, which other writers make, would give files a few percent smaller, and hold up the event
 * loop for a third of a second each.
 */
const LEVEL = 2;
/** What a run may add before the block is found to be full. */
const MARGIN_BYTES = 20;
const RUN_MAX = 255;
/** Readers take 20; old ones no more than 17. */
const CODE_BITS_MAX = 17;
const ROUNDS = 4;

/** Compresses to one bzip2 stream. */
export class Bzip2Compressor extends Transform {
  private readonly table = crcTable();
  private readonly block = new Uint8Array(LEVEL * LEVEL_BYTES);
  private readonly bits = new BitWriter();
  private length = 0;
  private crc = -1;
  private streamCrc = 0;
  /** The byte that repeats; -1 for none. */
  private byte = -1;
  private run = 0;

  constructor() {
    super();
    for (const byte of [66, 90, 104, 48 + LEVEL]) this.bits.write(8, byte);
  }

  override _transform(bytes: Uint8Array, _encoding: string, done: TransformCallback): void {
    const limit = this.block.length - MARGIN_BYTES;
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i]!;
      if (byte === this.byte && this.run < RUN_MAX) {
        this.run++;
        continue;
      }
      this.endRun();
      if (this.length >= limit) this.writeBlock();
      this.byte = byte;
      this.run = 1;
    }
    done();
  }

  override _flush(done: TransformCallback): void {
    this.endRun();
    this.writeBlock();
    this.bits.write(24, STREAM_END[0]);
    this.bits.write(24, STREAM_END[1]);
    this.bits.write32(this.streamCrc);
    this.bits.align();
    this.push(this.bits.take());
    done();
  }

  /** Four equal bytes are followed by the number of those that are left out. */
  private endRun(): void {
    const { byte, run, table, block } = this;
    for (let k = 0; k < run; k++) this.crc = (this.crc << 8) ^ table[(this.crc >>> 24) ^ byte]!;
    for (let k = 0; k < Math.min(run, 4); k++) block[this.length++] = byte;
    if (run >= 4) block[this.length++] = run - 4;
    this.byte = -1;
    this.run = 0;
  }

  private writeBlock(): void {
    if (this.length === 0) return;
    const crc = ~this.crc >>> 0;
    this.streamCrc = combineCrc(this.streamCrc, crc);
    writeBlock(this.bits, this.block, this.length, crc);
    this.push(this.bits.take());
    this.length = 0;
    this.crc = -1;
  }
}

function writeBlock(bits: BitWriter, block: Uint8Array, length: number, crc: number): void {
  const { last, origin } = sortRotations(block, length);
  bits.write(24, BLOCK_START[0]);
  bits.write(24, BLOCK_START[1]);
  bits.write32(crc);
  bits.write(1, 0);
  bits.write(24, origin);
  const used = usedBytes(block, length);
  writeUsed(bits, used);
  const symbols = movedToFront(last, used);
  const count = symbols.length;
  const tableCount = count < 200 ? 2 : count < 600 ? 3 : count < 1200 ? 4 : count < 2400 ? 5 : 6;
  const { tables, selectors } = chooseTables(symbols, used.length + 2, tableCount);
  bits.write(3, tableCount);
  bits.write(15, selectors.length);
  writeSelectors(bits, selectors);
  for (const lengths of tables) writeLengths(bits, lengths);
  writeSymbols(bits, symbols, tables, selectors);
}

function usedBytes(block: Uint8Array, length: number): number[] {
  const seen = new Uint8Array(256);
  for (let i = 0; i < length; i++) seen[block[i]!] = 1;
  return Array.from(seen.keys()).filter((byte) => seen[byte] === 1);
}

function writeUsed(bits: BitWriter, used: readonly number[]): void {
  const rows = new Uint16Array(16);
  for (const byte of used) rows[byte >> 4]! |= 0x8000 >> (byte & 15);
  let inUse = 0;
  rows.forEach((row, i) => {
    if (row !== 0) inUse |= 0x8000 >> i;
  });
  bits.write(16, inUse);
  for (const row of rows) if (row !== 0) bits.write(16, row);
}

/** Places of bytes among those used last, runs of place 0 as numbers, and the symbol that ends the block. */
function movedToFront(last: Uint8Array, used: readonly number[]): Uint16Array {
  const front = Uint8Array.from(used);
  const symbols = new Uint16Array(last.length + 1);
  let count = 0;
  let zeros = 0;
  const endZeros = (): void => {
    for (; zeros > 0; zeros = (zeros - 1) >> 1) symbols[count++] = zeros % 2 === 1 ? RUN_A : RUN_B;
  };
  for (let i = 0; i < last.length; i++) {
    const byte = last[i]!;
    if (front[0] === byte) {
      zeros++;
      continue;
    }
    if (zeros > 0) endZeros();
    let place = 1;
    while (front[place] !== byte) place++;
    front.copyWithin(1, 0, place);
    front[0] = byte;
    symbols[count++] = place + 1;
  }
  endZeros();
  symbols[count++] = used.length + 1;
  return symbols.subarray(0, count);
}

interface Tables {
  /** The code lengths of each table. */
  readonly tables: readonly Uint8Array[];
  /** The table of each group of symbols. */
  readonly selectors: Uint8Array;
}

/** Begins with tables that prefer a part of the symbols each; groups then choose the cheapest table, and tables fit their groups. */
function chooseTables(symbols: Uint16Array, symbolCount: number, tableCount: number): Tables {
  let tables = firstTables(symbols, symbolCount, tableCount);
  const selectors = new Uint8Array(Math.ceil(symbols.length / GROUP_SYMBOLS));
  for (let round = 0; round < ROUNDS; round++) {
    const frequencies = tables.map(() => new Int32Array(symbolCount));
    for (let group = 0; group < selectors.length; group++) {
      const from = group * GROUP_SYMBOLS;
      const to = Math.min(from + GROUP_SYMBOLS, symbols.length);
      const choice = cheapest(tables, symbols, from, to);
      selectors[group] = choice;
      const counts = frequencies[choice]!;
      for (let i = from; i < to; i++) counts[symbols[i]!]!++;
    }
    tables = frequencies.map((counts) => codeLengths(counts, CODE_BITS_MAX));
  }
  return { tables, selectors };
}

function firstTables(symbols: Uint16Array, symbolCount: number, tableCount: number): Uint8Array[] {
  const counts = new Int32Array(symbolCount);
  for (const symbol of symbols) counts[symbol]!++;
  const tables: Uint8Array[] = [];
  let from = 0;
  let left = symbols.length;
  for (let table = 0; table < tableCount; table++) {
    const parts = tableCount - table;
    let to = from;
    let sum = 0;
    while (to < symbolCount && sum < left / parts) sum += counts[to++]!;
    // every other part stays below its share, so that frequent symbols do not all go to the first ones
    if (to - from > 1 && table > 0 && parts > 1 && table % 2 === 1) sum -= counts[--to]!;
    const lengths = new Uint8Array(symbolCount).fill(15);
    tables.push(lengths.fill(0, from, to));
    left -= sum;
    from = to;
  }
  return tables;
}

function cheapest(tables: readonly Uint8Array[], symbols: Uint16Array, from: number, to: number): number {
  let best = 0;
  let least = Infinity;
  for (let table = 0; table < tables.length; table++) {
    const lengths = tables[table]!;
    let cost = 0;
    for (let i = from; i < to; i++) cost += lengths[symbols[i]!]!;
    if (cost >= least) continue;
    least = cost;
    best = table;
  }
  return best;
}

function writeSelectors(bits: BitWriter, selectors: Uint8Array): void {
  const order = [0, 1, 2, 3, 4, 5];
  for (const selector of selectors) {
    const place = order.indexOf(selector);
    for (let k = 0; k < place; k++) bits.write(1, 1);
    bits.write(1, 0);
    order.splice(place, 1);
    order.unshift(selector);
  }
}

function writeLengths(bits: BitWriter, lengths: Uint8Array): void {
  let current = lengths[0]!;
  bits.write(5, current);
  for (const length of lengths) {
    for (; current < length; current++) bits.write(2, 2);
    for (; current > length; current--) bits.write(2, 3);
    bits.write(1, 0);
  }
}

function writeSymbols(
  bits: BitWriter,
  symbols: Uint16Array,
  tables: readonly Uint8Array[],
  selectors: Uint8Array,
): void {
  const codes = tables.map(canonicalCodes);
  for (let group = 0; group < selectors.length; group++) {
    const lengths = tables[selectors[group]!]!;
    const numbers = codes[selectors[group]!]!;
    const to = Math.min((group + 1) * GROUP_SYMBOLS, symbols.length);
    for (let i = group * GROUP_SYMBOLS; i < to; i++) bits.write(lengths[symbols[i]!]!, numbers[symbols[i]!]!);
  }
}

/** Codes of one length are consecutive numbers, in the order of their symbols. */
function canonicalCodes(lengths: Uint8Array): Int32Array {
  const codes = new Int32Array(lengths.length);
  let code = 0;
  for (let length = 1; length <= CODE_BITS_MAX; length++) {
    for (let symbol = 0; symbol < lengths.length; symbol++)
      if (lengths[symbol] === length) codes[symbol] = code++;
    code <<= 1;
  }
  return codes;
}

/** Gathers bits, most significant first. */
class BitWriter {
  private bytes = Buffer.allocUnsafe(1 << 16);
  private at = 0;
  private buffer = 0;
  private count = 0;

  /** Appends the lowest `width` bits of a number, at most 24. */
  write(width: number, value: number): void {
    this.buffer = (this.buffer << width) | value;
    this.count += width;
    while (this.count >= 8) {
      if (this.at === this.bytes.length) this.grow();
      this.count -= 8;
      this.bytes[this.at++] = this.buffer >>> this.count;
    }
  }

  write32(value: number): void {
    this.write(16, value >>> 16);
    this.write(16, value & 0xffff);
  }

  align(): void {
    if (this.count > 0) this.write(8 - this.count, 0);
  }

  /** The whole bytes so far, which leave this. */
  take(): Buffer {
    const taken = Buffer.from(this.bytes.subarray(0, this.at));
    this.at = 0;
    return taken;
  }

  private grow(): void {
    const larger = Buffer.allocUnsafe(this.bytes.length * 2);
    larger.set(this.bytes);
    this.bytes = larger;
  }
}
