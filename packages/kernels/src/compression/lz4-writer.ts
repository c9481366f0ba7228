import { copyBytes } from "./copy-bytes.js";
import type { SequenceSink } from "./repeat-finder.js";

/** A length beyond this goes on in further bytes. */
const SHORT_MAX = 15;
const REPEAT_MIN = 4;

/** Writes the sequences of an LZ4 block: a token with two lengths, bytes as they are, and the distance of bytes that repeat. */
export class Lz4Writer implements SequenceSink {
  at: number;
  private readonly source: Uint8Array;
  private readonly target: Uint8Array;

  constructor(source: Uint8Array, target: Uint8Array, at: number) {
    this.source = source;
    this.target = target;
    this.at = at;
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
