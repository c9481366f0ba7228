import type { JsonOptions } from "../json/json-options.js";
import { JsonScanner } from "../json/json-scanner.js";
import { unescapeJson } from "../json/unescape-json.js";
import { parseDoubleInto, parseInt64Into } from "../number/index.js";
import { ByteArena } from "../text/byte-arena.js";
import {
  KIND_ARRAY,
  KIND_FALSE,
  KIND_INTEGER,
  KIND_NON_NUMERIC,
  KIND_NULL,
  KIND_OBJECT,
  KIND_STRING,
  KIND_STRING_ESCAPED,
  KIND_TRUE,
} from "../text/field-kind.js";
import {
  RECORD_INVALID_ESCAPE,
  RECORD_OK,
  RECORD_TOO_DEEP,
  RECORD_UNEXPECTED_BYTE,
  type RecordStatus,
} from "../text/record-status.js";
import type { VariantBuilder } from "./variant-builder.js";

const MINUS = 0x2d;
const DOT = 0x2e;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** The grammar of `parse_json`: plain JSON. */
export const STRICT_JSON: JsonOptions = { allowSingleQuotes: false, allowNonNumericNumbers: false };

/**
 * Writes JSON texts as variants, from token to bytes.
 *
 * Whole numbers take as few bytes as hold them; what is beyond 64 bits, and numbers with a point but without an exponent,
 * are decimals of at most 38 digits, and the rest doubles. What follows the value is ignored.
 */
export class VariantJsonParser {
  readonly #scanner: JsonScanner;
  readonly #depthMax: number;
  readonly #strings = new ByteArena(256);
  readonly #double = new Float64Array(1);
  readonly #long = new Int32Array(2);
  #bytes: Uint8Array = new Uint8Array(0);
  #builder!: VariantBuilder;
  /** Offset behind the value that was read last. */
  next = 0;

  constructor(options: JsonOptions = {}) {
    this.#scanner = new JsonScanner(options);
    this.#depthMax = options.maxNestingDepth ?? 1000;
  }

  /**
   * Appends the first value in `bytes[start .. end)`, and returns `RECORD_OK` or what is wrong with the text; then the
   * builder holds half a value. White space alone is RECORD_UNEXPECTED_END.
   *
   * @throws VariantError As the builder does.
   */
  append(bytes: Uint8Array, start: number, end: number, builder: VariantBuilder): RecordStatus {
    const scanner = this.#scanner;
    scanner.open(bytes, end);
    scanner.outerDepth = 0;
    scanner.status = RECORD_OK;
    this.#bytes = bytes;
    this.#builder = builder;
    const next = this.#value(scanner.skipSpace(start), 1);
    if (next < 0) return scanner.status;
    this.next = next;
    return RECORD_OK;
  }

  /** {@link append} for a whole text, whose value makes one variant; a number at its top has to end at white space. */
  parse(bytes: Uint8Array, start: number, end: number, builder: VariantBuilder): RecordStatus {
    builder.reset();
    if (!this.appendDocument(bytes, start, end, builder)) {
      return this.#scanner.status === RECORD_OK ? RECORD_UNEXPECTED_BYTE : this.#scanner.status;
    }
    builder.finish();
    return RECORD_OK;
  }

  /** {@link parse} for a builder that was begun and is finished by the caller; false where the text is malformed. */
  appendDocument(bytes: Uint8Array, start: number, end: number, builder: VariantBuilder): boolean {
    if (this.append(bytes, start, end, builder) !== RECORD_OK) return false;
    return this.next >= end || !isDigit(bytes[this.next - 1]) || bytes[this.next] <= 0x20;
  }

