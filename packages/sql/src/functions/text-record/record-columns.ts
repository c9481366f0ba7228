import { assert, type BytesColumn, type Column } from "@ss/core";
import { FieldTable, KernelArrays, SpanCopies } from "@ss/kernels";
import type { FieldValues } from "./field-values.js";

/** How many records are read ahead at most. */
const AHEAD_MAX = 1024;
const AHEAD_FIRST = 64;

/**
 * Reads the records that a column of texts holds, a run of them at a time, into columns of their fields. Generated code calls
 * `open` for each batch and `read` for a row that is not done; the rows behind it are read along, the more of them the more
 * often all of them were wanted. Of a dictionary, every entry is read once.
 */
export abstract class RecordColumns {
  readonly fields: readonly FieldValues[];
  /** Starts, lengths and kinds of the fields. */
  readonly table: FieldTable;
  /** 1 for rows that were read. */
  done: Uint8Array = new Uint8Array(0);
  /** 1 for rows whose text is a record, be it malformed. */
  found: Uint8Array = new Uint8Array(0);
  /** Not 0 for rows whose record is malformed. */
  bad: Uint8Array = new Uint8Array(0);
  protected readonly copies: SpanCopies;
  private readonly room: number;
  private readonly extra: number;
  /** Whether what was read holds beyond the batch; what is in builders does not. */
  private readonly holds: boolean;
  private entries: Column | undefined;
  private rowCount = 0;
  private ahead = AHEAD_FIRST;
  private next = 0;
  private readonly oneStart = new Int32Array(1);
  private readonly oneLength = new Int32Array(1);

  /**
   * `separator` follows each text where it is read; `room` is how many bytes more a text may need for each of its own, and `extra`
   * how many there are for other texts.
   */
  constructor(fields: readonly FieldValues[], separator: number, room: number, extra = 0, holds = true) {
    this.fields = fields;
    this.table = new FieldTable(fields.length, 1, new KernelArrays());
    this.copies = new SpanCopies(separator);
    this.room = room;
    this.extra = extra;
    this.holds = holds;
    this.prepare(1);
  }

  /** Where the values of a field of the schema (without the one for corrupt records) are among `fields`; -1 where they are null. */
  placeOf(field: number): number {
    return field;
  }

  /** Tokenises the copies from row `from` to row `to` into the table, and sets `found` and `bad`. */
  protected abstract tokenize(from: number, to: number): void;

  /** The bytes where the records and the texts among their fields are. */
  get bytes(): Uint8Array {
    return this.copies.bytes;
  }

  /** Begins with another column; `isDictionary` says that it holds the entries of one, which stay what they are. */
  open(column: Column, isDictionary: boolean): this {
    assert(column.layout === "bytes", `records stand in a column of texts, not in one of ${column.layout}`);
    if (isDictionary && this.holds && column === this.entries) return this;
    this.entries = isDictionary ? column : undefined;
    this.begin(column);
    return this;
  }

  /** Reads one text, as row 0. */
  readOne(data: Uint8Array, start: number, length: number): void {
    const { oneStart, oneLength } = this;
    oneStart[0] = start;
    oneLength[0] = length;
    this.entries = undefined;
    this.begin({ data, starts: oneStart, lengths: oneLength, length: 1, validity: null });
    this.readRows(0, 1);
  }

  /** Reads a row that is not done, and others with it. */
  read(row: number): void {
    if (this.entries !== undefined) return this.readRows(0, this.rowCount);
    // a row that was passed over means that many more may be
    this.ahead = row === this.next ? Math.min(2 * this.ahead, AHEAD_MAX) : Math.max(this.ahead >> 1, 1);
    this.next = Math.min(row + this.ahead, this.rowCount);
    this.readRows(row, this.next);
  }

  private begin(column: Pick<BytesColumn, "data" | "starts" | "lengths" | "length" | "validity">): void {
    const { length: count } = column;
    const { data, starts, lengths, validity } = column;
    this.rowCount = count;
    this.next = 0;
    this.prepare(count);
    this.copies.open({ data, starts, lengths, validity, count }, this.room, this.extra);
    this.done.fill(0, 0, count);
  }

  private prepare(count: number): void {
    this.table.ensureCapacity(count);
    for (const field of this.fields) field.start(count);
    if (this.done.length >= count) return;
    const capacity = Math.max(count, 2 * this.done.length);
    this.done = new Uint8Array(capacity);
    this.found = new Uint8Array(capacity);
    this.bad = new Uint8Array(capacity);
  }

  private readRows(from: number, to: number): void {
    const { fields, table, copies, bad } = this;
    copies.copy(from, to);
    this.tokenize(from, to);
    for (let k = 0; k < fields.length; k++) {
      const field = fields[k]!;
      if (field.isUsed) field.read(copies.bytes, table.columns[k]!, from, to, bad);
    }
    this.done.fill(1, from, to);
  }
}
