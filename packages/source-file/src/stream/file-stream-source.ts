import {
  assert,
  type Batch,
  type Clock,
  type FileEntry,
  type FormatContext,
  type FormatReader,
  type Offset,
  type Options,
  type Partition,
  type Predicate,
  type PushdownAnswer,
  parseDurationMs,
  type ReadLimit,
  type ScanRequest,
  type Source,
  type SourceContext,
  StreamError,
  type StructType,
  type WorkerForm,
} from "@ss/core";
import {
  logSettings,
  type PartitionValueParser,
  pathPartitions,
  qualifiedPath,
  type SeenFile,
  SeenFileLog,
} from "@ss/files";
import type { FileIndex } from "../table/file-index.js";
import { FileScan, type FileSchema, fullSchema } from "../table/file-scan.js";
import { type FilePartition, planPartitions } from "../table/file-splits.js";
import { FileCleaner } from "./file-cleaner.js";
import { FileQueue, orderFiles } from "./new-files.js";
import { SeenFiles } from "./seen-files.js";
import type { StreamOptions } from "./stream-options.js";

/** How long the loop waits between two looks, unless told otherwise. */
const POLLING_MS = 10;
/** After how long it looks though nothing was heard. */
const LOST_SIGNAL_MS = 10_000;

/** What a file source is made of. */
export interface FileStreamParts {
  readonly path: string;
  readonly schema: FileSchema;
  readonly index: FileIndex;
  readonly reader: FormatReader;
  readonly options: Options;
  readonly streamOptions: StreamOptions;
  readonly context: FormatContext;
  readonly parser: PartitionValueParser;
  readonly workerForm: () => WorkerForm | undefined;
}

/**
 * New files of a folder as an unbounded table. An offset is the number of an entry in the source's own log, which names the
 * files of that step; so a range gives the same files for ever, and no file is read twice.
 */
export class FileStreamSource implements Source {
  readonly description: string;
  readonly schema: StructType;
  readonly replayable = true;
  readonly readLimit: ReadLimit;
  readonly onData: Source["onData"];
  private readonly parts: FileStreamParts;
  private readonly scan: FileScan;
  private readonly seen: SeenFiles;
  private log: SeenFileLog | undefined;
  private clock: Clock | undefined;
  /** Ends the wait after which it rings by itself. */
  private nextLook: AbortController | undefined;
  private cleaner: FileCleaner | undefined;
  /** The entry up to which files are done with; undefined until this run has had to do with one. */
  private cleanedTo: number | undefined;
  private newestBatch = -1;
  /** Files that were listed and not taken, for the next batches. */
  private unread: FileQueue = new FileQueue([]);
  /** All files there are to read, once the end of the run is pinned. */
  private pinned: FileQueue | undefined;
  /** Sizes of files listed in this run, so that planning need not ask for them. */
  private readonly sizes = new Map<string, number>();

  constructor(parts: FileStreamParts) {
    this.parts = parts;
    const { streamOptions, schema, reader, options, context, parser } = parts;
    this.description = `FileStreamSource[${qualifiedPath(parts.path)}]`;
    this.schema = fullSchema(schema);
    this.readLimit = streamOptions.readLimit;
    this.scan = new FileScan(schema, reader, options, context, parser);
    this.seen = new SeenFiles(streamOptions.maxFileAgeMs, streamOptions.fileNameOnly);
    this.onData = parts.index.mayHear ? (wake) => this.listen(wake) : undefined;
  }

  get worker(): WorkerForm | undefined {
    return this.parts.workerForm();
  }

  async open({ log, clock }: SourceContext): Promise<void> {
    const { context, streamOptions, path } = this.parts;
    this.clock = clock;
    const settings = logSettings(context.conf, "fileSource");
    this.log = new SeenFileLog(log, settings, clock, (file) => this.seen.isYoung(file.timestampMs));
    for (const file of await this.log.all()) this.seen.add(file.path, file.timestampMs);
    this.seen.purge();
    this.newestBatch = await this.log.latest();
    const threads = context.conf("spark.sql.streaming.fileSource.cleaner.numThreads");
    this.cleaner = FileCleaner.create(context.fileSystem, path, streamOptions, threads);
  }

