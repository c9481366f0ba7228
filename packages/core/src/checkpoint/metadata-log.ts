import type { FileSystem } from "../file-system/file-system.js";
import { concurrentUpdate, missingEntry } from "./checkpoint-errors.js";
import { decodeEntry, encodeEntry, type LogEntry } from "./log-entry.js";

/** How the values of a log stand in its entries. */
export interface EntryCodec<T> {
  encode(value: T): LogEntry;
  /** Throws with `path` where the entry is none of this log. */
  decode(entry: LogEntry, path: string): T;
}

/**
 * A folder of numbered entries, each written once: `offsets/` and `commits/`. The folder is listed once, by `open`;
 * afterwards the log knows its entries, as nobody else may write to it.
 */
export class MetadataLog<T extends { readonly writer: string | null }> {
  readonly folder: string;
  private readonly fileSystem: FileSystem;
  private readonly codec: EntryCodec<T>;
  /** Ascending. */
  private ids: number[] = [];

  constructor(fileSystem: FileSystem, folder: string, codec: EntryCodec<T>) {
    this.fileSystem = fileSystem;
    this.folder = folder;
    this.codec = codec;
  }

  /** Learns which entries there are. Names that are no plain number (checksum files of Spark, temporary files) are ignored. */
  async open(): Promise<void> {
    const ids: number[] = [];
    for await (const { path, isFolder } of this.fileSystem.list(this.folder)) {
      const name = path.slice(path.lastIndexOf("/") + 1);
      if (!isFolder && /^\d+$/.test(name)) ids.push(Number(name));
    }
    this.ids = ids.sort((a, b) => a - b);
  }

  /** The id of the newest entry, or -1. */
  get latestId(): number {
    return this.ids.at(-1) ?? -1;
  }

  /** The id of the oldest entry, or -1. */
  get oldestId(): number {
    return this.ids[0] ?? -1;
  }

  pathOf(id: number): string {
    return `${this.folder}/${id}`;
  }

  /** The id of the newest entry below `id`, or -1. */
  idBefore(id: number): number {
    return this.ids.findLast((other) => other < id) ?? -1;
  }

  /** The id of the `count`th newest entry, or -1 if there are fewer. */
  idFromEnd(count: number): number {
    return this.ids.at(-count) ?? -1;
  }

  /** The ids from one on, ascending. */
  idsFrom(id: number): readonly number[] {
    return this.ids.filter((other) => other >= id);
  }

  has(id: number): boolean {
    return this.ids.includes(id);
  }

  /** An entry that has to be there. */
  async get(id: number): Promise<T> {
    const bytes = await this.fileSystem.readAll(this.pathOf(id));
    if (bytes === null) throw missingEntry(this.pathOf(id));
    return this.codec.decode(decodeEntry(bytes, this.pathOf(id)), this.pathOf(id));
  }

  /**
   * Adds an entry, durable when it resolves. CONCURRENT_STREAM_LOG_UPDATE where another run was quicker; an entry that this
   * writer finds to be its own is the result of a call whose answer was lost.
   */
  async add(id: number, value: T): Promise<void> {
    const path = this.pathOf(id);
    const made = await this.fileSystem.createExclusive(
      path,
      Buffer.from(encodeEntry(this.codec.encode(value))),
    );
    if (!made && !(await this.isOwn(id, value.writer))) throw concurrentUpdate(id, path);
    this.ids.push(id);
  }

  /** Deletes all entries below `id`, oldest first. */
  async purgeBelow(id: number): Promise<void> {
    while (this.ids.length > 0 && this.ids[0]! < id) {
      await this.fileSystem.delete(this.pathOf(this.ids[0]!), { reuse: true });
      this.ids.shift();
    }
  }

  private async isOwn(id: number, writer: string | null): Promise<boolean> {
    const found = await this.get(id).catch(() => null);
    return writer !== null && found?.writer === writer;
  }
}
