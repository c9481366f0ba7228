import { type BlockCodec, copyBytes, RepeatFinder, repeatBytes, type SequenceSink } from "./block-codec.js";
import { damagedData, truncatedData } from "./damaged-data.js";

const BUFFER_BYTES = 1 << 18;
/** A length beyond this goes on in further bytes. */
const SHORT_MAX = 15;
const REPEAT_MIN = 4;

/** LZ4's block format: a token with two lengths, bytes as they are, and the distance of bytes that repeat. */
export function lz4Block(): BlockCodec {
  const finder = new RepeatFinder();
  return {
    name: "lz4",
    plainBytesMax: BUFFER_BYTES - (Math.floor(BUFFER_BYTES / 255) + 16),
    ratioMax: 255,
    packedBytesMax: (count) => count + Math.ceil(count / 255) + 16,
    compress: (source, end, target) => {
      const writer = new Lz4Writer(source, target);
      finder.find(source, end, writer);
      return writer.at;
    },
    decompress,
  };
}

class Lz4Writer implements SequenceSink {
  at = 0;
  private readonly source: Uint8Array;
  private readonly target: Uint8Array;

  constructor(source: Uint8Array, target: Uint8Array) {
    this.source = source;
    this.target = target;
  }

  sequence(from: number, to: number, offset: number, length: number): void {
    const { source, target } = this;
    const literals = to - from;
    const repeated = length === 0 ? 0 : length - REPEAT_MIN;
    target[this.at++] = (Math.min(literals, SHORT_MAX) << 4) | Math.min(repeated, SHORT_MAX);
    this.furtherLength(literals);
    copyBytes(source, from, literals, target, this.at);
    this.at += literals;
    if (length === 0) return;
    target[this.at++] = offset;
    target[this.at++] = offset >> 8;
    this.furtherLength(repeated);
  }

  private furtherLength(length: number): void {
    if (length < SHORT_MAX) return;
    let rest = length - SHORT_MAX;
    for (; rest >= 255; rest -= 255) this.target[this.at++] = 255;
    this.target[this.at++] = rest;
  }
}

function decompress(source: Uint8Array, start: number, end: number, target: Uint8Array): number {
  let s = start;
  let d = 0;
  while (s < end) {
    const token = source[s++]!;
    let literals = token >> 4;
    if (literals === SHORT_MAX) {
      for (let more = 255; more === 255; literals += more) more = byteAt(source, s++, end);
    }
    if (literals > end - s) throw truncatedData("lz4");
    if (literals > target.length - d) return -1;
    copyBytes(source, s, literals, target, d);
    s += literals;
    d += literals;
    // the last sequence has no repetition
    if (s === end) return d;
    const offset = byteAt(source, s, end) | (byteAt(source, s + 1, end) << 8);
    s += 2;
    let length = (token & SHORT_MAX) + REPEAT_MIN;
    if (length === SHORT_MAX + REPEAT_MIN) {
      for (let more = 255; more === 255; length += more) more = byteAt(source, s++, end);
    }
    if (offset === 0 || offset > d) throw damagedData("lz4", "it refers to bytes before its start");
    if (length > target.length - d) return -1;
    repeatBytes(target, d, offset, length);
    d += length;
  }
  throw truncatedData("lz4");
}

function byteAt(source: Uint8Array, s: number, end: number): number {
  if (s >= end) throw truncatedData("lz4");
  return source[s]!;
}
