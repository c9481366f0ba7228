import {
  Batch,
  type Column,
  type FormatContext,
  type FormatReader,
  type Options,
  type Predicate,
  type ScanRequest,
  StreamError,
  StructType,
  type Value,
} from "@ss/core";
import { type PartitionValueParser, partitionValue } from "@ss/files";
import { failedReadFile } from "../errors.js";
import { ConstantColumn } from "./constant-column.js";
import type { FilePart, FilePartition } from "./file-splits.js";

/** What reading the files of a table depends on. */
export interface FileSchema {
  /** The columns that stand in the files. */
  readonly data: StructType;
  /** The columns that stand in the names of folders. */
  readonly partition: StructType;
}

/** Both together, as the table shows them: partition columns at the end. */
export function fullSchema({ data, partition }: FileSchema): StructType {
  return new StructType([...data.fields, ...partition.fields]);
}

/** Reads partitions of files: the rows of the format, with partition columns added, and faulty files passed over if told. */
export class FileScan {
  private readonly schema: FileSchema;
  private readonly reader: FormatReader;
  private readonly options: Options;
  private readonly context: FormatContext;
  private readonly parser: PartitionValueParser;
  private readonly ignoresCorrupt: boolean;
  private readonly ignoresMissing: boolean;
  private prepared: { readonly key: string; readonly open: ReturnType<FormatReader["open"]> } | undefined;

  constructor(
    schema: FileSchema,
    reader: FormatReader,
    options: Options,
    context: FormatContext,
    parser: PartitionValueParser,
  ) {
    this.schema = schema;
    this.reader = reader;
    this.options = options;
    this.context = context;
    this.parser = parser;
    this.ignoresCorrupt = this.flag("ignoreCorruptFiles");
    this.ignoresMissing = this.flag("ignoreMissingFiles");
  }

  private flag(name: string): boolean {
    return this.options.boolean(name, this.context.conf(`spark.sql.files.${name}`) === "true");
  }

  /** The rows of a partition, in the order of its files. */
  async *read(partition: FilePartition, scan: ScanRequest, signal: AbortSignal): AsyncGenerator<Batch> {
    const { partition: folders } = this.schema;
    const columns = scan.columns.filter((name) => folders.indexOf(name) < 0);
    const predicates = scan.predicates.filter(({ column }) => folders.indexOf(column) < 0);
    const open = this.opener({ columns, predicates });
    for (const part of partition.files) {
      signal.throwIfAborted();
      const complete = this.completion(part, scan);
      const split = { path: part.path, start: part.start, end: part.end, fileSize: part.size };
      try {
        for await (const batch of open(split, signal)) yield complete(batch);
      } catch (error) {
        signal.throwIfAborted();
        this.passOver(part.path, error);
      }
    }
  }

  /** What a format has prepared for a scan serves all its partitions, batch after batch. */
  private opener(scan: ScanRequest): ReturnType<FormatReader["open"]> {
    // predicates may hold bigints, for which JSON has no form of its own
    const key = JSON.stringify(scan, (_, value) => (typeof value === "bigint" ? `${value}n` : value));
    if (this.prepared?.key !== key) {
      this.prepared = { key, open: this.reader.open(this.schema.data, scan, this.options, this.context) };
    }
    return this.prepared.open;
  }

  /** A function that adds the partition columns of a file and puts all columns into the order of the scan. */
  private completion(part: FilePart, scan: ScanRequest): (batch: Batch) => Batch {
    const { partition } = this.schema;
    if (!scan.columns.some((name) => partition.indexOf(name) >= 0)) return (batch) => batch;
    const constants = partition.fields.map(({ name, type }, i) => {
      return new ConstantColumn(type, partitionValue(name, part.values[i] ?? null, type, this.parser));
    });
    const schema = new StructType(
      scan.columns.map((name) => partition.fields[partition.indexOf(name)] ?? this.schema.data.field(name)),
    );
    return (batch) => {
      const columns = scan.columns.map((name): Column => {
        const constant = constants[partition.indexOf(name)];
        return constant === undefined
          ? batch.columns[batch.schema.indexOf(name)]!
          : constant.rows(batch.rowCount);
      });
      return new Batch(schema, columns, batch.rowCount);
    };
  }

  private passOver(path: string, error: unknown): void {
    const failure = failedReadFile(path, error);
    const isMissing = failure.condition === "FAILED_READ_FILE.FILE_NOT_EXIST";
    if (isMissing ? this.ignoresMissing : this.ignoresCorrupt && isFileFault(error)) return;
    throw failure;
  }
}

/** Whether the file itself is at fault; a record that FAILFAST refuses is the program's own demand. */
function isFileFault(error: unknown): boolean {
  return (
    !StreamError.is(error, "MALFORMED_RECORD_IN_PARSING") && !StreamError.is(error, "CODEC_NOT_AVAILABLE")
  );
}

/** Whether a file can hold rows that pass the predicates on its partition columns. */
export function partitionMatches(
  values: readonly (string | null)[],
  partition: StructType,
  predicates: readonly Predicate[],
  parser: PartitionValueParser,
): boolean {
  return predicates.every((predicate) => {
    const i = partition.indexOf(predicate.column);
    if (i < 0) return true;
    const { name, type } = partition.fields[i]!;
    const value = partitionValue(name, values[i] ?? null, type, parser);
    return valueMatches(value, predicate);
  });
}

function valueMatches(value: Value, predicate: Predicate): boolean {
  switch (predicate.op) {
    case "isNull":
      return value === null;
    case "isNotNull":
      return value !== null;
    case "in":
      return value !== null && predicate.values.some((wanted) => compare(value, wanted) === 0);
    default:
      return value !== null && orderMatches(compare(value, predicate.value), predicate.op);
  }
}

function orderMatches(order: number, op: "=" | "<" | "<=" | ">" | ">="): boolean {
  switch (op) {
    case "=":
      return order === 0;
    case "<":
      return order < 0;
    case "<=":
      return order <= 0;
    case ">":
      return order > 0;
    case ">=":
      return order >= 0;
  }
}

const encoder = new TextEncoder();

function compare(a: unknown, b: unknown): number {
  // strings are ordered by their UTF-8 bytes, which UTF-16 code units are not
  if (typeof a === "string" && typeof b === "string")
    return Buffer.compare(encoder.encode(a), encoder.encode(b));
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b);
  return (a as number) < (b as number) ? -1 : (a as number) > (b as number) ? 1 : 0;
}
