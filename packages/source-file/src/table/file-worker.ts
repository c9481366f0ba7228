import {
  type FileFormat,
  type FileSystem,
  type FormatContext,
  type Json,
  Options,
  type PartitionReader,
  rebuild,
  StreamError,
  StructType,
  type WorkerContext,
  type WorkerForm,
  workerModule,
} from "@ss/core";
import { FileScan, type FileSchema } from "./file-scan.js";
import { partitionParser } from "./partition-parser.js";

/** What a worker needs to read files as the driver would: plain data. */
interface FileReaderOptions {
  readonly [key: string]: Json;
  readonly dataSchema: string;
  readonly partitionSchema: string;
  readonly options: readonly (readonly [string, string])[];
  readonly format: Json;
  readonly fileSystem: Json;
}

/** How a worker reads files of a format; undefined where the format or the file system is the driver's alone. */
export function fileWorkerForm(
  format: FileFormat,
  schema: FileSchema,
  options: Options,
  context: FormatContext,
): WorkerForm | undefined {
  const module = workerModule(import.meta.url, "@ss/source-file", "worker.js");
  const { worker: formatForm } = format;
  const { worker: fileSystemForm } = context.fileSystem;
  if (module === undefined || formatForm === undefined || fileSystemForm === undefined) return undefined;
  const readerOptions: FileReaderOptions = {
    dataSchema: JSON.stringify(schema.data),
    partitionSchema: JSON.stringify(schema.partition),
    options: options.pairs(),
    format: { ...formatForm },
    fileSystem: { ...fileSystemForm },
  };
  return { module, export: "fileReader", options: readerOptions };
}

/** Called in a worker with the options of {@link fileWorkerForm}. */
export async function fileReader(json: Json, worker: WorkerContext): Promise<PartitionReader> {
  const plain = json as FileReaderOptions;
  const format = await rebuild<FileFormat>(plain.format as unknown as WorkerForm, worker);
  const fileSystem = await rebuild<FileSystem>(plain.fileSystem as unknown as WorkerForm, worker);
  if (format.reader === undefined) throw noReader(format.name);
  const { timeZone } = worker;
  const context: FormatContext = {
    fileSystem,
    timeZone,
    conf: (key) => worker.conf(key),
    warn: (message) => worker.warn(message),
  };
  const schema: FileSchema = {
    data: StructType.fromJSON(plain.dataSchema),
    partition: StructType.fromJSON(plain.partitionSchema),
  };
  const scan = new FileScan(
    schema,
    format.reader,
    new Options(plain.options),
    context,
    partitionParser(timeZone),
  );
  return {
    read: (partition, request, signal) =>
      scan.read(partition as Parameters<FileScan["read"]>[0], request, signal),
  };
}

function noReader(format: string): StreamError {
  return new StreamError({
    condition: "INTERNAL_ERROR",
    message: `The worker's copy of the format '${format}' cannot read. Let its worker form name a function that gives the whole format.`,
  });
}
