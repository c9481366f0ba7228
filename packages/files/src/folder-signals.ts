import type { FileSystem } from "@ss/core";
import { isHidden } from "./listing.js";
import { baseName } from "./path.js";

/** Changes of a folder that are kept apart; where more come between two looks some may be lost, and it is listed anew. */
const CHANGES_MAX = 4096;
/** Folders that are watched at most: each takes a watch of the system. */
const FOLDERS_MAX = 1024;

interface WatchedFolder {
  readonly stop: () => void;
  /** Entries that have changed since the last look. */
  readonly changed: Set<string>;
}

/** What a file system says about changes in folders, until it is asked for. */
export class FolderSignals {
  private readonly fileSystem: FileSystem;
  private readonly folders = new Map<string, WatchedFolder>();
  private readonly listeners = new Set<() => void>();
  /** Entries, by their path, whose changes matter to nobody. */
  skip: (path: string) => boolean = () => false;

  constructor(fileSystem: FileSystem) {
    this.fileSystem = fileSystem;
  }

  /** Calls `wake` at every change in a watched folder, until the returned function is called. */
  onChange(wake: () => void): () => void {
    const listener = (): void => wake();
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Begins to watch a folder, unless it does already. Whether it is watched from here on. */
  watch(folder: string): boolean {
    if (this.folders.has(folder)) return true;
    if (this.folders.size >= FOLDERS_MAX) return false;
    const changed = new Set<string>();
    const stop = this.fileSystem.watch?.(folder, (path) => this.take(folder, changed, path));
    if (stop === undefined) return false;
    this.folders.set(folder, { stop, changed });
    return true;
  }

  isWatched(folder: string): boolean {
    return this.folders.has(folder);
  }

  /** The entries of a watched folder that have changed since this was called last; undefined for one that is not watched. */
  changes(folder: string): readonly string[] | undefined {
    const watched = this.folders.get(folder);
    if (watched === undefined) return undefined;
    const paths = [...watched.changed];
    watched.changed.clear();
    return paths;
  }

  /** Calls all who listen. */
  ring(): void {
    for (const listener of [...this.listeners]) listener();
  }

  /** Ends the watch of all folders but those of which `keeps` is true. */
  leaveOthers(keeps: (folder: string) => boolean): void {
    for (const folder of [...this.folders.keys()]) if (!keeps(folder)) this.leave(folder);
  }

  /** Ends the watch of a folder. */
  leave(folder: string): void {
    this.folders.get(folder)?.stop();
    this.folders.delete(folder);
  }

  close(): void {
    for (const folder of [...this.folders.keys()]) this.leave(folder);
    this.listeners.clear();
  }

  private take(folder: string, changed: Set<string>, path: string | null): void {
    if (path !== null && (isHidden(baseName(path)) || this.skip(path))) return;
    if (path !== null && changed.size < CHANGES_MAX) changed.add(path);
    else this.leave(folder);
    this.ring();
  }
}
