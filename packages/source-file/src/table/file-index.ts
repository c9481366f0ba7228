import {
  type Clock,
  type FileEntry,
  type FormatContext,
  type Options,
  parseDurationMs,
  StreamError,
  type StructType,
} from "@ss/core";
import {
  absolutePath,
  baseOf,
  discoverPartitions,
  FileManifest,
  FolderSignals,
  FolderTimes,
  hasManifest,
  isGlob,
  type Listing,
  type ListingOptions,
  listFiles,
  logSettings,
  manifestPath,
  type PartitionValueParser,
  parentPath,
  pathPartitions,
} from "@ss/files";
import { parseTimestampText, timeZone, UTC } from "@ss/kernels";
import { invalidOption } from "../errors.js";
import type { PartitionedFile } from "./file-splits.js";

/** Finds the files of a table: below its paths, or by the manifest of the streaming query that wrote them. */
export class FileIndex {
  readonly paths: readonly string[];
  private readonly options: Options;
  private readonly context: FormatContext;
  private readonly clock: Clock;
  private readonly recursive: boolean;
  private readonly bases: readonly string[] | undefined;
  private readonly signals: FolderSignals;
  private readonly times: FolderTimes;
  private usesManifest: boolean | undefined;

  constructor(paths: readonly string[], options: Options, context: FormatContext, clock: Clock) {
    this.paths = paths.map(absolutePath);
    this.options = options;
    this.context = context;
    this.clock = clock;
    this.recursive = options.boolean("recursiveFileLookup", false);
    const base = options.get("basePath");
    this.bases = base === undefined ? undefined : [absolutePath(base)];
    this.signals = new FolderSignals(context.fileSystem);
    this.times = new FolderTimes(clock, this.signals);
  }

  /** Whether new files may make themselves heard: patterns match folders that nobody watches. */
  get mayHear(): boolean {
    return this.context.fileSystem.watch !== undefined && !this.paths.some(isGlob);
  }

  /** Whether all that may come after the last `listNew` will be heard. */
  get hearsAll(): boolean {
    return this.times.hears(this.usesManifest ? [manifestPath(this.paths[0]!)] : this.paths);
  }

  /** Calls `wake` when there may be new files, until the returned function is called. */
  onChange(wake: () => void): () => void {
    for (const path of this.paths) this.signals.watch(path);
    return this.signals.onChange(wake);
  }

  /** Calls those whom `onChange` has noted. */
  ring(): void {
    this.signals.ring();
  }

  /** Ends all watching. */
  close(): void {
    this.signals.close();
  }

  /** The files as they are now, in no order. With `mustExist` a path that leads nowhere is an error. */
  async list(mustExist = false): Promise<Listing> {
    if (await this.hasManifest()) return { files: await this.manifestFiles(), roots: [] };
    return listFiles(this.context.fileSystem, this.paths, { ...this.filters(), mustExist });
  }

  /**
   * The files that came since the calls before; those that `skip` knows are left out without being looked at. Unless all of the
   * others are taken, `listAgain` has to follow, or they may not come again.
   */
  async listNew(skip: (path: string) => boolean): Promise<Listing> {
    if (await this.hasManifest()) return { files: await this.newManifestFiles(), roots: [] };
    this.signals.skip = skip;
    return listFiles(this.context.fileSystem, this.paths, { ...this.filters(), skip, times: this.times });
  }

  /** All files, as `list` gives them, of folders that are watched from before they are listed, where they can be. */
  async listWatched(): Promise<Listing> {
    this.times.forget();
    if (await this.hasManifest()) return { files: await this.newManifestFiles(), roots: [] };
    const { fileSystem } = this.context;
    return listFiles(fileSystem, this.paths, { ...this.filters(), mustExist: true, times: this.times });
  }

  /** The files of the manifest, unless it has had no new entry since they were asked for. */
  private async newManifestFiles(): Promise<FileEntry[]> {
    const { fileSystem } = this.context;
    const folder = await fileSystem.stat(manifestPath(this.paths[0]!));
    if (folder === null) return this.manifestFiles();
    if (this.times.news(folder, fileSystem.folderTimes ?? false)?.changed.length === 0) return [];
    this.times.begin(folder);
    return this.manifestFiles();
  }

