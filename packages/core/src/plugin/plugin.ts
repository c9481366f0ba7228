import type { Clock } from "../clock/clock.js";
import type { FileSystem } from "../file-system/file-system.js";
import type { FileFormat, FormatContext } from "../format/file-format.js";
import type { ColumnFunction } from "../function/column-function.js";
import type { StructType } from "../schema/struct-type.js";
import type { OutputMode, Sink } from "../sink/sink.js";
import type { Source } from "../source/source.js";
import type { Table } from "../source/table.js";
import type { StateStoreProvider } from "../state/state-store.js";
import type { Options } from "./options.js";

/** What a session offers to the plug-ins that it was given. */
export interface SessionContext {
  readonly clock: Clock;
  /** The file system of a path, by its scheme; SS_UNKNOWN_FILE_SYSTEM names the package to install. */
  fileSystem(path: string): FileSystem;
  /** A format by name, or undefined; reading and writing halves of several plug-ins are put together. */
  format(name: string): FileFormat | undefined;
  /** Answers any configuration key with its value or Spark's default. */
  conf(key: string): string | undefined;
  /** The names of the configuration keys that were set, for whoever cares for all that begin alike; absent where they are not known. */
  readonly confKeys?: () => readonly string[];
  readonly timeZone: string;
  /** Tells whoever runs the program that something is not as it seems to expect, yet no error; absent where nobody listens. */
  readonly warn?: (message: string) => void;
}

/** A call to `load`. */
export interface ReadRequest {
  /** The name as the program wrote it. */
  readonly format: string;
  readonly options: Options;
  /** From `load(...)` or the option `path`; empty where neither is given. */
  readonly paths: readonly string[];
  /** What the program gave to `schema(...)`. */
  readonly schema: StructType | undefined;
  /**
   * True where the table is opened for one run, of an action or of a stream beside which it stands: it may go on with what opening it
   * found, such as the files of a folder.
   */
  readonly forOneRun?: boolean;
  readonly session: SessionContext;
}

/** A call to `start` or `save`. */
export interface WriteRequest {
  readonly format: string;
  readonly options: Options;
  readonly path: string | undefined;
  readonly partitionBy: readonly string[];
  /** Schema of the rows to come. */
  readonly schema: StructType;
  readonly session: SessionContext;
}

/** Makes tables and sources of one kind. */
export interface SourceProvider {
  /** Names that `format(...)` takes, without regard to case. */
  readonly names: readonly string[];
  /** True for the one provider that reads every registered file format by its name. */
  readonly readsFormats?: boolean;
  /** Sources whose schema is fixed refuse `.schema(...)`. */
  readonly fixedSchema?: boolean;
  /** A bounded table for `read`; absent where there is none. */
  table?(request: ReadRequest): Promise<Table>;
  /** An unbounded one for `readStream`. Called anew for every run of a query; does no I/O beyond finding its schema. */
  stream?(request: ReadRequest): Promise<Source>;
}

/** What `save` does when something is there already. */
export type SaveMode = "append" | "overwrite" | "errorifexists" | "ignore";

/** Makes sinks of one kind. */
export interface SinkProvider {
  readonly names: readonly string[];
  /** True for the one provider that writes every registered file format by its name. */
  readonly writesFormats?: boolean;
  /** Modes that a stream may use; checked before `stream` is called. */
  readonly outputModes: readonly OutputMode[];
  /**
   * For sinks whose rows have columns of a fixed meaning: how a row is made of a malformed record's report, as a select list in SQL
   * over the report's columns, which are those of the record as the query read it, then `_function` and `_reason`. Default: all of them.
   */
  malformedColumns?(report: StructType): readonly string[];
  /** For `writeStream`; does no I/O that outlives a failed start. */
  stream?(request: WriteRequest): Promise<Sink>;
  /** For `write`: a sink that takes one batch (id 0); null where the mode says that nothing is to be written. */
  batch?(request: WriteRequest & { readonly mode: SaveMode }): Promise<Sink | null>;
}

/**
 * What a program passes to `SparkSession.builder().use(...)`: a value, made by a function of options. It may bring several
 * things at once. No import has side effects, and nothing is registered outside the session.
 */
export interface Plugin {
  /** The package, for messages. */
  readonly name: string;
  readonly sources?: readonly SourceProvider[];
  readonly sinks?: readonly SinkProvider[];
  readonly formats?: readonly FileFormat[];
  readonly fileSystems?: readonly FileSystem[];
  readonly stateStores?: readonly StateStoreProvider[];
  readonly functions?: readonly ColumnFunction[];
}

/** A source as a value, for the typed way in: `readStream.from(kafka({ ... }))`. Travels in a plan as format and options. */
export interface SourceSpec {
  readonly format: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly schema?: StructType;
}

/** The part of a session that formats need. */
export function formatContext(session: SessionContext, path: string): FormatContext {
  return {
    fileSystem: session.fileSystem(path),
    timeZone: session.timeZone,
    conf: (key) => session.conf(key),
    warn: session.warn,
  };
}
