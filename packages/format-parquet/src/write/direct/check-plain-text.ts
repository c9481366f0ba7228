import { isAscii, isUtf8 } from "node:buffer";
import { InvalidText } from "../check-text.js";

const LENGTH_BYTES = 4;

/** Checks that every value is UTF-8, of values as PLAIN writes them, `bytes[from .. to)`. */
export function checkPlainText(bytes: Uint8Array, from: number, to: number): void {
  // the bytes of short lengths are ASCII too
  if (isAscii(bytes.subarray(from, to))) return;
  for (let at = from; at < to; ) {
    const length = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    const value = bytes.subarray(at + LENGTH_BYTES, at + LENGTH_BYTES + length);
    if (!isUtf8(value)) throw new InvalidText(value.slice());
    at += LENGTH_BYTES + length;
  }
}
