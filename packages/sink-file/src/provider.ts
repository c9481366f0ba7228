import {
  type FormatWriter,
  formatContext,
  type SaveMode,
  type Sink,
  type SinkProvider,
  StreamError,
  type WriteRequest,
} from "@ss/core";
import { absolutePath, FileManifest, logSettings } from "@ss/files";
import { timeZone, UTC } from "@ss/kernels";
import { pathExists } from "./errors.js";
import { type BatchSettings, FileSink } from "./sink/file-sink.js";
import { PartitionSplit } from "./sink/partition-split.js";
import { TableFiles } from "./sink/table-files.js";

/** Writes files of formats that the session knows, from tables and from streams. */
export function fileSinkProvider(names: readonly string[], writesFormats: boolean): SinkProvider {
  return { names, writesFormats, outputModes: ["append"], stream: openStream, batch: openBatch };
}

async function openStream(request: WriteRequest): Promise<Sink> {
  const { session, options } = request;
  const retention = options.durationMs("retention", Number.NaN);
  const settings = batchSettings(request, false);
  const manifest = new FileManifest(
    settings.fileSystem,
    settings.output,
    {
      ...logSettings((key) => session.conf(key), "fileSink"),
      retentionMs: Number.isNaN(retention) ? undefined : retention,
    },
    session.clock,
  );
  return new FileSink(settings, manifest);
}

async function openBatch(request: WriteRequest & { readonly mode: SaveMode }): Promise<Sink | null> {
  const settings = batchSettings(request, true);
  const exists = (await settings.fileSystem.stat(settings.output)) !== null;
  if (exists && request.mode === "ignore") return null;
  if (exists && request.mode === "errorifexists") throw pathExists(settings.output);
  if (request.mode !== "overwrite") return new TableFiles(settings, "nothing");
  return new TableFiles(settings, isDynamic(request) ? "partitions" : "everything");
}

/** Whether an overwrite touches only the partitions that get rows. */
function isDynamic({ options, session, partitionBy }: WriteRequest): boolean {
  const mode =
    options.get("partitionOverwriteMode") ??
    session.conf("spark.sql.sources.partitionOverwriteMode") ??
    "static";
  return partitionBy.length > 0 && mode.toLowerCase() === "dynamic";
}

function batchSettings(request: WriteRequest, isTable: boolean): BatchSettings {
  const { options, path, partitionBy, schema, session } = request;
  if (path === undefined || path === "") throw pathRequired(request.format);
  const output = absolutePath(path);
  const context = formatContext(session, output);
  const writer = writerOf(request);
  writer.checkOptions(options, (message) => session.warn?.(message));
  const zone = timeZone(options.get("timeZone") ?? session.timeZone) ?? UTC;
  const caseSensitive = session.conf("spark.sql.caseSensitive") === "true";
  const split = (): PartitionSplit => new PartitionSplit(schema, partitionBy, zone, caseSensitive);
  const { dataSchema } = split();
  writer.checkSchema(dataSchema, options);
  const limit = Number(session.conf("spark.sql.files.maxRecordsPerFile") ?? 0);
  return {
    fileSystem: context.fileSystem,
    output,
    extension: writer.extension(options, context),
    openFile: writer.open(dataSchema, options, context),
    split,
    maxRecordsPerFile: Math.max(0, options.integer("maxRecordsPerFile", limit > 0 ? limit : 0)),
    writesEmptyFile: isTable && partitionBy.length === 0,
  };
}

function writerOf(request: WriteRequest): FormatWriter {
  const writer = request.session.format(request.format.toLowerCase())?.writer;
  if (writer !== undefined) return writer;
  throw new StreamError({
    condition: "DATA_SOURCE_NOT_FOUND",
    sqlState: "42K02",
    parameters: { provider: request.format },
    message: `Failed to find the data source: ${request.format}. No plug-in of this session writes it: pass the one that does to use(...), for example parquetSink() of @ss/sink-parquet.`,
  });
}

function pathRequired(format: string): StreamError {
  return new StreamError({
    condition: "SS_MISSING_OPTION",
    parameters: { option: "path", format },
    message: `'path' is not specified: give the format '${format}' a path, as in start("data/out") or save("data/out").`,
  });
}
