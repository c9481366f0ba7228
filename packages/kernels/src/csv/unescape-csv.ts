import type { ByteArena } from "../text/byte-arena.js";
import { KIND_QUOTED_TAIL } from "../text/field-kind.js";
import type { CsvDialect } from "./csv-options.js";

const LF = 0x0a;
const CR = 0x0d;

/** Line ends inside quotes stay as they are. */
export const CSV_KEEP_LINE_ENDS = 0;
/** `\r\n` inside quotes becomes `\n`. */
export const CSV_NORMALIZE_CRLF = 1;
/** `\r` inside quotes becomes `\n`. */
export const CSV_NORMALIZE_CR = 2;

/**
 * Appends the value of a field of kind `KIND_QUOTED_ESCAPED` or `KIND_QUOTED_TAIL` to the arena and returns its
 * length there, which is never more than that of the span.
 *
 * Use `CsvTokenizer.unescape`, which knows the dialect and the line ends of the input.
 */
export function unescapeCsv(
  bytes: Uint8Array,
  start: number,
  length: number,
  kind: number,
  dialect: CsvDialect,
  lineEnds: number,
  arena: ByteArena,
): number {
  const { quote, escape, escapeEscape } = dialect;
  const dropsLoneQuotes = dialect.handling === "BACK_TO_DELIMITER" && kind !== KIND_QUOTED_TAIL;
  arena.reserve(length);
  const target = arena.bytes;
  const before = arena.length;
  const end = start + length;
  let write = before;
  let position = start;
  // The opening quote of a tail is part of its text.
  if (kind === KIND_QUOTED_TAIL) target[write++] = bytes[position++];
  while (position < end) {
    const byte = bytes[position];
    const following = position + 1 < end ? bytes[position + 1] : -1;
    if ((byte === escapeEscape && following === escape) || (byte === escape && following === quote)) {
      if (following >= 0) {
        target[write++] = following;
        position += 2;
        continue;
      }
    }
    if (byte === quote && (following === quote || following < 0)) {
      // A quote before a quote is ordinary; the one at the very end stands before the closing quote.
      target[write++] = byte;
    } else if (byte === quote && kind === KIND_QUOTED_TAIL) {
      // Behind the quote that seemed to close the value nothing is an escape.
      while (position < end) target[write++] = bytes[position++];
      break;
    } else if (byte === CR && lineEnds === CSV_NORMALIZE_CRLF && following === LF) {
      target[write++] = LF;
      position++;
    } else if (byte === CR && lineEnds === CSV_NORMALIZE_CR) {
      target[write++] = LF;
    } else if (byte !== quote || !dropsLoneQuotes) {
      target[write++] = byte;
    }
    position++;
  }
  arena.length = write;
  return write - before;
}
