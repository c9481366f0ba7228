import { CompressionError, truncated } from "./compression-error.js";

// What a decompressor of blocks answers in place of a length, as in assembly/block-faults.ts.

/** The data end in the middle of an element. */
export const TRUNCATED = -1;
/** The data are longer than the room for them. */
export const TOO_LONG = -2;
/** A copy refers to bytes before the first one. */
export const BEFORE_START = -3;

/** A decompressor's answer: the number of bytes, or a fault, which becomes an error here save for data that are too long. */
export function lengthOrFault(codec: string, answer: number): number {
  if (answer === TRUNCATED) throw truncated(codec);
  if (answer === BEFORE_START) throw new CompressionError(codec, "refers to bytes before its start");
  return answer;
}
