import { type BlockCodec, copyBytes, RepeatFinder, repeatBytes, type SequenceSink } from "./block-codec.js";
import { damagedData, truncatedData } from "./damaged-data.js";

const BUFFER_BYTES = 1 << 18;
const COPY_MAX = 64;

/** Snappy's block format: the plain length, then bytes as they are and copies of earlier ones. */
export function snappyBlock(): BlockCodec {
  const finder = new RepeatFinder();
  return {
    name: "snappy",
    plainBytesMax: BUFFER_BYTES - (Math.floor(BUFFER_BYTES / 6) + 32),
    ratioMax: 32,
    packedBytesMax: (count) => count + Math.ceil(count / 6) + 32,
    compress: (source, end, target) => {
      const writer = new SnappyWriter(source, target);
      writer.plainLength(end);
      finder.find(source, end, writer);
      return writer.at;
    },
    decompress,
  };
}

class SnappyWriter implements SequenceSink {
  at = 0;
  private readonly source: Uint8Array;
  private readonly target: Uint8Array;

  constructor(source: Uint8Array, target: Uint8Array) {
    this.source = source;
    this.target = target;
  }

  plainLength(length: number): void {
    let rest = length;
    for (; rest >= 128; rest >>>= 7) this.target[this.at++] = rest | 128;
    this.target[this.at++] = rest;
  }

  sequence(from: number, to: number, offset: number, length: number): void {
    if (to > from) this.literal(from, to - from);
    let left = length;
    // what remains after a full copy has to be a copy again, of at least four bytes
    for (; left >= COPY_MAX + 4; left -= COPY_MAX) this.copy(offset, COPY_MAX);
    if (left > COPY_MAX) {
      this.copy(offset, 60);
      left -= 60;
    }
    if (left > 0) this.copy(offset, left);
  }

  private literal(from: number, length: number): void {
    const { target } = this;
    const n = length - 1;
    if (n < 60) target[this.at++] = n << 2;
    else {
      const bytes = n < 1 << 8 ? 1 : n < 1 << 16 ? 2 : 3;
      target[this.at++] = (59 + bytes) << 2;
      for (let k = 0; k < bytes; k++) target[this.at++] = n >> (8 * k);
    }
    copyBytes(this.source, from, length, target, this.at);
    this.at += length;
  }

  private copy(offset: number, length: number): void {
    const { target } = this;
    if (length < 12 && offset < 2048) {
      target[this.at++] = 1 | ((length - 4) << 2) | ((offset >> 8) << 5);
      target[this.at++] = offset;
      return;
    }
    target[this.at++] = ((length - 1) << 2) | 2;
    target[this.at++] = offset;
    target[this.at++] = offset >> 8;
  }
}

function decompress(source: Uint8Array, start: number, end: number, target: Uint8Array): number {
  let s = start;
  let size = 0;
  for (let shift = 0; ; shift += 7) {
    if (s >= end) throw truncatedData("snappy");
    if (shift > 28) throw damagedData("snappy", "a block has no proper length");
    const byte = source[s++]!;
    size += (byte & 127) * 2 ** shift;
    if (byte < 128) break;
  }
  if (size > target.length) return -1;
  let d = 0;
  while (s < end) {
    const tag = source[s++]!;
    let length = (tag >> 2) + 1;
    let offset = 0;
    // how many bytes of a length or of an offset follow the tag
    const kind = tag & 3;
    const width = kind === 0 ? Math.max(0, length - 60) : kind === 3 ? 4 : kind;
    if (width > end - s) throw truncatedData("snappy");
    let number = 0;
    for (let k = 0; k < width; k++) number |= source[s + k]! << (8 * k);
    s += width;
    if (kind === 0) {
      if (width > 0) length = (number >>> 0) + 1;
      if (length > end - s) throw truncatedData("snappy");
    } else if (kind === 1) {
      length = ((tag >> 2) & 7) + 4;
      offset = ((tag >> 5) << 8) | number;
    } else offset = number >>> 0;
    if (length > size - d) throw damagedData("snappy", "a block is longer than its head says");
    if (kind === 0) {
      copyBytes(source, s, length, target, d);
      s += length;
    } else {
      if (offset === 0 || offset > d) throw damagedData("snappy", "it refers to bytes before its start");
      repeatBytes(target, d, offset, length);
    }
    d += length;
  }
  if (d !== size) throw truncatedData("snappy");
  return d;
}
