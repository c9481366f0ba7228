import { ByteArena } from "../text/byte-arena.js";
import { equalBytes } from "../text/byte-compare.js";
import { KIND_NULL, KIND_STRING_ESCAPED } from "../text/field-kind.js";
import type { JsonOptions } from "./json-options.js";
import { JsonScanner } from "./json-scanner.js";
import { unescapeJson } from "./unescape-json.js";

const COMMA = 0x2c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** A step from a value into it: the key of an object, as UTF-8, or the place of an element. */
export type JsonStep = Uint8Array | number;

/**
 * Finds the value at the end of a path. Of a key that comes more than once the first one counts from which the path goes on to a value
 * that is not null.
 */
export class JsonLookup {
  readonly #scanner: JsonScanner;
  readonly #steps: readonly JsonStep[];
  readonly #key = new ByteArena(64);
  #bytes: Uint8Array = new Uint8Array(0);

  constructor(steps: readonly JsonStep[], options: JsonOptions = {}) {
    this.#scanner = new JsonScanner(options);
    this.#steps = steps;
  }

  /** The kind and the span of what was found. */
  get kind(): number {
    return this.#scanner.kind;
  }
  get start(): number {
    return this.#scanner.valueStart;
  }
  get length(): number {
    return this.#scanner.valueLength;
  }

  /** Looks into the value at the start of a slice; false where that is malformed, or there is nothing but null. What follows it is ignored. */
  find(bytes: Uint8Array, start: number, end: number): boolean {
    const scanner = this.#scanner;
    this.#bytes = bytes;
    scanner.open(bytes, end);
    scanner.outerDepth = 0;
    const root = scanner.skipSpace(start);
    if (scanner.value(root) < 0) return false;
    return this.#follow(root, 0);
  }

  /** The scanner has just read the value at `position`; when something is found, it has just read that. */
  #follow(position: number, step: number): boolean {
    if (this.#scanner.kind === KIND_NULL) return false;
    if (step === this.#steps.length) return true;
    const wanted = this.#steps[step];
    const byte = this.#bytes[position];
    if (typeof wanted === "number") return byte === OPEN_BRACKET && this.#element(position, wanted, step);
    return byte === OPEN_BRACE && this.#member(position, wanted, step);
  }

  #element(position: number, index: number, step: number): boolean {
    const scanner = this.#scanner;
    let next = scanner.skipSpace(position + 1);
    if (this.#bytes[next] === CLOSE_BRACKET) return false;
    for (let left = index; ; left--) {
      const behind = scanner.value(next);
      if (left === 0) return this.#follow(next, step + 1);
      next = scanner.skipSpace(behind);
      if (this.#bytes[next] !== COMMA) return false;
      next = scanner.skipSpace(next + 1);
    }
  }

  #member(position: number, key: Uint8Array, step: number): boolean {
    const scanner = this.#scanner;
    let next = scanner.skipSpace(position + 1);
    if (this.#bytes[next] === CLOSE_BRACE) return false;
    for (;;) {
      const value = scanner.member(next);
      const isWanted = this.#isKey(key);
      const behind = scanner.value(value);
      if (isWanted && this.#follow(value, step + 1)) return true;
      next = scanner.skipSpace(behind);
      if (this.#bytes[next] !== COMMA) return false;
      next = scanner.skipSpace(next + 1);
    }
  }

  /** Whether the key that the scanner read last is this one. */
  #isKey(key: Uint8Array): boolean {
    const { kind, valueStart, valueLength } = this.#scanner;
    if (kind !== KIND_STRING_ESCAPED) {
      return valueLength === key.length && equalBytes(this.#bytes, valueStart, key, 0, valueLength);
    }
    const read = this.#key;
    read.clear();
    const length = unescapeJson(this.#bytes, valueStart, valueLength, read);
    return length === key.length && equalBytes(read.bytes, 0, key, 0, length);
  }
}