  async initialOffset(): Promise<Offset | null> {
    return null;
  }

  async latestOffset(start: Offset | null, limit: ReadLimit): Promise<Offset | null> {
    // files of an entry that is gone would be taken for new ones
    if (batchOf(start) > this.newestBatch) throw missingEntry(batchOf(start), this.newestBatch);
    // entries of a run that ended before the offset log had them: each holds as much as a limit allows
    if (batchOf(start) < this.newestBatch && limit.kind !== "allAvailable")
      return offsetOf(batchOf(start) + 1);
    const taken = await this.take(limit);
    if (taken.length > 0) await this.recordOrGiveBack(taken);
    for (const file of taken) this.seen.add(file.path, file.modifiedMs);
    this.seen.purge();
    return this.newestBatch < 0 ? null : offsetOf(this.newestBatch);
  }

  private async take(limit: ReadLimit): Promise<readonly FileEntry[]> {
    const isNew = (file: FileEntry): boolean => this.seen.isNew(file.path, file.modifiedMs);
    if (this.pinned !== undefined) return this.pinned.take(limit, isNew).taken;
    const { latestFirst, maxCachedFiles, discardCachedInputRatio } = this.parts.streamOptions;
    let queue = this.unread;
    if (queue.length === 0) queue = new FileQueue((await this.listed()).filter(isNew));
    const { taken, leftWeight, limit: amount } = queue.take(limit, () => true);
    // what comes newest first is not kept, as it may change
    const keeps = !latestFirst && leftWeight >= amount * discardCachedInputRatio;
    this.unread = keeps ? queue.upTo(maxCachedFiles) : new FileQueue([]);
    if (queue.length > this.unread.length) this.parts.index.listAgain();
    return taken;
  }

  /** The files that are there and were not read before, in their order, and perhaps some that were. */
  private async listed(): Promise<FileEntry[]> {
    const { index, schema, streamOptions } = this.parts;
    const listing = await index.listNew((path) => this.seen.knows(path));
    this.lookAgain();
    const files = index.partitionedFiles(listing, schema.partition).map(({ file }) => file);
    return orderFiles(files, streamOptions.latestFirst);
  }

  private listen(wake: () => void): () => void {
    const leave = this.parts.index.onChange(wake);
    this.lookAgain();
    return leave;
  }

  /**
   * Rings after a while: soon where changes come without a signal, and even where all are told now and then, as a signal may be lost where
   * very many come.
   */
  private lookAgain(): void {
    const { clock } = this;
    const { index, context } = this.parts;
    if (clock === undefined || this.onData === undefined) return;
    const pollingMs = parseDurationMs(context.conf("spark.sql.streaming.pollingDelay") ?? "") ?? POLLING_MS;
    this.nextLook?.abort();
    const next = new AbortController();
    this.nextLook = next;
    const delayMs = index.hearsAll ? LOST_SIGNAL_MS : Math.max(1, pollingMs);
    // not the query's signal, which would keep something of each look for as long as the query runs: `close` ends the wait
    void clock.sleep(delayMs, next.signal).then(() => {
      if (!next.signal.aborted) index.ring();
    });
  }

  private async recordOrGiveBack(files: readonly FileEntry[]): Promise<void> {
    try {
      await this.record(files);
    } catch (error) {
      // the call may be made again
      this.pinned?.undo();
      this.unread = new FileQueue([]);
      this.parts.index.listAgain();
      throw error;
    }
  }

  private async record(files: readonly FileEntry[]): Promise<void> {
    const batch = this.newestBatch + 1;
    const entries = files.map(({ path, modifiedMs }) => ({ path, timestampMs: modifiedMs }));
    if (!(await this.openLog().add(batch, entries))) throw concurrentUpdate(batch);
    this.newestBatch = batch;
    this.sizes.clear();
    for (const { path, size } of files) this.sizes.set(path, size);
  }

