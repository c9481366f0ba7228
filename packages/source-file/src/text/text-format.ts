import {
  BATCH_ROWS,
  Batch,
  BytesColumn,
  type FileFormat,
  type FileSplit,
  type FormatContext,
  type FormatReader,
  type Options,
  type ScanRequest,
  StringType,
  StructType,
} from "@ss/core";
import { FieldTable, KernelArrays, LineSplitter, skipByteOrderMark } from "@ss/kernels";
import { validText } from "../decode/valid-text.js";
import { unsupportedType } from "../errors.js";
import { Breath } from "../reading/breath.js";
import { BufferPool, type ChunkReader } from "../reading/chunk-reader.js";
import { formatWorker } from "../reading/format-worker.js";
import { openChunks } from "../reading/open-chunks.js";
import type { Tokenizer } from "../reading/record-reader.js";
import { checkTextOptions, encodingOf, hasPlainLines, lineSeparatorOf } from "../reading/text-options.js";
import { WholeInputTokenizer } from "../reading/whole-input.js";

const TEXT_SCHEMA = new StructType().add("value", StringType);

/** Text files: a row a line, or, with `wholetext`, a row a file. */
export const textFormat: FileFormat = {
  name: "text",
  get worker() {
    return formatWorker("text");
  },
  reader: textReader(),
};

function textReader(): FormatReader {
  return {
    checkOptions: (options) => {
      checkTextOptions(options);
      options.boolean("wholetext", false);
    },
    fixedSchema: () => TEXT_SCHEMA,
    inferSchema: async () => TEXT_SCHEMA,
    splittable: (options, path) => !options.boolean("wholetext", false) && hasPlainLines(options, path),
    open: openText,
  };
}

function openText(
  schema: StructType,
  scan: ScanRequest,
  options: Options,
  context: FormatContext,
): (split: FileSplit, signal: AbortSignal) => AsyncIterable<Batch> {
  const [field] = schema.fields;
  if (field !== undefined && field.type.kind !== "string")
    throw unsupportedType(field.name, field.type, "Text");
  const encoding = encodingOf(options);
  const separator = lineSeparatorOf(options);
  const isWhole = options.boolean("wholetext", false);
  const output = new StructType(schema.fields.filter(({ name }) => scan.columns.includes(name)));
  const pool = new BufferPool();
  const arrays = new KernelArrays();
  const idle: FieldTable[] = [];
  return async function* (split, signal) {
    const chunk = await openChunks(context.fileSystem, split, encoding, separator, pool);
    const table = idle.pop() ?? new FieldTable(0, BATCH_ROWS, arrays);
    try {
      if (isWhole && split.fileSize === 0) yield wholeFile(output, new Uint8Array(0), 0, 0);
      else
        yield* readLines(
          chunk,
          isWhole ? wholeText() : new LineSplitter(separator),
          table,
          output,
          !isWhole,
          signal,
        );
    } finally {
      await chunk.close();
      idle.push(table);
    }
  };
}

function wholeFile(schema: StructType, bytes: Uint8Array, start: number, end: number): Batch {
  const column = new BytesColumn(
    StringType,
    1,
    null,
    bytes,
    Int32Array.of(start),
    Int32Array.of(end - start),
  );
  return new Batch(schema, schema.length === 0 ? [] : [validText(column)], 1);
}

function wholeText(): Tokenizer {
  return new WholeInputTokenizer((_bytes, start, end, table) => {
    table.ensureCapacity(1);
    table.recordStarts[0] = start;
    table.recordEnds[0] = end;
    table.rowCount = 1;
  });
}

async function* readLines(
  chunk: ChunkReader,
  splitter: Tokenizer,
  table: FieldTable,
  schema: StructType,
  skipsMark: boolean,
  signal: AbortSignal,
): AsyncGenerator<Batch> {
  const breath = new Breath();
  let consumed = chunk.end;
  let isFirst = skipsMark;
  while (await chunk.advance(consumed)) {
    consumed = chunk.start;
    if (isFirst) consumed = skipByteOrderMark(chunk.bytes, consumed, chunk.end);
    isFirst = false;
    for (;;) {
      signal.throwIfAborted();
      const next = splitter.tokenize(chunk.bytes, consumed, chunk.end, chunk.isLast, table, BATCH_ROWS);
      const progressed = next > consumed;
      consumed = next;
      if (table.rowCount > 0) yield lineBatch(chunk.bytes, table, schema);
      if (breath.isDue) await breath.take();
      if (!progressed || consumed >= chunk.end) break;
    }
  }
}

function lineBatch(bytes: Uint8Array, table: FieldTable, schema: StructType): Batch {
  const { recordStarts, recordEnds, rowCount } = table;
  if (schema.length === 0) return new Batch(schema, [], rowCount);
  // the ends are not needed any more: their array takes the lengths
  for (let i = 0; i < rowCount; i++) recordEnds[i]! -= recordStarts[i]!;
  const type = schema.fields[0]!.type;
  return new Batch(
    schema,
    [validText(new BytesColumn(type, rowCount, null, bytes, recordStarts, recordEnds))],
    rowCount,
  );
}
