import {
  ByteArena,
  type CsvTokenizer,
  equalBytes,
  type FieldTable,
  KIND_MISSING,
  KIND_PLAIN,
  KIND_QUOTED,
} from "@ss/kernels";

/**
 * Finds the fields that stand for null and gives them the length -1. Null is a value that is absent, one that is empty without
 * quotes, and one whose text is the option `nullValue`; an empty value in quotes has the text `emptyValue`.
 */
export class CsvNulls {
  private readonly nullText: Uint8Array;
  private readonly emptyIsNull: boolean;
  private readonly tokenizer: CsvTokenizer;
  private readonly arena = new ByteArena(64);

  constructor(nullValue: string, emptyValue: string, tokenizer: CsvTokenizer) {
    this.nullText = new TextEncoder().encode(nullValue);
    this.emptyIsNull = emptyValue === nullValue;
    this.tokenizer = tokenizer;
  }

  apply(bytes: Uint8Array, table: FieldTable): void {
    for (const { starts, lengths, kinds } of table.columns) {
      if (this.nullText.length === 0 && this.emptyIsNull) markEmpty(lengths, table.rowCount);
      else this.markColumn(bytes, starts, lengths, kinds, table.rowCount);
    }
  }

  private markColumn(
    bytes: Uint8Array,
    starts: Int32Array,
    lengths: Int32Array,
    kinds: Uint8Array,
    rowCount: number,
  ): void {
    for (let i = 0; i < rowCount; i++) {
      const length = lengths[i]!;
      if (length < 0) continue;
      const kind = kinds[i]!;
      const isNull =
        length === 0
          ? kind !== KIND_QUOTED || this.emptyIsNull
          : this.isNullText(bytes, starts[i]!, length, kind);
      if (isNull) lengths[i] = -1;
    }
  }

  private isNullText(bytes: Uint8Array, start: number, length: number, kind: number): boolean {
    const { nullText, arena } = this;
    if (kind === KIND_PLAIN || kind === KIND_QUOTED || kind === KIND_MISSING) {
      return length === nullText.length && equalBytes(bytes, start, nullText, 0, length);
    }
    if (length < nullText.length) return false;
    arena.clear();
    const size = this.tokenizer.unescape(bytes, start, length, kind, arena);
    return size === nullText.length && equalBytes(arena.bytes, 0, nullText, 0, size);
  }
}

function markEmpty(lengths: Int32Array, rowCount: number): void {
  for (let i = 0; i < rowCount; i++) if (lengths[i] === 0) lengths[i] = -1;
}
