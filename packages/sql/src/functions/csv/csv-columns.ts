import { type DataType, layoutOf } from "@ss/core";
import {
  ByteArena,
  CsvTokenizer,
  type FieldColumn,
  indexOfBytes,
  KIND_PLAIN,
  KIND_QUOTED,
  type SpanCopies,
} from "@ss/kernels";
import { BAD, type FieldValues } from "../text-record/field-values.js";
import { FixedValues } from "../text-record/fixed-values.js";
import { RecordColumns } from "../text-record/record-columns.js";
import { TextValues } from "../text-record/text-values.js";
import { type ValueText, valueParser } from "../text-record/value-parsers.js";
import type { CsvRecord } from "./csv-record.js";

/** U+FFFF. */
const NO_CHARACTER = new TextEncoder().encode("\uffff");
/** A byte that stands in no text. */
const NO_TEXT = 0xff;
const PLAIN_KINDS: readonly number[] = [KIND_PLAIN, KIND_QUOTED];

/** CSV records as columns. */
export class CsvColumns extends RecordColumns {
  private readonly record: CsvRecord;
  private readonly lines: CsvTokenizer;

  /** `record` reads the records that are out of the ordinary. */
  constructor(types: readonly DataType[], record: CsvRecord, text: ValueText) {
    super(
      types.map((type) => csvValues(type, text, record, () => this.copies)),
      NO_TEXT,
      0,
      record.emptyValue.length,
    );
    this.record = record;
    this.lines = new CsvTokenizer(
      types.map((_, k) => k),
      { ...record.dialect, multiLine: false, lineSeparatorByte: NO_TEXT },
    );
  }

  protected override tokenize(from: number, to: number): void {
    const { copies, table, bad, found } = this;
    const { bytes, starts, lengths } = copies;
    found.fill(1, from, to);
    let row = from;
    let plain = from;
    while (row < to) {
      if (plain <= row) plain = plainUntil(bytes, starts, lengths, row, to);
      const next = plain === row ? row : this.lines.tokenizeSpans(bytes, starts, lengths, row, plain, table);
      for (; row < next; row++) bad[row] = this.record.isRecord(bytes, table, row) ? 0 : BAD;
      if (row < to) this.tokenizeOne(row++);
    }
  }

  private tokenizeOne(row: number): void {
    const { copies, table, bad, record } = this;
    const length = copies.lengths[row]!;
    table.clearRow(row);
    bad[row] = length >= 0 && !record.read(copies.bytes, copies.starts[row]!, length) ? BAD : 0;
    if (length < 0) return;
    for (const [k, { starts, lengths, kinds }] of record.fields.entries()) {
      const column = table.columns[k]!;
      column.starts[row] = starts[0]!;
      column.lengths[row] = lengths[0]!;
      column.kinds[row] = kinds[0]!;
    }
  }
}

/** The first row from `row` on that has a U+FFFF, at which records end, or `to`. */
function plainUntil(
  bytes: Uint8Array,
  starts: Int32Array,
  lengths: Int32Array,
  row: number,
  to: number,
): number {
  let at = row;
  while (at < to && lengths[at]! < 0) at++;
  if (at === to) return to;
  // the texts are in ascending order, and few have its first byte
  const first = bytes.indexOf(NO_CHARACTER[0]!, starts[at]!);
  if (first < 0) return to;
  while (at < to && (lengths[at]! < 0 || starts[at]! + lengths[at]! <= first)) at++;
  for (; at < to; at++) {
    if (lengths[at]! >= 0 && indexOfBytes(bytes, starts[at]!, starts[at]! + lengths[at]!, NO_CHARACTER) >= 0)
      break;
  }
  return at;
}

/** Fields of a type as CSV writes it. */
export function csvValues(
  type: DataType,
  text: ValueText,
  record: CsvRecord,
  copies: () => SpanCopies,
): FieldValues {
  const arena = new ByteArena(64);
  if (layoutOf(type) === "bytes") {
    return new TextValues(type, (bytes, column, from, to) =>
      rewriteTexts(bytes, column, from, to, record, arena, copies),
    );
  }
  return new FixedValues(type, text, { kinds: PLAIN_KINDS, hasLocale: true }, (memory) => {
    const parse = valueParser(type, text, memory)!;
    return (bytes, start, length, kind) => {
      if (kind === KIND_PLAIN || kind === KIND_QUOTED) return parse(bytes, start, start + length);
      const size = record.unescape(bytes, start, length, kind, arena);
      return parse(arena.bytes, 0, size);
    };
  });
}

/** Resolves the escapes of values where they stand; empty ones in quotes have a text of their own. */
function rewriteTexts(
  bytes: Uint8Array,
  { starts, lengths, kinds }: FieldColumn,
  from: number,
  to: number,
  record: CsvRecord,
  arena: ByteArena,
  copies: () => SpanCopies,
): void {
  const { emptyValue } = record;
  let emptyStart = -1;
  for (let row = from; row < to; row++) {
    const kind = kinds[row]!;
    const length = lengths[row]!;
    if (length === 0) {
      if (emptyValue.length === 0) continue;
      if (emptyStart < 0) {
        emptyStart = copies().extra;
        bytes.set(emptyValue, emptyStart);
      }
      starts[row] = emptyStart;
      lengths[row] = emptyValue.length;
    } else if (length > 0 && kind !== KIND_PLAIN && kind !== KIND_QUOTED) {
      const size = record.unescape(bytes, starts[row]!, length, kind, arena);
      bytes.set(arena.bytes.subarray(0, size), starts[row]!);
      lengths[row] = size;
    }
  }
}