  reportLatestOffset(): Offset | null {
    return this.newestBatch < 0 ? null : offsetOf(this.newestBatch);
  }

  async prepareForAvailableNow(): Promise<void> {
    this.unread = new FileQueue([]);
    this.pinned = new FileQueue(await this.listed());
    this.parts.index.listAgain();
  }

  async plan(start: Offset | null, end: Offset): Promise<readonly Partition[]> {
    const { context, reader, options } = this.parts;
    this.cleanedTo ??= batchOf(start);
    const files = await this.openLog().range(batchOf(start), batchOf(end));
    const present = await Promise.all(files.map((file) => this.entryOf(file)));
    const partitioned = present.map((file) => ({ file, values: this.valuesOf(file.path) }));
    return planPartitions(partitioned, reader, options, context.conf);
  }

  /** A file of the log with its size; one that is gone is read as far as `ignoreMissingFiles` lets it. */
  private async entryOf({ path, timestampMs }: SeenFile): Promise<FileEntry> {
    const size = this.sizes.get(path) ?? (await this.parts.context.fileSystem.stat(path))?.size ?? 0;
    return { path, isFolder: false, size, modifiedMs: timestampMs };
  }

  private valuesOf(path: string): readonly (string | null)[] {
    const { partition } = this.parts.schema;
    if (partition.length === 0) return [];
    const found = pathPartitions("/", path);
    return partition.fields.map(({ name }) => {
      return found.findLast(([column]) => column.toLowerCase() === name.toLowerCase())?.[1] ?? null;
    });
  }

  read(partition: Partition, scan: ScanRequest, signal: AbortSignal): AsyncIterable<Batch> {
    return this.scan.read(partition as FilePartition, scan, signal);
  }

  pushdown(predicate: Predicate): PushdownAnswer {
    const { schema, reader, options } = this.parts;
    if (schema.partition.indexOf(predicate.column) >= 0) return "unsupported";
    return reader.pushdown?.(predicate, options) ?? "unsupported";
  }

  async commit(end: Offset): Promise<void> {
    if (this.cleaner === undefined) return;
    const batch = batchOf(end);
    // a batch may have several entries, and not every batch is told of where the logs are written beside them
    const files = await this.openLog().range(this.cleanedTo ?? batch - 1, batch);
    this.cleaner.start(files.map(({ path }) => path));
    this.cleanedTo = batch;
  }

  async close(): Promise<void> {
    this.nextLook?.abort();
    this.parts.index.close();
    await this.cleaner?.close();
  }

  private openLog(): SeenFileLog {
    assert(this.log !== undefined, "the file source was used before it was opened");
    return this.log;
  }
}

function offsetOf(batch: number): Offset {
  return { logOffset: batch };
}

/** The number in an offset; Spark's oldest checkpoints hold the bare number. */
function batchOf(offset: Offset | null): number {
  if (offset === null) return -1;
  if (typeof offset === "number") return offset;
  const number = (offset as { logOffset?: unknown }).logOffset;
  assert(
    typeof number === "number",
    `an offset of the file source was expected, not ${JSON.stringify(offset)}`,
  );
  return number;
}

function missingEntry(batch: number, newest: number): StreamError {
  return new StreamError({
    condition: "SS_LOG_BATCH_MISSING",
    parameters: { batchId: String(batch), newest: String(newest) },
    message:
      `The query has read the files of entry ${batch} of the source's log (sources/<n>/${batch} in the checkpoint), but the log ` +
      `ends with entry ${newest}. Restore the file, or start the query with a new checkpoint location, and it reads all files ` +
      "that its folder then holds.",
  });
}

function concurrentUpdate(batch: number): StreamError {
  return new StreamError({
    condition: "CONCURRENT_STREAM_LOG_UPDATE",
    sqlState: "40000",
    parameters: { batchId: String(batch) },
    message: `Concurrent update to the log of the source: entry ${batch} exists. Another run of the query uses this checkpoint; stop one of the two.`,
  });
}
