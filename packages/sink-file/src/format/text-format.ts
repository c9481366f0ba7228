import {
  type Batch,
  type Column,
  type FileFormat,
  type FormatWriter,
  StreamError,
  StringType,
} from "@ss/core";
import type { ByteArena } from "@ss/kernels";
import { DEFAULT_LOCALE, UTC } from "@ss/kernels";
import { unsupportedType } from "../errors.js";
import { cellWriter } from "../writing/cell-writer.js";
import { TextFile } from "../writing/text-file.js";
import { fileEnding, outputText } from "../writing/text-options.js";
import { type RowWriter, TextFormatFile } from "../writing/text-writer.js";

/** Writes text files: the one column's value a line. */
export const textFormat: FileFormat = { name: "text", writer: textWriter() };

function textWriter(): FormatWriter {
  return {
    checkOptions: outputText,
    checkSchema: (schema) => {
      const [field] = schema.fields;
      if (schema.length !== 1) throw notOneColumn(schema.length);
      if (field!.type.kind !== "string") throw unsupportedType(field!.name, field!.type, "Text");
    },
    extension: (options) => fileEnding(options, "txt"),
    open: (_schema, options) => {
      const { codec, transcode, lineEnd } = outputText(options);
      return async (file) => {
        const output = new TextFile(file, codec, transcode);
        return new TextFormatFile(output, new TextRows(lineEnd, output.arena));
      };
    },
  };
}

class TextRows implements RowWriter {
  private readonly cells = cellWriter(StringType, {
    zone: UTC,
    dateFormat: undefined,
    timestampFormat: undefined,
    timestampNtzFormat: undefined,
    timeFormat: undefined,
    locale: DEFAULT_LOCALE,
  });
  private readonly lineEnd: Uint8Array;
  private readonly arena: ByteArena;
  private column!: Column;

  constructor(lineEnd: Uint8Array, arena: ByteArena) {
    this.lineEnd = lineEnd;
    this.arena = arena;
  }

  bind(batch: Batch): void {
    this.column = batch.columns[0]!;
    this.cells.bind(this.column);
  }

  row(i: number): void {
    if (!this.column.isNull(i)) this.cells.write(i, this.arena);
    this.arena.appendBytes(this.lineEnd, 0, this.lineEnd.length);
  }

  finish(): void {}
}

function notOneColumn(count: number): StreamError {
  return new StreamError({
    condition: "SS_TEXT_NEEDS_ONE_COLUMN",
    parameters: { columns: String(count) },
    message: `Text data source supports only a single column, and you have ${count} columns. Select one column of type STRING.`,
  });
}
