import { type CsvOptions, CsvTokenizer, FieldTable, RECORD_OK } from "@ss/kernels";
import { CsvNulls } from "../csv/csv-nulls.js";
import type { BadRows } from "../reading/bad-rows.js";
import type { Tokenizer } from "../reading/record-reader.js";
import { CsvVariantFields } from "./csv-variant-decoders.js";
import type { CsvVariantValues } from "./csv-variant-value.js";
import type { VariantRows } from "./variant-rows.js";

const FIRST_COLUMNS = 16;

/** What records as variants are read with. */
export interface CsvRecordOptions {
  readonly grammar: CsvOptions;
  readonly nullValue: string;
  readonly emptyValue: string;
}

const encoder = new TextEncoder();

/**
 * Takes records apart into as many fields as they have, in a table of its own that grows with them; the table of the reader gets
 * the records alone.
 */
export class CsvVariantRecords implements Tokenizer {
  private readonly options: CsvRecordOptions;
  private readonly values: CsvVariantValues;
  private tokenizer!: CsvTokenizer;
  private nulls!: CsvNulls;
  private fields!: CsvVariantFields;
  private table!: FieldTable;
  private names: readonly Uint8Array[] = [];
  /** Whether the names are those of a header, so that every record has to have as many values. */
  private hasHeader = false;

  constructor(options: CsvRecordOptions, values: CsvVariantValues) {
    this.options = options;
    this.values = values;
    this.widen(FIRST_COLUMNS);
  }

  private widen(count: number): void {
    const { grammar, nullValue, emptyValue } = this.options;
    const positions = Array.from({ length: count }, (_, k) => k);
    this.tokenizer = new CsvTokenizer(positions, grammar);
    this.nulls = new CsvNulls(nullValue, emptyValue, this.tokenizer);
    this.fields = new CsvVariantFields(this.values, this.tokenizer, emptyValue);
    this.table = new FieldTable(count, 64);
    if (!this.hasHeader) this.names = positions.map((k) => encoder.encode(`_c${k}`));
  }

  /** Begins a file, with the names of its header if it has one. */
  begin(header: readonly (string | null)[] | undefined): void {
    this.hasHeader = header !== undefined;
    if (header !== undefined) this.names = header.map((name) => encoder.encode(name ?? ""));
    this.widen(Math.max(header?.length ?? FIRST_COLUMNS, 1));
    this.values.reset();
  }

  tokenize(
    bytes: Uint8Array,
    start: number,
    end: number,
    isLast: boolean,
    table: FieldTable,
    rowLimit: number,
  ): number {
    let next = this.tokenizer.tokenize(bytes, start, end, isLast, this.table, rowLimit);
    const widest = this.hasHeader ? 0 : widestRecord(this.table);
    if (widest > this.table.columns.length) {
      this.widen(2 * widest);
      next = this.tokenizer.tokenize(bytes, start, end, isLast, this.table, rowLimit);
    }
    this.nulls.apply(bytes, this.table);
    copyRecords(this.table, table);
    return next;
  }

  /** Marks the records that have not as many values as the header has names. */
  markMalformed(table: FieldTable, bad: BadRows): void {
    if (!this.hasHeader) return;
    for (let row = 0; row < table.rowCount; row++) {
      if (table.tokenCounts[row] !== this.names.length) bad.mark(row, "");
    }
  }

  /** Writes a record as an object of the values that it has, but for those beyond the header. */
  appendObject(bytes: Uint8Array, row: number, rows: VariantRows): void {
    const { builder } = rows;
    const { columns, tokenCounts } = this.table;
    const count = Math.min(tokenCounts[row]!, this.names.length);
    for (let k = 0; k < count; k++) {
      const name = this.names[k]!;
      builder.addEntry(builder.dictionary.add(name, 0, name.length), 0);
      this.fields.append(k, bytes, columns[k]!, row, rows);
    }
    builder.finishObject(0, 0);
  }
}

function widestRecord({ tokenCounts, rowCount, statuses }: FieldTable): number {
  let widest = 0;
  for (let row = 0; row < rowCount; row++) {
    if (statuses[row] === RECORD_OK && tokenCounts[row]! > widest) widest = tokenCounts[row]!;
  }
  return widest;
}

function copyRecords(from: FieldTable, to: FieldTable): void {
  const { rowCount } = from;
  to.ensureCapacity(rowCount);
  to.rowCount = rowCount;
  to.lineCount = from.lineCount;
  for (const name of [
    "recordStarts",
    "recordEnds",
    "errorOffsets",
    "tokenCounts",
    "lineOffsets",
    "statuses",
  ] as const) {
    to[name].set(from[name].subarray(0, rowCount) as never);
  }
  for (const { starts, lengths, kinds } of to.columns) {
    starts.fill(0, 0, rowCount);
    lengths.fill(0, 0, rowCount);
    kinds.fill(0, 0, rowCount);
  }
}
