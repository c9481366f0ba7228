import { KIND_ARRAY, KIND_MISSING, KIND_OBJECT } from "../text/field-kind.js";
import type { FieldColumn } from "../text/field-table.js";
import type { RecordStatus } from "../text/record-status.js";
import { RECORD_NOT_AN_OBJECT, RECORD_OK, RECORD_UNEXPECTED_BYTE } from "../text/record-status.js";
import type { SpanList } from "../text/span-list.js";
import { itemsKernel } from "./json-items-kernel.js";
import type { JsonOptions } from "./json-options.js";
import { JsonScanner } from "./json-scanner.js";

const COMMA = 0x2c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/**
 * Takes arrays and objects of unknown keys apart, one level at a time: the elements of arrays, the keys and values
 * of maps. The spans that it gives can be taken apart again, or given to a `JsonTokenizer`.
 *
 * When a status other than `RECORD_OK` comes back, the lists are as they were before the call.
 */
export class JsonNested {
  readonly #scanner: JsonScanner;
  readonly #usesKernel: boolean;
  readonly #maxNestingDepth: number;

  /** `usesKernel` says that columns are read by the kernel as far as it can prove them right; their arrays have to lie in its memory. */
  constructor(options: JsonOptions = {}, usesKernel = true) {
    this.#scanner = new JsonScanner(options);
    this.#usesKernel = usesKernel;
    this.#maxNestingDepth = options.maxNestingDepth ?? 1000;
  }

  /** Where the last call failed. */
  get errorOffset(): number {
    return this.#scanner.errorOffset;
  }

  /** Appends the value, of whatever kind, at the start of a slice; what follows it is ignored. */
  appendValue(bytes: Uint8Array, start: number, end: number, values: SpanList): RecordStatus {
    const scanner = this.#scanner;
    scanner.open(bytes, end);
    scanner.outerDepth = 0;
    if (scanner.value(scanner.skipSpace(start)) < 0) return scanner.status;
    values.push(scanner.valueStart, scanner.valueLength, scanner.kind);
    return RECORD_OK;
  }

  /** Appends the elements of the array that a slice holds. */
  appendElements(bytes: Uint8Array, start: number, length: number, elements: SpanList): RecordStatus {
    const before = elements.count;
    const status = this.#items(bytes, start, length, undefined, elements);
    if (status !== RECORD_OK) elements.count = before;
    return status;
  }

  /**
   * Appends the keys and the values of the object that a slice holds, in order, repeated keys included.
   *
   * Keys are of kind `KIND_STRING` or `KIND_STRING_ESCAPED`.
   */
  appendEntries(
    bytes: Uint8Array,
    start: number,
    length: number,
    keys: SpanList,
    values: SpanList,
  ): RecordStatus {
    const keysBefore = keys.count;
    const valuesBefore = values.count;
    const status = this.#items(bytes, start, length, keys, values);
    if (status !== RECORD_OK) {
      keys.count = keysBefore;
      values.count = valuesBefore;
    }
    return status;
  }

  /**
   * Appends the elements of each array in rows `from` to `to` of a column; those of row i are `offsets[i]` to `offsets[i + 1]`.
   *
   * Rows that hold none have none. One that is malformed, where the values were not read before, has none either, and its kind
   * becomes `KIND_MISSING`.
   */
  appendColumnElements(
    bytes: Uint8Array,
    column: FieldColumn,
    to: number,
    offsets: Int32Array,
    elements: SpanList,
    from = 0,
  ): void {
    this.#appendColumn(bytes, column, from, to, offsets, undefined, elements);
  }

  /** Appends the keys and values of each object in rows `from` to `to` of a column, as `appendColumnElements` does with elements. */
  appendColumnEntries(
    bytes: Uint8Array,
    column: FieldColumn,
    to: number,
    offsets: Int32Array,
    keys: SpanList,
    values: SpanList,
    from = 0,
  ): void {
    this.#appendColumn(bytes, column, from, to, offsets, keys, values);
  }

  #appendColumn(
    bytes: Uint8Array,
    column: FieldColumn,
    from: number,
    to: number,
    offsets: Int32Array,
    keys: SpanList | undefined,
    values: SpanList,
  ): void {
    const kind = keys === undefined ? KIND_ARRAY : KIND_OBJECT;
    const kernel = this.#usesKernel ? itemsKernel(bytes, column, offsets, keys, values) : undefined;
    offsets[from] = values.count;
    let row = from;
    while (row < to) {
      if (kernel !== undefined) {
        row = kernel(row, to, this.#maxNestingDepth);
        if (row >= to) break;
      }
      if (column.kinds[row] === kind) {
        const status = this.#items(bytes, column.starts[row], column.lengths[row], keys, values);
        if (status !== RECORD_OK) {
          values.count = offsets[row];
          if (keys !== undefined) keys.count = offsets[row];
          column.kinds[row] = KIND_MISSING;
        }
      }
      offsets[++row] = values.count;
    }
  }

  /** Reads an array, or an object when there is a list for the keys. */
  #items(
    bytes: Uint8Array,
    start: number,
    length: number,
    keys: SpanList | undefined,
    values: SpanList,
  ): RecordStatus {
    const scanner = this.#scanner;
    const close = keys === undefined ? CLOSE_BRACKET : CLOSE_BRACE;
    scanner.open(bytes, start + length);
    scanner.outerDepth = 1;
    const first = scanner.skipSpace(start);
    if (scanner.byteAt(first) !== (keys === undefined ? OPEN_BRACKET : OPEN_BRACE)) {
      scanner.fail(RECORD_NOT_AN_OBJECT, first);
      return scanner.status;
    }
    let next = scanner.skipSpace(first + 1);
    if (scanner.byteAt(next) === close) return RECORD_OK;
    for (;;) {
      if (keys !== undefined) {
        next = scanner.member(next);
        if (next < 0) return scanner.status;
        keys.push(scanner.valueStart, scanner.valueLength, scanner.kind);
      }
      next = scanner.value(next);
      if (next < 0) return scanner.status;
      values.push(scanner.valueStart, scanner.valueLength, scanner.kind);
      next = scanner.skipSpace(next);
      const after = scanner.byteAt(next);
      if (after === close) return RECORD_OK;
      if (after !== COMMA) {
        scanner.fail(RECORD_UNEXPECTED_BYTE, next);
        return scanner.status;
      }
      next = scanner.skipSpace(next + 1);
    }
  }
}
