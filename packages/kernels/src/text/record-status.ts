/** Whether a record could be tokenised, and if not, why. */
export type RecordStatus = number;

/** The record was tokenised. */
export const RECORD_OK = 0;
/** The record ended inside a value or a structure. */
export const RECORD_UNEXPECTED_END = 1;
/** A byte stands where the grammar does not allow it. */
export const RECORD_UNEXPECTED_BYTE = 2;
/** A backslash is followed by something that is no escape. */
export const RECORD_INVALID_ESCAPE = 3;
/** A string or a key is not valid UTF-8. */
export const RECORD_INVALID_UTF8 = 4;
/** A string holds a control character that must be escaped. */
export const RECORD_CONTROL_CHARACTER = 5;
/** A number is not in a legal form. */
export const RECORD_INVALID_NUMBER = 6;
/** The record, or an element of a top-level array, is not an object. */
export const RECORD_NOT_AN_OBJECT = 7;
/** Objects and arrays are nested deeper than the limit. */
export const RECORD_TOO_DEEP = 8;
/** A quoted CSV value has an unescaped quote and the handling is `RAISE_ERROR`. */
export const RECORD_UNESCAPED_QUOTE = 9;
/** A CSV record has more values than `maxColumns`. */
export const RECORD_TOO_MANY_COLUMNS = 10;
/** A CSV value has more characters than `maxCharsPerColumn`. */
export const RECORD_FIELD_TOO_LONG = 11;

const REASONS: readonly string[] = [
  "ok",
  "unexpected end of record",
  "unexpected character",
  "invalid escape sequence",
  "invalid UTF-8",
  "unescaped control character in a string",
  "invalid number",
  "not a JSON object",
  "nested too deeply",
  "unescaped quote in a quoted value",
  "too many columns",
  "value longer than the limit",
];

/** The reason behind a status code, in words. */
export function describeRecordStatus(status: RecordStatus): string {
  return REASONS[status] ?? `unknown status ${status}`;
}
