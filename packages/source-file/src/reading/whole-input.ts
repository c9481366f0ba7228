import type { FieldTable } from "@ss/kernels";
import type { Tokenizer } from "./record-reader.js";

/** Waits for the whole input and then takes it as one piece: documents that span lines. */
export class WholeInputTokenizer implements Tokenizer {
  private readonly tokenizeAll: (bytes: Uint8Array, start: number, end: number, table: FieldTable) => void;

  constructor(tokenizeAll: (bytes: Uint8Array, start: number, end: number, table: FieldTable) => void) {
    this.tokenizeAll = tokenizeAll;
  }

  tokenize(bytes: Uint8Array, start: number, end: number, isLast: boolean, table: FieldTable): number {
    table.rowCount = 0;
    table.lineCount = 0;
    if (!isLast || start === end) return start;
    this.tokenizeAll(bytes, start, end, table);
    return end;
  }
}
