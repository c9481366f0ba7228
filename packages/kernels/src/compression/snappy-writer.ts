import { copyBytes } from "./copy-bytes.js";
import type { SequenceSink } from "./repeat-finder.js";

const COPY_MAX = 64;

/** Writes the elements of a snappy block: bytes as they are, and copies of earlier ones. */
export class SnappyWriter implements SequenceSink {
  at: number;
  private readonly source: Uint8Array;
  private readonly target: Uint8Array;

  constructor(source: Uint8Array, target: Uint8Array, at: number) {
    this.source = source;
    this.target = target;
    this.at = at;
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
