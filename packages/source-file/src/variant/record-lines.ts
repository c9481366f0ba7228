import { type FieldTable, KIND_OBJECT, LineSplitter, RECORD_OK } from "@ss/kernels";
import type { Tokenizer } from "../reading/record-reader.js";
import { WholeInputTokenizer } from "../reading/whole-input.js";

const SPACE = 0x20;

/** Takes lines as records of one field, the line itself, which is looked into later. Blank lines are none. */
export class RecordLines implements Tokenizer {
  private readonly lines: LineSplitter;

  constructor(separator: Uint8Array | undefined) {
    this.lines = new LineSplitter(separator);
  }

  tokenize(
    bytes: Uint8Array,
    start: number,
    end: number,
    isLast: boolean,
    table: FieldTable,
    rowLimit: number,
  ): number {
    const next = this.lines.tokenize(bytes, start, end, isLast, table, rowLimit);
    const { recordStarts, recordEnds, lineOffsets } = table;
    let rows = 0;
    for (let row = 0; row < table.rowCount; row++) {
      if (isBlank(bytes, recordStarts[row]!, recordEnds[row]!)) continue;
      recordStarts[rows] = recordStarts[row]!;
      recordEnds[rows] = recordEnds[row]!;
      lineOffsets[rows] = lineOffsets[row]!;
      rows++;
    }
    table.rowCount = rows;
    spanRecords(table);
    return next;
  }
}

/** Takes a whole file as one record of one field. */
export function wholeRecord(): Tokenizer {
  return new WholeInputTokenizer((bytes, start, end, table) => {
    if (isBlank(bytes, start, end)) return;
    table.ensureCapacity(1);
    table.rowCount = 1;
    table.statuses[0] = RECORD_OK;
    table.errorOffsets[0] = -1;
    table.lineOffsets[0] = 0;
    table.recordStarts[0] = start;
    table.recordEnds[0] = end;
    spanRecords(table);
  });
}

function spanRecords({ columns, recordStarts, recordEnds, rowCount }: FieldTable): void {
  const field = columns[0];
  if (field === undefined) return;
  for (let row = 0; row < rowCount; row++) {
    field.starts[row] = recordStarts[row]!;
    field.lengths[row] = recordEnds[row]! - recordStarts[row]!;
    field.kinds[row] = KIND_OBJECT;
  }
}

function isBlank(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (bytes[at]! > SPACE) return false;
  return true;
}
