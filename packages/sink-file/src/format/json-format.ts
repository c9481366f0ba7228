import type { Batch, FileFormat, FormatContext, FormatWriter, Options, StructType } from "@ss/core";
import type { ByteArena } from "@ss/kernels";
import { TextFile } from "../writing/text-file.js";
import { cellText, checkValueOptions, fileEnding, outputText } from "../writing/text-options.js";
import { type RowWriter, TextFormatFile } from "../writing/text-writer.js";
import { checkJsonType, JsonObjectWriter, type JsonStyle } from "./json-values.js";

/** Writes JSON files, a record a line. */
export const jsonFormat: FileFormat = { name: "json", writer: jsonWriter() };

const SWITCHES = ["pretty", "sortKeys", "writeNonAsciiCharacterAsCodePoint"];

function jsonWriter(): FormatWriter {
  return {
    checkOptions: (options, warn) => {
      checkValueOptions(options, warn);
      options.boolean("ignoreNullFields", true);
      for (const name of SWITCHES) options.boolean(name, false);
    },
    checkSchema: (schema) => {
      for (const { name, type } of schema.fields) checkJsonType(name, type);
    },
    extension: (options) => fileEnding(options, "json"),
    open: (schema, options, context) => {
      const { codec, transcode, lineEnd } = outputText(options);
      const style = jsonStyle(options, context);
      return async (file) => {
        const output = new TextFile(file, codec, transcode);
        return new TextFormatFile(output, new JsonRows(schema, style, lineEnd, output.arena));
      };
    },
  };
}

function jsonStyle(options: Options, context: FormatContext): JsonStyle {
  const ignores = context.conf("spark.sql.jsonGenerator.ignoreNullFields") !== "false";
  return {
    text: cellText(options, context),
    ignoreNullFields: options.boolean("ignoreNullFields", ignores),
    pretty: options.boolean("pretty", false),
    sortKeys: options.boolean("sortKeys", false),
    asciiOnly: options.boolean("writeNonAsciiCharacterAsCodePoint", false),
  };
}

class JsonRows implements RowWriter {
  private readonly root: JsonObjectWriter;
  private readonly lineEnd: Uint8Array;
  private readonly arena: ByteArena;

  constructor(schema: StructType, style: JsonStyle, lineEnd: Uint8Array, arena: ByteArena) {
    this.root = new JsonObjectWriter(schema, style, 0);
    this.lineEnd = lineEnd;
    this.arena = arena;
  }

  bind(batch: Batch): void {
    this.root.bindChildren(batch.columns);
  }

  row(i: number): void {
    this.root.write(i, this.arena);
    this.arena.appendBytes(this.lineEnd, 0, this.lineEnd.length);
  }

  finish(): void {}
}
