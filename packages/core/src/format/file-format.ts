import type { Batch } from "../column/batch.js";
import type { FileEntry, FileSystem, FileWriter } from "../file-system/file-system.js";
import type { Options } from "../plugin/options.js";
import type { StructType } from "../schema/struct-type.js";
import type { Predicate, PushdownAnswer, ScanRequest } from "../source/predicate.js";
import type { WorkerForm } from "../worker/worker-form.js";

/** Session settings that change how values are read and written. */
export interface FormatContext {
  readonly fileSystem: FileSystem;
  /** An IANA zone, an offset or `UTC`: `spark.sql.session.timeZone`. */
  readonly timeZone: string;
  /** Answers any configuration key with its value or Spark's default. */
  readonly conf: (key: string) => string | undefined;
  /** Tells whoever runs the program that a file is not as it seems to expect, yet no error; absent where nobody listens. */
  readonly warn?: ((message: string) => void) | undefined;
}

/** A part of a file. `start` and `end` are byte positions; a format that cannot be split gets whole files. */
export interface FileSplit {
  readonly path: string;
  readonly start: number;
  readonly end: number;
  readonly fileSize: number;
}

/** Bytes to batches and back. One storage times one format composes freely. */
export interface FileFormat {
  /** The name that `format(...)` takes: `csv`. */
  readonly name: string;
  /** How a worker thread makes the same format; absent: files of it are read on the driver. */
  readonly worker?: WorkerForm | undefined;
  readonly reader?: FormatReader;
  readonly writer?: FormatWriter;
}

/** The reading half of a format. Options were checked by `checkOptions` before anything else is called. */
export interface FormatReader {
  /** Throws on an unknown value of a known option, and warns of values that are replaced by others. */
  checkOptions(options: Options, warn: (message: string) => void): void;
  /** The schema of every file of this format with these options (text has one), if there is such. */
  fixedSchema?(options: Options): StructType | undefined;
  /** A schema from the files' content; all columns nullable. Null where no file tells one. */
  inferSchema(
    files: readonly FileEntry[],
    options: Options,
    context: FormatContext,
  ): Promise<StructType | null>;
  /** Whether a file may be cut at any byte under these options. */
  splittable(options: Options, path: string): boolean;
  pushdown?(predicate: Predicate, options: Options): PushdownAnswer;
  /**
   * Opens a reader for many files of one scan, so that what depends on schema and options is prepared once.
   * `schema` is the schema of the data in the files (no partition columns); the scan's columns are among its fields.
   */
  open(
    schema: StructType,
    scan: ScanRequest,
    options: Options,
    context: FormatContext,
  ): (split: FileSplit, signal: AbortSignal) => AsyncIterable<Batch>;
}

/** The writing half of a format. */
export interface FormatWriter {
  /** As that of {@link FormatReader}. */
  checkOptions(options: Options, warn: (message: string) => void): void;
  /** Throws where the format cannot hold a type (UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE). */
  checkSchema(schema: StructType, options: Options): void;
  /** What stands after the name of a file, with its dot: `.csv`, `.snappy.parquet`, `.json.gz`. */
  extension(options: Options, context: FormatContext): string;
  /** Prepares once what depends on schema and options; the function it returns starts one file. */
  open(
    schema: StructType,
    options: Options,
    context: FormatContext,
  ): (file: FileWriter) => Promise<FormatFile>;
}

/** One file being written by a format. `close` writes what remains and closes the file; `abort` leaves nothing behind. */
export interface FormatFile {
  write(batch: Batch): Promise<void>;
  close(): Promise<void>;
  abort(): Promise<void>;
}