  /** Appends a field that a tokeniser found, of a `KIND_` and with the span that it gave; false where it is malformed. */
  appendField(
    bytes: Uint8Array,
    start: number,
    length: number,
    kind: number,
    builder: VariantBuilder,
  ): boolean {
    const scanner = this.#scanner;
    if (kind === KIND_OBJECT || kind === KIND_ARRAY) {
      return this.append(bytes, start, start + length, builder) === RECORD_OK;
    }
    this.#bytes = bytes;
    this.#builder = builder;
    scanner.kind = kind;
    scanner.valueStart = start;
    scanner.valueLength = length;
    return this.#scalar();
  }

  #value(position: number, depth: number): number {
    const byte = this.#scanner.byteAt(position);
    if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
      if (depth > this.#depthMax) return this.#scanner.fail(RECORD_TOO_DEEP, position);
      return byte === OPEN_BRACE ? this.#object(position, depth) : this.#array(position, depth);
    }
    const next = this.#scanner.value(position);
    return next < 0 || this.#scalar() ? next : this.#scanner.fail(RECORD_INVALID_ESCAPE, position);
  }

  #object(position: number, depth: number): number {
    const scanner = this.#scanner;
    const builder = this.#builder;
    const start = builder.value.length;
    const first = builder.entryCount;
    let next = scanner.skipSpace(position + 1);
    if (scanner.byteAt(next) !== CLOSE_BRACE) {
      for (;;) {
        next = scanner.member(next);
        if (next < 0) return -1;
        // The colon was passed with the key still noted as the last value.
        if (!this.#key(start)) return scanner.fail(RECORD_INVALID_ESCAPE, scanner.valueStart);
        next = this.#value(next, depth + 1);
        if (next < 0) return -1;
        next = scanner.skipSpace(next);
        const after = scanner.byteAt(next);
        if (after === CLOSE_BRACE) break;
        if (after !== COMMA) return scanner.fail(RECORD_UNEXPECTED_BYTE, next);
        next = scanner.skipSpace(next + 1);
      }
    }
    builder.finishObject(start, first);
    return next + 1;
  }

  #array(position: number, depth: number): number {
    const scanner = this.#scanner;
    const builder = this.#builder;
    const start = builder.value.length;
    const first = builder.entryCount;
    let next = scanner.skipSpace(position + 1);
    if (scanner.byteAt(next) !== CLOSE_BRACKET) {
      for (;;) {
        builder.addEntry(0, start);
        next = this.#value(next, depth + 1);
        if (next < 0) return -1;
        next = scanner.skipSpace(next);
        const after = scanner.byteAt(next);
        if (after === CLOSE_BRACKET) break;
        if (after !== COMMA) return scanner.fail(RECORD_UNEXPECTED_BYTE, next);
        next = scanner.skipSpace(next + 1);
      }
    }
    builder.finishArray(start, first);
    return next + 1;
  }

  #key(start: number): boolean {
    const { valueStart, valueLength, kind } = this.#scanner;
    const builder = this.#builder;
    let id: number;
    if (kind === KIND_STRING_ESCAPED) {
      if (!this.#unescape(valueStart, valueLength)) return false;
      id = builder.dictionary.add(this.#strings.bytes, 0, this.#strings.length);
    } else {
      id = builder.dictionary.add(this.#bytes, valueStart, valueLength);
    }
    builder.addEntry(id, start);
    return true;
  }

  #scalar(): boolean {
    const { kind, valueStart, valueLength } = this.#scanner;
    const builder = this.#builder;
    switch (kind) {
      case KIND_STRING:
        builder.appendString(this.#bytes, valueStart, valueLength);
        return true;
      case KIND_STRING_ESCAPED:
        if (!this.#unescape(valueStart, valueLength)) return false;
        builder.appendString(this.#strings.bytes, 0, this.#strings.length);
        return true;
      case KIND_TRUE:
      case KIND_FALSE:
        builder.appendBoolean(kind === KIND_TRUE);
        return true;
      case KIND_NULL:
        builder.appendNull();
        return true;
      case KIND_INTEGER:
        this.#integer(valueStart, valueStart + valueLength);
        return true;
      case KIND_NON_NUMERIC:
        builder.appendDouble(specialNumber(this.#bytes, valueStart));
        return true;
      default:
        if (!this.#decimal(valueStart, valueStart + valueLength)) {
          this.#appendDouble(valueStart, valueStart + valueLength);
        }
        return true;
    }
  }

  #integer(start: number, end: number): void {
    const bytes = this.#bytes;
    const builder = this.#builder;
    const first = bytes[start] === MINUS ? start + 1 : start;
    if (end - first <= 15) {
      let value = 0;
      for (let at = first; at < end; at++) value = value * 10 + (bytes[at] - 48);
      builder.appendInteger(first === start ? value : -value);
    } else if (parseInt64Into(bytes, start, end, this.#long, 0)) {
      builder.appendLong(this.#long[0], this.#long[1]);
    } else if (!this.#decimal(start, end)) {
      this.#appendDouble(start, end);
    }
  }

  /** Appends a number in plain notation of at most 38 digits; false where it is none. */
  #decimal(start: number, end: number): boolean {
    const bytes = this.#bytes;
    const negative = bytes[start] === MINUS;
    let point = -1;
    let digits = 0;
    let value = 0;
    for (let at = negative ? start + 1 : start; at < end; at++) {
      const byte = bytes[at];
      if (byte === DOT) point = at;
      else if (isDigit(byte)) {
        // Zeros in front are no digits of the number.
        if (digits > 0 || byte !== 48) digits++;
        if (digits <= 15) value = value * 10 + (byte - 48);
      } else return false;
    }
    const scale = point < 0 ? 0 : end - point - 1;
    if (digits > 38 || scale > 38) return false;
    const signed = negative ? -value : value;
    if (digits <= 9 && scale <= 9) this.#builder.appendDecimal4(signed, scale);
    else if (digits <= 15 && scale <= 18) this.#builder.appendDecimal8(signed, scale);
    else this.#builder.appendDecimal(this.#unscaled(start, point, end), scale);
    return true;
  }

  #unscaled(start: number, point: number, end: number): bigint {
    let text = "";
    for (let at = start; at < end; at++) if (at !== point) text += String.fromCharCode(this.#bytes[at]);
    return BigInt(text);
  }

  #appendDouble(start: number, end: number): void {
    parseDoubleInto(this.#bytes, start, end, this.#double, 0);
    this.#builder.appendDouble(this.#double[0]);
  }

  /** Resolves the escapes of a string; false where half a surrogate pair is escaped, which no UTF-8 holds. */
  #unescape(start: number, length: number): boolean {
    if (hasLoneSurrogate(this.#bytes, start, start + length)) return false;
    this.#strings.clear();
    unescapeJson(this.#bytes, start, length, this.#strings);
    return true;
  }
}

function isDigit(byte: number): boolean {
  return byte >= 48 && byte <= 57;
}

function specialNumber(bytes: Uint8Array, start: number): number {
  if (bytes[start] === 0x4e) return Number.NaN;
  return bytes[start] === MINUS ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

function hasLoneSurrogate(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start;
  while (at < end) {
    if (bytes[at] !== BACKSLASH) {
      at++;
      continue;
    }
    const half = surrogateAt(bytes, at, end);
    if (half === 0) at += 2;
    else if (half === 1 && surrogateAt(bytes, at + 6, end) === 2) at += 12;
    else return true;
  }
  return false;
}

/** 1 where the first half of a surrogate pair is escaped, 2 where the second is, 0 elsewhere. */
function surrogateAt(bytes: Uint8Array, at: number, end: number): number {
  if (at + 6 > end || bytes[at] !== BACKSLASH || bytes[at + 1] !== 0x75) return 0;
  if ((bytes[at + 2] | 0x20) !== 0x64) return 0;
  const digit = bytes[at + 3] | 0x20;
  if (digit === 0x38 || digit === 0x39 || digit === 0x61 || digit === 0x62) return 1;
  return digit >= 0x63 && digit <= 0x66 ? 2 : 0;
}