  /** Lets the next `listNew` find again what the one before has found. */
  listAgain(): void {
    this.times.forget();
  }

  private filters(): ListingOptions {
    return {
      pathGlobFilter: this.options.get("pathGlobFilter"),
      modifiedBeforeMs: this.momentOption("modifiedBefore"),
      modifiedAfterMs: this.momentOption("modifiedAfter"),
    };
  }

  /** Whether a streaming query wrote the one folder that is read; once it is so it stays so. */
  private async hasManifest(): Promise<boolean> {
    if (this.usesManifest !== undefined) return this.usesManifest;
    const [path] = this.paths;
    if (this.paths.length !== 1 || path === undefined || isGlob(path)) return false;
    if (this.context.conf("spark.sql.streaming.fileStreamSink.ignoreMetadata") === "true") return false;
    if (!(await hasManifest(this.context.fileSystem, path))) return false;
    this.usesManifest = true;
    return true;
  }

  private manifestFiles(): Promise<FileEntry[]> {
    const settings = logSettings(this.context.conf, "fileSink");
    return new FileManifest(this.context.fileSystem, this.paths[0]!, settings, this.clock).files();
  }

  /** The partition columns that the files' folders stand for. */
  partitionSchema(
    listing: Listing,
    parser: PartitionValueParser,
    userSchema: StructType | undefined,
  ): StructType {
    const files = this.recursive ? [] : listing.files;
    const inferTypes =
      this.context.conf("spark.sql.sources.partitionColumnTypeInference.enabled") !== "false";
    return discoverPartitions(this.basesOf(listing), files, { inferTypes, parser, userSchema });
  }

  /** The files that the table reads, with their partition values: without `recursiveFileLookup` only those in partition folders. */
  partitionedFiles(listing: Listing, partition: StructType): PartitionedFile[] {
    const bases = this.basesOf(listing);
    const files: PartitionedFile[] = [];
    for (const file of listing.files) {
      if (this.recursive) {
        files.push({ file, values: [] });
        continue;
      }
      const base = baseOf(bases, file.path);
      const found = pathPartitions(base, file.path);
      if (found.length === 0 && partition.length === 0 && parentPath(file.path) !== base) continue;
      const values = partition.fields.map(({ name }) => {
        return found.find(([column]) => column.toLowerCase() === name.toLowerCase())?.[1] ?? null;
      });
      files.push({ file, values });
    }
    return files;
  }

  /** The folders below which names like `k=v` are partitions, inner ones before those that hold them. */
  private basesOf(listing: Listing): readonly string[] {
    if (this.bases !== undefined) return this.bases;
    if (this.usesManifest) return this.paths;
    const bases = new Set(listing.roots.map((root) => (root.isFolder ? root.path : parentPath(root.path))));
    return [...bases].sort((a, b) => b.length - a.length);
  }

  private momentOption(name: string): number | undefined {
    const text = this.options.get(name);
    if (text === undefined) return undefined;
    const zone = timeZone(this.options.get("timeZone") ?? this.context.timeZone) ?? UTC;
    const micros = parseTimestampText(text, zone);
    if (micros === undefined) throw invalidOption(name, text, "a timestamp such as 2020-06-01T13:00:00");
    return Number(micros / 1000n);
  }
}

/** A time span of an option in milliseconds, as Spark's file source reads it. */
export function spanMs(name: string, text: string): number {
  const ms = parseDurationMs(text);
  if (ms === undefined) throw invalidOption(name, text, "a time span such as 7d or 30 minutes");
  return ms;
}

/** Refuses partition columns where folders are searched without regard to their names. */
export function checkRecursive(options: Options, partition: StructType): void {
  if (!options.boolean("recursiveFileLookup", false) || partition.length === 0) return;
  throw new StreamError({
    condition: "RECURSIVE_FILE_LOOKUP_NOT_SUPPORTED_FOR_PARTITIONED_DATA_SOURCE",
    sqlState: "0A000",
    message: "A partitioned table cannot be read with recursiveFileLookup: leave out one of the two.",
  });
}
