import { isAscii, isUtf8 } from "node:buffer";

/** Bytes of a STRING that are no UTF-8, which the encoder refuses. */
export class InvalidText extends Error {
  override readonly name = "InvalidText";
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    super("a text is no valid UTF-8");
    this.bytes = bytes;
  }
}

/** Checks that every value is UTF-8; value i is `data[offsets[i] .. offsets[i + 1])`. */
export function checkText(data: Uint8Array, offsets: Int32Array): void {
  if (isAscii(data)) return;
  // all values together may be valid where one of them ends within a character
  if (isUtf8(data) && !beginsWithin(data, offsets)) return;
  for (let i = 0; i + 1 < offsets.length; i++) {
    const value = data.subarray(offsets[i], offsets[i + 1]);
    if (!isUtf8(value)) throw new InvalidText(value.slice());
  }
}

function beginsWithin(data: Uint8Array, offsets: Int32Array): boolean {
  for (const offset of offsets) if (offset < data.length && (data[offset]! & 0xc0) === 0x80) return true;
  return false;
}
