import { FLOATING_BYTES_MAX, writeDouble } from "../format/write-floating.js";
import { parseDoubleInto } from "../number/parse-floating.js";
import { ByteArena } from "../text/byte-arena.js";
import {
  KIND_ARRAY,
  KIND_FALSE,
  KIND_FLOAT,
  KIND_INTEGER,
  KIND_NON_NUMERIC,
  KIND_NULL,
  KIND_OBJECT,
  KIND_STRING,
  KIND_STRING_ESCAPED,
  KIND_TRUE,
} from "../text/field-kind.js";
import type { JsonOptions } from "./json-options.js";
import { JsonScanner } from "./json-scanner.js";
import { writeJsonString } from "./json-string-writer.js";
import { unescapeJson } from "./unescape-json.js";

const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const ZERO = 0x30;
const COLON = 0x3a;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACKET = 0x5b;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const LETTER_N = 0x4e;
const LETTER_E = 0x65;
const NINE = 0x39;
const BACKSLASH = 0x5c;
const NULL = Uint8Array.from("null", (letter) => letter.charCodeAt(0));

/**
 * Writes JSON values anew as Spark does where a text is wanted: without white space, strings in double quotes, numbers with a point or an
 * exponent as doubles, and those that digits cannot write as strings.
 *
 * The values have to be well-formed, as a tokeniser has checked.
 */
export class JsonCompactor {
  readonly #scanner: JsonScanner;
  /** Whether names and numbers are written in one way only. */
  readonly #isPlain: boolean;
  readonly #text = new ByteArena(256);
  readonly #double = new Float64Array(1);
  #bytes: Uint8Array = new Uint8Array(0);

  constructor(options: JsonOptions = {}) {
    this.#scanner = new JsonScanner(options);
    this.#isPlain =
      options.allowNumericLeadingZeros !== true &&
      options.allowUnquotedFieldNames !== true &&
      options.allowUnquotedControlChars !== true;
  }

  /** Whether a value that a tokeniser found is known to look as it would be written anew. */
  isCompact(bytes: Uint8Array, start: number, length: number, kind: number): boolean {
    switch (kind) {
      case KIND_TRUE:
      case KIND_FALSE:
        return true;
      case KIND_OBJECT:
      case KIND_ARRAY:
        return this.#isPlain && hasPlainItems(bytes, start, start + length);
      default:
        return false;
    }
  }

  /** Appends the value that a tokeniser found, of a `KIND_` and with the span that it gave. */
  appendField(bytes: Uint8Array, start: number, length: number, kind: number, arena: ByteArena): void {
    const scanner = this.#scanner;
    this.#bytes = bytes;
    scanner.open(bytes, start + length);
    if (kind === KIND_OBJECT || kind === KIND_ARRAY) {
      this.#value(start, arena);
      return;
    }
    scanner.kind = kind;
    scanner.valueStart = start;
    scanner.valueLength = length;
    this.#scalar(arena);
  }

