/**
 * What a tokeniser found for one field of one record.
 *
 * JSON fields use the codes up to {@link KIND_ARRAY}, CSV fields {@link KIND_MISSING} and the codes from
 * {@link KIND_PLAIN} on. A field of kind `missing` or `null` has length -1.
 */
export type FieldKind = number;

/** The record has no such field (JSON: no such key; CSV: fewer tokens than that). */
export const KIND_MISSING = 0;
/** JSON `null`. */
export const KIND_NULL = 1;
/** A JSON string whose span, without its quotes, is the value. */
export const KIND_STRING = 2;
/** A JSON string whose span, without its quotes, has escapes: pass it through `unescapeJson`. */
export const KIND_STRING_ESCAPED = 3;
/** A JSON number without fraction and exponent. */
export const KIND_INTEGER = 4;
/** A JSON number with a fraction or an exponent. */
export const KIND_FLOAT = 5;
/** One of `NaN`, `Infinity`, `+Infinity`, `-Infinity`, `+INF`, `-INF`, written without quotes. */
export const KIND_NON_NUMERIC = 6;
/** JSON `true`. */
export const KIND_TRUE = 7;
/** JSON `false`. */
export const KIND_FALSE = 8;
/** A JSON object; the span runs from its opening brace to its closing one, both included. */
export const KIND_OBJECT = 9;
/** A JSON array; the span runs from its opening bracket to its closing one, both included. */
export const KIND_ARRAY = 10;
/** A CSV value that stands without quotes; the span is the value (length 0: nothing between two separators). */
export const KIND_PLAIN = 11;
/** A CSV value in quotes whose span, without them, is the value (length 0: `""`). */
export const KIND_QUOTED = 12;
/** A CSV value in quotes whose span, without them, has escapes: pass it through `unescapeCsv`. */
export const KIND_QUOTED_ESCAPED = 13;
/**
 * A CSV value that opens with a quote, has escapes, and goes on behind its closing quote. The span includes the
 * opening quote: pass it through `unescapeCsv`.
 */
export const KIND_QUOTED_TAIL = 14;
