import type { Batch, Column } from "@ss/core";
import { ByteArena } from "@ss/kernels";
import { nulCharacter, nullKey } from "../errors.js";
import { appendCopyNull, appendCopyText, NulCharacter } from "./copy-text.js";
import { StringWriter, type ValueWriter } from "./value-writer.js";

const TAB = 9;
const NEWLINE = 10;

/** How one column of the rows becomes one of the table. */
export interface EncodedColumn {
  /** The name in the rows. */
  readonly name: string;
  readonly writer: ValueWriter;
  /** Whether a null would not be found again by its key. */
  readonly refusesNull: boolean;
}

/** Rows of batches as lines of COPY's text format, straight from their columns. */
export class RowEncoder {
  private readonly columns: readonly EncodedColumn[];
  private readonly scratch = new ByteArena(256);

  constructor(columns: readonly EncodedColumn[]) {
    this.columns = columns;
  }

  /** Fetches the arrays of a batch. */
  bind(batch: Batch): void {
    this.columns.forEach(({ name, writer, refusesNull }, k) => {
      const column = batch.columns[k]!;
      if (refusesNull && hasNull(column, batch.rowCount)) throw nullKey(name);
      writer.bind(column);
    });
  }

  /** Appends rows from `from` on, until there are no more or `bytesMax` are there. Gives the row after the last. */
  append(batch: Batch, from: number, arena: ByteArena, bytesMax: number): number {
    const { columns } = this;
    let row = from;
    for (; row < batch.rowCount && arena.length < bytesMax; row++) {
      for (let k = 0; k < columns.length; k++) {
        if (k > 0) arena.appendByte(TAB);
        if (batch.columns[k]!.isNull(row)) appendCopyNull(arena);
        else this.appendValue(columns[k]!, row, arena);
      }
      arena.appendByte(NEWLINE);
    }
    return row;
  }

  private appendValue({ name, writer }: EncodedColumn, row: number, arena: ByteArena): void {
    if (writer.isPlain) return writer.write(row, arena);
    try {
      if (writer instanceof StringWriter) return writer.writeCopyText(row, arena);
      const { scratch } = this;
      scratch.clear();
      writer.write(row, scratch);
      appendCopyText(scratch.bytes, 0, scratch.length, arena);
    } catch (error) {
      if (error instanceof NulCharacter) throw nulCharacter(name);
      throw error;
    }
  }
}

function hasNull(column: Column, rowCount: number): boolean {
  if (column.validity === null && column.layout !== "null") return false;
  for (let i = 0; i < rowCount; i++) if (column.isNull(i)) return true;
  return false;
}
