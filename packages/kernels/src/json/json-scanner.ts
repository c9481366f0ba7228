import { viewOf } from "../text/byte-view.js";
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
import {
  RECORD_CONTROL_CHARACTER,
  RECORD_INVALID_ESCAPE,
  RECORD_INVALID_NUMBER,
  RECORD_INVALID_UTF8,
  RECORD_OK,
  RECORD_TOO_DEEP,
  RECORD_UNEXPECTED_BYTE,
  RECORD_UNEXPECTED_END,
} from "../text/record-status.js";
import { utf8SequenceLength } from "../text/utf8.js";
import type { JsonOptions } from "./json-options.js";

const QUOTE = 0x22;
const APOSTROPHE = 0x27;
const PLUS = 0x2b;
const COMMA = 0x2c;
const MINUS = 0x2d;
const DOT = 0x2e;
const SLASH = 0x2f;
const ZERO = 0x30;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** Bytes that may follow a backslash: the JSON escapes except `u`. */
const ESCAPES = new Uint8Array(256);
for (const letter of '"\\/bfnrt') ESCAPES[letter.charCodeAt(0)] = 1;

/** Bytes of a key without quotes. */
const NAME_BYTES = new Uint8Array(256);
for (let byte = 0; byte < 256; byte++) {
  const isName = byte >= 0x80 || /[\w$@#*+-]/.test(String.fromCharCode(byte));
  NAME_BYTES[byte] = isName ? 1 : 0;
}

const HEX_BYTES = new Uint8Array(256);
for (const digit of "0123456789abcdefABCDEF") HEX_BYTES[digit.charCodeAt(0)] = 1;

const WORDS = ["true", "false", "null", "NaN", "Infinity", "+Infinity", "-Infinity", "+INF", "-INF"].map(
  (word) => Uint8Array.from(word, (letter) => letter.charCodeAt(0)),
);
const [TRUE, FALSE, NULL, NAN, INFINITY, PLUS_INFINITY, MINUS_INFINITY, PLUS_INF, MINUS_INF] = WORDS;

/**
 * Walks over JSON tokens in bytes, checking every one of them.
 *
 * Each method takes an offset and returns the offset behind what it read, or -1; then `status` and `errorOffset`
 * say what is wrong. Nothing at or behind `end` is looked at.
 */
export class JsonScanner {
  /** What is wrong, after a -1. */
  status: number = RECORD_OK;
  /** Where it is wrong, after a -1. */
  errorOffset = -1;
  /** The kind of the value that was read last. */
  kind = 0;
  /** Offset of the content of the value that was read last (strings without their quotes). */
  valueStart = 0;
  /** Length of that content; -1 for null. */
  valueLength = 0;
  /** Whether the string that `stringEnd` read last has escapes. */
  escaped = false;
  /** How many open objects and arrays surround the values that are read. */
  outerDepth = 0;

  #bytes: Uint8Array = new Uint8Array(0);
  #view: DataView = new DataView(new ArrayBuffer(0));
  #end = 0;
  readonly #nesting: Uint8Array;
  readonly #space: Uint8Array = new Uint8Array(256);
  readonly #comments: boolean;
  readonly #unquotedNames: boolean;
  readonly #singleQuotes: boolean;
  readonly #leadingZeros: boolean;
  readonly #nonNumeric: boolean;
  readonly #anyEscape: boolean;
  readonly #controlChars: boolean;

  constructor(options: JsonOptions = {}) {
    this.#comments = options.allowComments ?? false;
    this.#unquotedNames = options.allowUnquotedFieldNames ?? false;
    this.#singleQuotes = options.allowSingleQuotes ?? true;
    this.#leadingZeros = options.allowNumericLeadingZeros ?? false;
    this.#nonNumeric = options.allowNonNumericNumbers ?? true;
    this.#anyEscape = options.allowBackslashEscapingAnyCharacter ?? false;
    this.#controlChars = options.allowUnquotedControlChars ?? false;
    this.#nesting = new Uint8Array((options.maxNestingDepth ?? 1000) + 1);
    this.setLineEndsAreSpace(true);
  }

  /** Says whether `\n` and `\r` are white space, or end the record. */
  setLineEndsAreSpace(areSpace: boolean): void {
    this.#space[0x20] = 1;
    this.#space[0x09] = 1;
    this.#space[0x0a] = areSpace ? 1 : 0;
    this.#space[0x0d] = areSpace ? 1 : 0;
  }

  /** Sets the bytes to read and the offset that must not be passed. */
  open(bytes: Uint8Array, end: number): void {
    if (bytes !== this.#bytes) {
      this.#bytes = bytes;
      this.#view = viewOf(bytes);
    }
    this.#end = end;
  }

  /** Notes an error and returns -1. */
  fail(status: number, offset: number): number {
    this.status = offset >= this.#end ? RECORD_UNEXPECTED_END : status;
    this.errorOffset = offset;
    return -1;
  }

  /** The byte at an offset, or -1 at the end. */
  byteAt(position: number): number {
    return position < this.#end ? this.#bytes[position] : -1;
  }

  /** Offset of the first byte at or after `position` that is no white space (nor comment), perhaps the end. */
  skipSpace(position: number): number {
    const bytes = this.#bytes;
    const end = this.#end;
    let next = position;
    for (;;) {
      while (next < end && this.#space[bytes[next]] === 1) next++;
      if (!this.#comments || next >= end || bytes[next] !== SLASH) return next;
      const behind = this.#skipComment(next);
      if (behind < 0) return next;
      next = behind;
    }
  }

  #skipComment(position: number): number {
    const bytes = this.#bytes;
    const end = this.#end;
    const second = this.byteAt(position + 1);
    let next = position + 2;
    if (second === SLASH) {
      while (next < end && bytes[next] !== 0x0a && bytes[next] !== 0x0d) next++;
      return next;
    }
    if (second !== 0x2a) return -1;
    for (; next + 1 < end; next++) if (bytes[next] === 0x2a && bytes[next + 1] === SLASH) return next + 2;
    return -1;
  }

  /** Reads the value that begins at `position` and notes its kind and span. */
  value(position: number): number {
    const byte = this.byteAt(position);
    if (byte === QUOTE) return this.#stringValue(position, QUOTE);
    if ((byte >= ZERO && byte <= 0x39) || byte === MINUS) return this.#number(position);
    switch (byte) {
      case OPEN_BRACE:
        return this.#container(position, KIND_OBJECT);
      case OPEN_BRACKET:
        return this.#container(position, KIND_ARRAY);
      case 0x74:
        return this.#word(position, TRUE, KIND_TRUE);
      case 0x66:
        return this.#word(position, FALSE, KIND_FALSE);
      case 0x6e:
        return this.#word(position, NULL, KIND_NULL);
      case APOSTROPHE:
        if (this.#singleQuotes) return this.#stringValue(position, APOSTROPHE);
        break;
      case 0x4e:
        if (this.#nonNumeric) return this.#word(position, NAN, KIND_NON_NUMERIC);
        break;
      case 0x49:
        if (this.#nonNumeric) return this.#word(position, INFINITY, KIND_NON_NUMERIC);
        break;
      case PLUS:
        if (this.#nonNumeric) return this.#signedWord(position, PLUS_INFINITY, PLUS_INF);
        break;
    }
    return this.fail(RECORD_UNEXPECTED_BYTE, position);
  }

  #stringValue(position: number, quote: number): number {
    const end = this.stringEnd(position + 1, quote);
    if (end < 0) return -1;
    this.kind = this.escaped ? KIND_STRING_ESCAPED : KIND_STRING;
    this.valueStart = position + 1;
    this.valueLength = end - position - 1;
    return end + 1;
  }

  /** Offset of the quote that closes the string whose content begins at `position`. */
  stringEnd(position: number, quote: number): number {
    const bytes = this.#bytes;
    const view = this.#view;
    const end = this.#end;
    const wordEnd = end - 4;
    const quotes = Math.imul(quote, 0x01010101);
    let next = position;
    this.escaped = false;
    for (;;) {
      // Four bytes at a time while none is a quote, a backslash, a control character or beyond ASCII. The lowest
      // high bit of `stops` is exact; a borrow can only spoil the bytes above it.
      while (next <= wordEnd) {
        const word = view.getInt32(next, true);
        const quoteHits = word ^ quotes;
        const escapeHits = word ^ 0x5c5c5c5c;
        const stops =
          (((quoteHits - 0x01010101) & ~quoteHits) |
            ((escapeHits - 0x01010101) & ~escapeHits) |
            ((word - 0x20202020) & ~word) |
            word) &
          0x80808080;
        if (stops !== 0) {
          next += (31 - Math.clz32(stops & -stops)) >> 3;
          break;
        }
        next += 4;
      }
      if (next >= end) return this.fail(RECORD_UNEXPECTED_END, end);
      const byte = bytes[next];
      if (byte === quote) return next;
      if (byte === BACKSLASH) {
        next = this.#escapeEnd(next);
        if (next < 0) return -1;
      } else if (byte >= 0x80) {
        const size = utf8SequenceLength(bytes, next, end);
        if (size === 0) return this.fail(RECORD_INVALID_UTF8, next);
        next += size;
      } else if (byte < 0x20 && !this.#controlChars) {
        return this.fail(RECORD_CONTROL_CHARACTER, next);
      } else {
        next++;
      }
    }
  }

  #escapeEnd(position: number): number {
    const byte = this.byteAt(position + 1);
    this.escaped = true;
    if (byte < 0) return this.fail(RECORD_UNEXPECTED_END, position + 1);
    if (ESCAPES[byte] === 1 || (byte === APOSTROPHE && this.#singleQuotes)) return position + 2;
    if (byte === 0x75) {
      for (let next = position + 2; next < position + 6; next++) {
        const digit = this.byteAt(next);
        if (digit < 0 || HEX_BYTES[digit] === 0) return this.fail(RECORD_INVALID_ESCAPE, next);
      }
      return position + 6;
    }
    if (!this.#anyEscape) return this.fail(RECORD_INVALID_ESCAPE, position + 1);
    const size = utf8SequenceLength(this.#bytes, position + 1, this.#end);
    return size === 0 ? this.fail(RECORD_INVALID_UTF8, position + 1) : position + 1 + size;
  }

  #number(position: number): number {
    const bytes = this.#bytes;
    const end = this.#end;
    const negative = bytes[position] === MINUS;
    const digits = negative ? position + 1 : position;
    let next = this.#digitsEnd(digits);
    if (next === digits) {
      const isWord = negative && this.#nonNumeric && this.byteAt(digits) === 0x49;
      return isWord
        ? this.#signedWord(position, MINUS_INFINITY, MINUS_INF)
        : this.fail(RECORD_INVALID_NUMBER, digits);
    }
    if (bytes[digits] === ZERO && next > digits + 1 && !this.#leadingZeros) {
      return this.fail(RECORD_INVALID_NUMBER, digits);
    }
    let kind = KIND_INTEGER;
    let byte = next < end ? bytes[next] : -1;
    if (byte === DOT) {
      kind = KIND_FLOAT;
      const fraction = next + 1;
      next = this.#digitsEnd(fraction);
      if (next === fraction) return this.fail(RECORD_INVALID_NUMBER, next);
      byte = next < end ? bytes[next] : -1;
    }
    if ((byte | 0x20) === 0x65) {
      kind = KIND_FLOAT;
      byte = this.byteAt(next + 1);
      const exponent = byte === PLUS || byte === MINUS ? next + 2 : next + 1;
      next = this.#digitsEnd(exponent);
      if (next === exponent) return this.fail(RECORD_INVALID_NUMBER, next);
    }
    return this.#note(kind, position, next);
  }

  #digitsEnd(position: number): number {
    const bytes = this.#bytes;
    const end = this.#end;
    let next = position;
    while (next < end && bytes[next] >= ZERO && bytes[next] <= 0x39) next++;
    return next;
  }

  #note(kind: number, start: number, end: number): number {
    this.kind = kind;
    this.valueStart = start;
    this.valueLength = kind === KIND_NULL ? -1 : end - start;
    return end;
  }

  #signedWord(position: number, long: Uint8Array, short: Uint8Array): number {
    return this.#word(position, this.byteAt(position + 2) === 0x4e ? short : long, KIND_NON_NUMERIC);
  }

  #word(position: number, word: Uint8Array, kind: number): number {
    const bytes = this.#bytes;
    const limit = this.#end;
    for (let i = 0; i < word.length; i++) {
      if (position + i >= limit || bytes[position + i] !== word[i])
        return this.fail(RECORD_UNEXPECTED_BYTE, position + i);
    }
    const end = position + word.length;
    if (end < limit && NAME_BYTES[bytes[end]] === 1) return this.fail(RECORD_UNEXPECTED_BYTE, end);
    return this.#note(kind, position, end);
  }

  /** Reads a whole object or array without recursion, keeping only whether each open level is an object. */
  #container(position: number, kind: number): number {
    const nesting = this.#nesting;
    let depth = 0;
    let next = position;
    // Every round reads one value; `next` is at its first byte.
    for (;;) {
      const byte = this.byteAt(next);
      if (byte === OPEN_BRACE || byte === OPEN_BRACKET) {
        depth++;
        if (depth + this.outerDepth >= nesting.length) return this.fail(RECORD_TOO_DEEP, next);
        nesting[depth] = byte === OPEN_BRACE ? 1 : 0;
        next = this.skipSpace(next + 1);
        if (this.byteAt(next) !== (byte === OPEN_BRACE ? CLOSE_BRACE : CLOSE_BRACKET)) {
          if (byte === OPEN_BRACE) next = this.member(next);
          if (next < 0) return -1;
          continue;
        }
      } else {
        next = this.value(next);
        if (next < 0) return -1;
        next = this.skipSpace(next);
      }
      // Behind a value: close levels until a comma brings the next one.
      for (;;) {
        const after = this.byteAt(next);
        if (after === COMMA) break;
        if (after !== (nesting[depth] === 1 ? CLOSE_BRACE : CLOSE_BRACKET)) {
          return this.fail(RECORD_UNEXPECTED_BYTE, next);
        }
        depth--;
        next++;
        if (depth === 0) return this.#note(kind, position, next);
        next = this.skipSpace(next);
      }
      next = this.skipSpace(next + 1);
      if (nesting[depth] === 1) next = this.member(next);
      if (next < 0) return -1;
    }
  }

  /** Reads a key and its colon; returns the offset of the value, and leaves the key as the value read last. */
  member(position: number): number {
    let next = this.#key(position);
    if (next < 0) return -1;
    next = this.skipSpace(next);
    if (this.byteAt(next) !== COLON) return this.fail(RECORD_UNEXPECTED_BYTE, next);
    return this.skipSpace(next + 1);
  }

  #key(position: number): number {
    const byte = this.byteAt(position);
    if (byte === QUOTE) return this.#stringValue(position, QUOTE);
    if (byte === APOSTROPHE && this.#singleQuotes) return this.#stringValue(position, APOSTROPHE);
    if (!this.#unquotedNames || byte < 0 || NAME_BYTES[byte] === 0 || (byte >= ZERO && byte <= 0x39)) {
      return this.fail(RECORD_UNEXPECTED_BYTE, position);
    }
    let next = position;
    for (let name = byte; name >= 0 && NAME_BYTES[name] === 1; name = this.byteAt(next)) {
      const size = utf8SequenceLength(this.#bytes, next, this.#end);
      if (size === 0) return this.fail(RECORD_INVALID_UTF8, next);
      next += size;
    }
    return this.#note(KIND_STRING, position, next);
  }
}