  /** Appends the value at `position` and returns the offset behind it. */
  #value(position: number, arena: ByteArena): number {
    const byte = this.#bytes[position];
    if (byte === OPEN_BRACE) return this.#items(position, CLOSE_BRACE, arena);
    if (byte === OPEN_BRACKET) return this.#items(position, CLOSE_BRACKET, arena);
    const next = this.#scanner.value(position);
    this.#scalar(arena);
    return next;
  }

  #items(position: number, close: number, arena: ByteArena): number {
    const scanner = this.#scanner;
    const bytes = this.#bytes;
    arena.appendByte(bytes[position]);
    let next = scanner.skipSpace(position + 1);
    while (bytes[next] !== close) {
      if (close === CLOSE_BRACE) {
        const value = scanner.member(next);
        this.#string(scanner.valueStart, scanner.valueLength, scanner.kind, arena);
        arena.appendByte(COLON);
        next = value;
      }
      next = scanner.skipSpace(this.#value(next, arena));
      if (bytes[next] !== COMMA) break;
      arena.appendByte(COMMA);
      next = scanner.skipSpace(next + 1);
    }
    arena.appendByte(close);
    return next + 1;
  }

  /** Appends what the scanner read last. */
  #scalar(arena: ByteArena): void {
    const { kind, valueStart, valueLength } = this.#scanner;
    const bytes = this.#bytes;
    switch (kind) {
      case KIND_STRING:
      case KIND_STRING_ESCAPED:
        return this.#string(valueStart, valueLength, kind, arena);
      case KIND_INTEGER:
        return this.#integer(valueStart, valueLength, arena);
      case KIND_FLOAT:
        return this.#floating(valueStart, valueLength, arena);
      case KIND_NON_NUMERIC:
        return this.#nonNumeric(bytes, valueStart, arena);
      case KIND_NULL:
        return arena.appendBytes(NULL, 0, NULL.length);
      default:
        return arena.appendBytes(bytes, valueStart, valueLength);
    }
  }

  #string(start: number, length: number, kind: number, arena: ByteArena): void {
    if (kind === KIND_STRING && !hasQuote(this.#bytes, start, length)) {
      arena.reserve(length + 2);
      arena.appendByte(QUOTE);
      arena.appendBytes(this.#bytes, start, length);
      return arena.appendByte(QUOTE);
    }
    const text = this.#text;
    text.clear();
    if (kind === KIND_STRING_ESCAPED) unescapeJson(this.#bytes, start, length, text);
    else text.appendBytes(this.#bytes, start, length);
    writeJsonString(text.bytes, 0, text.length, arena);
  }

  /** Leading zeros, and the sign of nothing, are dropped. */
  #integer(start: number, length: number, arena: ByteArena): void {
    const bytes = this.#bytes;
    const last = start + length - 1;
    let first = bytes[start] === MINUS ? start + 1 : start;
    while (first < last && bytes[first] === ZERO) first++;
    if (bytes[start] === MINUS && bytes[first] !== ZERO) arena.appendByte(MINUS);
    arena.appendBytes(bytes, first, last + 1 - first);
  }

  #floating(start: number, length: number, arena: ByteArena): void {
    const double = this.#double;
    parseDoubleInto(this.#bytes, start, start + length, double, 0);
    if (!Number.isFinite(double[0])) return this.#quoted(double[0] > 0 ? "Infinity" : "-Infinity", arena);
    arena.reserve(FLOATING_BYTES_MAX);
    arena.length = writeDouble(arena.bytes, arena.length, double[0]);
  }

  #nonNumeric(bytes: Uint8Array, start: number, arena: ByteArena): void {
    if (bytes[start] === LETTER_N) return this.#quoted("NaN", arena);
    this.#quoted(bytes[start] === MINUS ? "-Infinity" : "Infinity", arena);
  }

  #quoted(word: string, arena: ByteArena): void {
    arena.appendByte(QUOTE);
    arena.appendString(word);
    arena.appendByte(QUOTE);
  }
}

/** Whether a string without escapes has to be written otherwise: it was in single quotes or has control characters. */
function hasQuote(bytes: Uint8Array, start: number, length: number): boolean {
  for (let at = start; at < start + length; at++) if (bytes[at] === QUOTE || bytes[at] < 0x20) return true;
  return false;
}

/** Bytes between strings that are written as they are; of the others some may be. */
const PLAIN = new Uint8Array(256);
for (const letter of "0123456789,:[]{}truefalsn") PLAIN[letter.charCodeAt(0)] = 1;

/** Whether an object or array has no white space, no escapes, and of numbers only whole ones, of which none is negative. */
function hasPlainItems(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start;
  while (at < end) {
    const byte = bytes[at++];
    if (byte === QUOTE) {
      while (at < end && bytes[at] !== QUOTE) if (bytes[at++] === BACKSLASH) return false;
      at++;
    } else if (PLAIN[byte] === 0 || (byte === LETTER_E && bytes[at - 2] <= NINE)) return false;
  }
  return true;
}
