import {
  type Batch,
  type Clock,
  type FileFormat,
  MemoryFileSystem,
  type Offset,
  Options,
  type ReadRequest,
  rowsOf,
  type SessionContext,
  type Source,
  type SourceLog,
  StructType,
  type Table,
  type Value,
} from "@ss/core";
import { csvFormat, fileSource, jsonFormat, textFormat } from "@ss/source-file";

/** A clock that stands still until a test moves it. */
export class TestClock implements Clock {
  ms = 1_000_000;
  now(): number {
    return this.ms;
  }
  monotonicMs(): number {
    return this.ms;
  }
  async sleep(): Promise<void> {}
}

/** A file system in memory and the plug-in on it. */
export class Harness {
  readonly clock: TestClock = new TestClock();
  readonly files: MemoryFileSystem = new MemoryFileSystem(this.clock);
  conf: Record<string, string> = {};
  timeZone = "UTC";
  readonly warnings: string[] = [];

  /** Writes a file, one millisecond later than the one before. */
  async put(path: string, text: string | Uint8Array): Promise<void> {
    this.clock.ms++;
    const writer = await this.files.create(path);
    await writer.write(typeof text === "string" ? new TextEncoder().encode(text) : text);
    await writer.close();
  }

  get session(): SessionContext {
    const formats: readonly FileFormat[] = [csvFormat, jsonFormat, textFormat];
    return {
      clock: this.clock,
      fileSystem: () => this.files,
      format: (name) => formats.find((format) => format.name === name),
      conf: (key) => this.conf[key],
      timeZone: this.timeZone,
      warn: (message) => void this.warnings.push(message),
    };
  }

  private request(
    format: string,
    path: string,
    schema?: string,
    options: Record<string, unknown> = {},
  ): ReadRequest {
    return {
      format,
      options: new Options(options),
      paths: [path],
      schema: schema === undefined ? undefined : StructType.fromDDL(schema),
      session: this.session,
    };
  }

  table(format: string, path: string, schema?: string, options?: Record<string, unknown>): Promise<Table> {
    return fileSource().sources![0]!.table!(this.request(format, path, schema, options));
  }

  stream(format: string, path: string, schema?: string, options?: Record<string, unknown>): Promise<Source> {
    return fileSource().sources![0]!.stream!(this.request(format, path, schema, options));
  }

  /** The rows of a file, or a folder, read as a table. */
  async rows(
    format: string,
    path: string,
    schema?: string,
    options?: Record<string, unknown>,
    columns?: readonly string[],
  ): Promise<Value[][]> {
    const table = await this.table(format, path, schema, options);
    return tableRows(table, columns);
  }
}

export async function tableRows(table: Table, columns?: readonly string[]): Promise<Value[][]> {
  const scan = { columns: columns ?? table.schema.fieldNames(), predicates: [] };
  const rows: Value[][] = [];
  for (const partition of await table.plan(scan)) {
    rows.push(...(await batchRows(table.read(partition, scan, new AbortController().signal))));
  }
  return rows;
}

export async function batchRows(batches: AsyncIterable<Batch>): Promise<Value[][]> {
  const rows: Value[][] = [];
  for await (const batch of batches) rows.push(...rowsOf(batch));
  return rows;
}

/** The rows of a range of a stream. */
export async function rangeRows(
  source: Source,
  start: Offset | null,
  end: Offset | null,
): Promise<Value[][]> {
  const scan = { columns: source.schema.fieldNames(), predicates: [] };
  const rows: Value[][] = [];
  for (const partition of await source.plan(start, end as Offset)) {
    rows.push(...(await batchRows(source.read(partition, scan, new AbortController().signal))));
  }
  return rows;
}

/** A source's folder of a checkpoint, in memory. */
export function memoryLog(entries: Map<string, Uint8Array> = new Map()): SourceLog {
  return {
    list: async () => [...entries.keys()],
    read: async (name) => entries.get(name) ?? null,
    add: async (name, bytes) => void entries.set(name, bytes),
    delete: async (name) => void entries.delete(name),
  };
}
