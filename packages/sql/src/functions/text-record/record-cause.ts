import { type DataType, sqlText } from "@ss/core";
import { decodeUtf8 } from "@ss/kernels";

/** Says what is wrong with the text of a record that could not be read; undefined where nothing is found. */
export type CauseOf = (data: Uint8Array, start: number, length: number) => string | undefined;

const SHOWN_BYTES = 100;

/** What is said of a value that is none of its type; `value` is how it is written. */
export function notOfType(value: string, type: DataType): string {
  const text = sqlText(type);
  const shown = text.length > SHOWN_BYTES ? `${text.slice(0, SHOWN_BYTES)}...` : text;
  return `${value} is not ${/^[AI]/.test(shown) ? "an" : "a"} ${shown}`;
}

/** What is said of a field, or of a part of one that a path like `items[2].price` leads to. */
export function ofField(path: string, fault: string): string {
  return `field "${path}": ${fault}`;
}

/** A text as messages show it: its beginning, where it is a long one. */
export function shownText(bytes: Uint8Array, start: number, length: number): string {
  if (length <= SHOWN_BYTES) return decodeUtf8(bytes, start, length);
  let end = start + SHOWN_BYTES;
  // a character stays whole
  while (end > start && (bytes[end]! & 0xc0) === 0x80) end--;
  return `${decodeUtf8(bytes, start, end - start)}... (${length} bytes)`;
}
