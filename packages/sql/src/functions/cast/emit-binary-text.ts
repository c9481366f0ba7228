import { BytesColumn, StringType } from "@ss/core";
import { decodeUtf8, findInvalidUtf8Span, SpanCopies } from "@ss/kernels";
import type { Code, CodeWriter } from "../../expression/code.js";
import type { BytesCode } from "../emit/parts.js";

const encoder = new TextEncoder();
/** Where kernels see the bytes of a column; made with the first one. */
let copies: SpanCopies | undefined;

/**
 * Bytes of a column as texts: the very bytes where all of the column's are UTF-8, which is looked at for many rows at once. Undefined
 * for bytes that stand in no column.
 */
export function emitBinaryText(writer: CodeWriter, { isNull, source }: BytesCode): Code | undefined {
  if (source === undefined) return undefined;
  const { row } = source;
  const isDictionary = row !== writer.row;
  const column = writer.local(`${writer.constant(textColumn)}(${source.column}, ${isDictionary})`);
  return {
    type: StringType,
    isNull,
    layout: "bytes",
    data: writer.local(`${column}.data`),
    start: `${writer.local(`${column}.starts`)}[${row}]`,
    length: `${writer.local(`${column}.lengths`)}[${row}]`,
    source: { column, row },
  };
}

/** The entries of dictionaries come batch after batch. */
const entries = new WeakMap<BytesColumn, BytesColumn>();

/** A column of binaries as one of texts; what is no UTF-8 in them becomes U+FFFD. */
function textColumn(column: BytesColumn, isDictionary: boolean): BytesColumn {
  const known = isDictionary ? entries.get(column) : undefined;
  if (known !== undefined) return known;
  const texts = isText(column) ? column : repaired(column);
  if (isDictionary) entries.set(column, texts);
  return texts;
}

function isText({ data, starts, lengths, length: count, validity }: BytesColumn): boolean {
  copies ??= new SpanCopies(null);
  copies.open({ data, starts, lengths, count, validity }, 0);
  copies.copy(0, count);
  return findInvalidUtf8Span(copies.bytes, copies.starts, copies.lengths, count) === count;
}

function repaired(column: BytesColumn): BytesColumn {
  const { length } = column;
  const starts = new Int32Array(length);
  const lengths = new Int32Array(length);
  const texts: Uint8Array[] = [];
  let size = 0;
  for (let row = 0; row < length; row++) {
    if (column.isNull(row)) continue;
    const text = encoder.encode(decodeUtf8(column.data, column.starts[row]!, column.lengths[row]!));
    texts.push(text);
    starts[row] = size;
    lengths[row] = text.length;
    size += text.length;
  }
  return new BytesColumn(StringType, length, column.validity, Buffer.concat(texts), starts, lengths);
}
