import {
  ByteArena,
  type CsvOptions,
  CsvTokenizer,
  equalBytes,
  type FieldColumn,
  FieldTable,
  KIND_PLAIN,
  KIND_QUOTED,
  RECORD_OK,
} from "@ss/kernels";

const encoder = new TextEncoder();

/** The fields of one CSV record at a time, as spans of its bytes. */
export class CsvRecord {
  /** The fields, in row 0 of arrays that stay the same; one that is null or missing has the length -1. */
  readonly fields: readonly Readonly<FieldColumn>[];
  /** How many values the record has. */
  valueCount = 0;
  /** Whether the record could be taken apart: a `RECORD_` status. */
  status: number = RECORD_OK;
  /** What an empty value in quotes stands for. */
  readonly emptyValue: Uint8Array;
  private readonly table: FieldTable;
  /** How records are written. */
  readonly dialect: CsvOptions;
  private readonly tokenizer: CsvTokenizer;
  private readonly columnCount: number;
  private readonly nullValue: Uint8Array;
  private readonly emptyIsNull: boolean;
  private readonly arena = new ByteArena(64);

  constructor(columnCount: number, dialect: CsvOptions, nullValue: string, emptyValue: string) {
    const wanted = Array.from({ length: columnCount }, (_, k) => k);
    this.dialect = dialect;
    this.tokenizer = new CsvTokenizer(wanted, dialect);
    this.table = new FieldTable(columnCount, 2);
    this.fields = this.table.columns.map((column) => ({ ...column }));
    this.columnCount = columnCount;
    this.nullValue = encoder.encode(nullValue);
    this.emptyValue = encoder.encode(emptyValue);
    this.emptyIsNull = nullValue === emptyValue;
  }

  /** Reads a record; false where there is none, or one that has not as many values as there are columns. */
  read(bytes: Uint8Array, start: number, length: number): boolean {
    const { table } = this;
    this.tokenizer.tokenize(bytes, start, start + length, true, table, 1);
    this.status = table.rowCount > 0 ? table.statuses[0]! : RECORD_OK;
    const isGood = table.rowCount > 0 && this.status === RECORD_OK;
    if (!isGood) table.clearRow(0);
    this.keepFirst();
    this.valueCount = table.tokenCounts[0]!;
    if (!isGood) return false;
    this.markNulls(bytes, this.fields, 0);
    return this.valueCount === this.columnCount;
  }

  /** Marks the nulls among the fields of a row that was read into a table; false where it has not as many values as there are columns. */
  isRecord(bytes: Uint8Array, table: FieldTable, row: number): boolean {
    this.markNulls(bytes, table.columns, row);
    return table.tokenCounts[row] === this.columnCount;
  }

  /** Replaces what an arena holds by the text of a value with escapes; returns its length. */
  unescape(bytes: Uint8Array, start: number, length: number, kind: number, arena: ByteArena): number {
    arena.clear();
    return this.tokenizer.unescape(bytes, start, length, kind, arena);
  }

  /** A text with stray quotes may hold several records, for which the table takes larger arrays; the first one counts. */
  private keepFirst(): void {
    const { fields } = this;
    const { columns } = this.table;
    if (columns.length === 0 || columns[0]!.starts === fields[0]!.starts) return;
    for (let k = 0; k < columns.length; k++) {
      fields[k]!.starts[0] = columns[k]!.starts[0]!;
      fields[k]!.lengths[0] = columns[k]!.lengths[0]!;
      fields[k]!.kinds[0] = columns[k]!.kinds[0]!;
    }
  }

  private markNulls(bytes: Uint8Array, fields: readonly Readonly<FieldColumn>[], row: number): void {
    for (let k = 0; k < fields.length; k++) {
      const { starts, lengths, kinds } = fields[k]!;
      const length = lengths[row]!;
      const kind = kinds[row]!;
      if (
        length === 0
          ? kind !== KIND_QUOTED || this.emptyIsNull
          : this.isNull(bytes, starts[row]!, length, kind)
      )
        lengths[row] = -1;
    }
  }

  private isNull(bytes: Uint8Array, start: number, length: number, kind: number): boolean {
    const { nullValue, arena } = this;
    if (length < nullValue.length || nullValue.length === 0) return false;
    if (kind === KIND_PLAIN || kind === KIND_QUOTED) {
      return length === nullValue.length && equalBytes(bytes, start, nullValue, 0, length);
    }
    const size = this.unescape(bytes, start, length, kind, arena);
    return size === nullValue.length && equalBytes(arena.bytes, 0, nullValue, 0, size);
  }
}
