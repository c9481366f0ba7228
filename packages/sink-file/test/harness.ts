import {
  batchFromRows,
  type Clock,
  type FileFormat,
  MemoryFileSystem,
  Options,
  type SaveMode,
  type SessionContext,
  type Sink,
  type SinkBatch,
  StructType,
  type Value,
  type WriteRequest,
} from "@ss/core";
import { fileSink } from "@ss/sink-file";

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
  readonly schema: StructType;

  constructor(ddl: string) {
    this.schema = StructType.fromDDL(ddl);
  }

  private request(
    format: string,
    options: Record<string, unknown>,
    partitionBy: readonly string[],
  ): WriteRequest {
    const formats: readonly FileFormat[] = fileSink().formats!;
    const session: SessionContext = {
      clock: this.clock,
      fileSystem: () => this.files,
      format: (name) => formats.find((found) => found.name === name),
      conf: (key) => this.conf[key],
      timeZone: this.timeZone,
    };
    return { format, options: new Options(options), path: "/out", partitionBy, schema: this.schema, session };
  }

  stream(
    format: string,
    options: Record<string, unknown> = {},
    partitionBy: readonly string[] = [],
  ): Promise<Sink> {
    return fileSink().sinks![0]!.stream!(this.request(format, options, partitionBy));
  }

  table(
    format: string,
    mode: SaveMode,
    options: Record<string, unknown> = {},
    partitionBy: readonly string[] = [],
  ): Promise<Sink | null> {
    return fileSink().sinks![0]!.batch!({ ...this.request(format, options, partitionBy), mode });
  }

  sinkBatch(batchId: number): SinkBatch {
    const signal = new AbortController().signal;
    return { queryId: "q", runId: "r", outputId: 0, batchId, schema: this.schema, mode: "append", signal };
  }

  /** Writes one batch of one partition; false where the sink has it already. */
  async write(sink: Sink, batchId: number, rows: Value[][]): Promise<boolean> {
    const write = await sink.begin(this.sinkBatch(batchId));
    if (write.alreadyCommitted) return false;
    const writer = await write.writer(0);
    await writer.write(batchFromRows(this.schema, rows));
    await write.commit([await writer.finish()]);
    return true;
  }

  /** Paths below the output, sorted; the ids of attempts are left out. */
  async paths(): Promise<string[]> {
    const paths: string[] = [];
    for await (const { path } of this.files.list("/out", { recursive: true })) paths.push(path);
    return paths.map((path) => path.slice(5).replace(/[0-9a-f]{8}-[0-9a-f-]{27}/, "ID")).sort();
  }

  /** The text of all part files, in the order of their paths. */
  async text(
    decode: (bytes: Uint8Array) => string = (bytes) => new TextDecoder().decode(bytes),
  ): Promise<string> {
    const paths: string[] = [];
    for await (const { path } of this.files.list("/out", { recursive: true })) {
      if (path.includes("/part-")) paths.push(path);
    }
    let text = "";
    for (const path of paths.sort()) text += decode((await this.files.readAll(path))!);
    return text;
  }

  /** What a format makes of rows. */
  async written(format: string, rows: Value[][], options: Record<string, unknown> = {}): Promise<string> {
    const sink = await this.table(format, "overwrite", options);
    await this.write(sink!, 0, rows);
    return this.text();
  }
}
