import type {
  Batch,
  BytesColumn,
  Column,
  FileFormat,
  FormatContext,
  FormatWriter,
  Options,
  StructType,
} from "@ss/core";
import { ByteArena, CsvFieldWriter, type CsvWriteOptions } from "@ss/kernels";
import { invalidOption, unsupportedType } from "../errors.js";
import { CellWriter, cellWriter } from "../writing/cell-writer.js";
import { TextFile } from "../writing/text-file.js";
import { cellText, checkValueOptions, fileEnding, outputText } from "../writing/text-options.js";
import { type RowWriter, TextFormatFile } from "../writing/text-writer.js";

/** Writes CSV files. */
export const csvFormat: FileFormat = { name: "csv", writer: csvWriter() };

function csvWriter(): FormatWriter {
  return {
    checkOptions: (options, warn) => {
      checkValueOptions(options, warn);
      options.boolean("header", false);
      const extension = options.text("extension", "csv");
      if (!/^[A-Za-z]{3}$/.test(extension)) throw invalidOption("extension", extension, "three letters");
      try {
        new CsvFieldWriter(writeOptions(options));
      } catch (error) {
        if (error instanceof RangeError) throw invalidOption("sep, quote or escape", "", error.message);
        throw error;
      }
    },
    checkSchema: (schema) => {
      for (const { name, type } of schema.fields) {
        if (UNSUPPORTED.has(type.kind)) throw unsupportedType(name, type, "CSV");
      }
    },
    extension: (options) => fileEnding(options, options.text("extension", "csv")),
    open: (schema, options, context) => {
      const { codec, transcode } = outputText(options);
      return async (file) => {
        const output = new TextFile(file, codec, transcode);
        const rows = new CsvRows(schema, options, context, output.arena);
        if (options.boolean("header", false)) rows.header();
        return new TextFormatFile(output, rows);
      };
    },
  };
}

const UNSUPPORTED = new Set(["array", "map", "struct", "variant", "void"]);

function writeOptions(options: Options): CsvWriteOptions {
  const escape = options.get("charToEscapeQuoteEscaping");
  const character = (name: string, fallback: string): string => {
    const value = options.text(name, fallback);
    return value === "\0" ? "" : value;
  };
  return {
    separator: (options.get("sep") ?? options.get("delimiter") ?? ",").replaceAll("\\t", "\t"),
    quote: character("quote", '"'),
    escape: character("escape", "\\"),
    ...(escape === undefined ? {} : { charToEscapeQuoteEscaping: escape }),
    quoteAll: options.boolean("quoteAll", false),
    escapeQuotes: options.boolean("escapeQuotes", true),
    ignoreLeadingWhiteSpace: options.boolean("ignoreLeadingWhiteSpace", true),
    ignoreTrailingWhiteSpace: options.boolean("ignoreTrailingWhiteSpace", true),
    nullValue: options.text("nullValue", ""),
    emptyValue: options.text("emptyValue", '""'),
    lineSeparator: options.text("lineSep", "\n"),
    comment: character("comment", "") || "#",
  };
}

/** Bytes as Spark shows them: `[4F 6B]`. */
class HexCells extends CellWriter {
  private column!: BytesColumn;

  protected take(column: Column): void {
    this.column = column as BytesColumn;
  }

  protected put(i: number, arena: ByteArena): void {
    const { data, starts, lengths } = this.column;
    const hex = Buffer.from(data.buffer, data.byteOffset + starts[i]!, lengths[i]!)
      .toString("hex")
      .toUpperCase();
    arena.appendString(`[${hex.replace(/(..)(?!$)/g, "$1 ")}]`);
  }
}

class CsvRows implements RowWriter {
  private readonly arena: ByteArena;
  private readonly fields: CsvFieldWriter;
  private readonly cells: readonly CellWriter[];
  private readonly names: readonly string[];
  private readonly scratch = new ByteArena(256);
  private columns: readonly Column[] = [];

  constructor(schema: StructType, options: Options, context: FormatContext, arena: ByteArena) {
    this.arena = arena;
    this.fields = new CsvFieldWriter(writeOptions(options));
    const text = cellText(options, context);
    this.cells = schema.fields.map(({ type }) =>
      type.kind === "binary" ? new HexCells() : cellWriter(type, text),
    );
    this.names = schema.fieldNames();
  }

  header(): void {
    this.names.forEach((name, k) => {
      if (k > 0) this.fields.separator(this.arena);
      this.scratch.clear();
      this.scratch.appendString(name);
      this.fields.field(this.scratch.bytes, 0, this.scratch.length, this.arena);
    });
    this.fields.lineEnd(this.arena);
  }

  bind(batch: Batch): void {
    this.columns = batch.columns;
    for (let k = 0; k < this.cells.length; k++) this.cells[k]!.bind(batch.columns[k]!);
  }

  row(i: number): void {
    const { arena, fields, cells, columns, scratch } = this;
    for (let k = 0; k < cells.length; k++) {
      if (k > 0) fields.separator(arena);
      if (columns[k]!.isNull(i)) {
        fields.nullField(arena);
        continue;
      }
      scratch.clear();
      cells[k]!.write(i, scratch);
      fields.field(scratch.bytes, 0, scratch.length, arena);
    }
    fields.lineEnd(arena);
  }

  finish(): void {}
}
