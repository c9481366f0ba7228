import {
  type FileFormat,
  type FormatReader,
  formatContext,
  type ReadRequest,
  type Source,
  type SourceProvider,
  StreamError,
  type Table,
} from "@ss/core";
import { absolutePath, isGlob, pathNotFound } from "@ss/files";
import { schemaRequired } from "./errors.js";
import { FileStreamSource } from "./stream/file-stream-source.js";
import { streamOptions } from "./stream/stream-options.js";
import { checkRecursive, FileIndex } from "./table/file-index.js";
import { FileTable } from "./table/file-table.js";
import { fileWorkerForm } from "./table/file-worker.js";
import { partitionParser } from "./table/partition-parser.js";
import { resolveSchema } from "./table/resolve-schema.js";

/** Reads every format that the session knows, as tables and as streams. */
export const fileProvider: SourceProvider = {
  names: ["csv", "json", "text"],
  readsFormats: true,
  table: openTable,
  stream: openStream,
};

function readerOf(request: ReadRequest): { readonly format: FileFormat; readonly reader: FormatReader } {
  const format = request.session.format(request.format.toLowerCase());
  if (format?.reader !== undefined) {
    const { warn } = request.session;
    format.reader.checkOptions(request.options, (message) => warn?.(message));
    return { format, reader: format.reader };
  }
  throw new StreamError({
    condition: "DATA_SOURCE_NOT_FOUND",
    sqlState: "42K02",
    parameters: { provider: request.format },
    message: `Failed to find the data source: ${request.format}. No plug-in of this session reads it: pass the one that does to use(...), for example parquet() of @ss/format-parquet.`,
  });
}

async function openTable(request: ReadRequest): Promise<Table> {
  const { options, session } = request;
  const { format, reader } = readerOf(request);
  if (request.paths.length === 0) throw pathRequired(request.format);
  const context = formatContext(session, absolutePath(request.paths[0]!));
  const parser = partitionParser(session.timeZone);
  const index = new FileIndex(request.paths, options, context, session.clock);
  const listing = await index.list(true);
  const schema = await resolveSchema(
    displayName(format.name),
    reader,
    request.schema,
    index,
    listing,
    options,
    context,
    parser,
  );
  checkRecursive(options, schema.partition);
  const known = request.forOneRun ? listing : undefined;
  const workerForm = () => fileWorkerForm(format, schema, options, context);
  return new FileTable(
    format.name,
    schema,
    index,
    known,
    reader,
    options,
    context,
    parser,
    workerForm,
    session.clock,
  );
}

async function openStream(request: ReadRequest): Promise<Source> {
  const { options, session } = request;
  const { format, reader } = readerOf(request);
  const [path] = request.paths;
  if (path === undefined) throw pathRequired(request.format);
  const parsed = streamOptions(options);
  const infers = session.conf("spark.sql.streaming.schemaInference") === "true";
  const isFixed = reader.fixedSchema?.(options) !== undefined;
  if (request.schema === undefined && !infers && !isFixed) throw schemaRequired(format.name);
  const location = absolutePath(path);
  const context = formatContext(session, location);
  if (!isGlob(location) && (await context.fileSystem.stat(location)) === null) throw pathNotFound(location);
  const parser = partitionParser(session.timeZone);
  const index = new FileIndex([location], options, context, session.clock);
  const listing = await index.list();
  const schema = await resolveSchema(
    displayName(format.name),
    reader,
    request.schema,
    index,
    listing,
    options,
    context,
    parser,
  );
  checkRecursive(options, schema.partition);
  return new FileStreamSource({
    path: location,
    schema,
    index,
    reader,
    options,
    streamOptions: parsed,
    context,
    parser,
    workerForm: () => fileWorkerForm(format, schema, options, context),
  });
}

function displayName(format: string): string {
  return ["csv", "json", "orc"].includes(format)
    ? format.toUpperCase()
    : format[0]!.toUpperCase() + format.slice(1);
}

function pathRequired(format: string): StreamError {
  return new StreamError({
    condition: "SS_MISSING_OPTION",
    parameters: { option: "path", format },
    message: `'path' is not specified: give the format '${format}' a path, as in load("data/in").`,
  });
}
