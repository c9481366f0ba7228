import { BooleanColumn, type Column } from "@ss/core";
import { ValueDecoder } from "./field-decoder.js";

/** Whether bytes are an ASCII word, without regard to case. */
function isWord(bytes: Uint8Array, start: number, end: number, word: string): boolean {
  if (end - start !== word.length) return false;
  for (let i = 0; i < word.length; i++) if ((bytes[start + i]! | 32) !== word.charCodeAt(i)) return false;
  return true;
}

/** BOOLEAN: `true` and `false` in any case. */
export class BooleanDecoder extends ValueDecoder {
  private values = new Uint8Array(0);

  protected parse(bytes: Uint8Array, start: number, end: number, i: number): boolean {
    const isTrue = isWord(bytes, start, end, "true");
    this.values[i] = isTrue ? 1 : 0;
    return isTrue || isWord(bytes, start, end, "false");
  }
  protected grow(capacity: number): void {
    this.values = new Uint8Array(capacity);
  }
  protected build(rowCount: number, validity: Uint8Array | null): Column {
    return new BooleanColumn(this.type, rowCount, validity, this.values);
  }
}
