import { StreamError } from "../errors/stream-error.js";
import type { FileSystem } from "../file-system/file-system.js";
import { type StateFile, type StateFileHeader, stateFileName } from "./state-file.js";
import { openStateFile } from "./state-file-reader.js";
import { versionOf } from "./state-history.js";
import type { StateVersion } from "./state-store.js";

/** The folder with the deltas and snapshots of a store. */
export class StateFolder {
  private readonly fileSystem: FileSystem;
  private readonly folder: string;

  constructor(fileSystem: FileSystem, folder: string) {
    this.fileSystem = fileSystem;
    this.folder = folder;
  }

  /** The names of the state files. */
  async list(): Promise<Set<string>> {
    const names = new Set<string>();
    for await (const { path } of this.fileSystem.list(this.folder)) {
      const name = path.slice(path.lastIndexOf("/") + 1);
      if (versionOf(name) !== null) names.add(name);
    }
    return names;
  }

  /**
   * Reads the rows of a version: `begin` is called with the files that make it up, in the order in which they are to be applied (a snapshot,
   * then deltas), then `apply` with each. One of `bases`, versions whose rows the caller has, takes the place of a snapshot. A snapshot that turns out
   * to be damaged is passed over, and all begins anew: the deltas before it, back to an older one, say the same. `bases` is asked for anew then, as
   * the rows of the damaged one may have taken the place of those that the caller had.
   */
  async read(
    version: StateVersion,
    names: ReadonlySet<string>,
    bases: () => Promise<readonly StateVersion[]>,
    begin: (files: readonly StateFile[]) => Promise<void>,
    apply: (file: StateFile) => Promise<void>,
  ): Promise<void> {
    const usable = new Set(names);
    let damage: unknown = null;
    for (;;) {
      let at: StateFile | undefined;
      try {
        const files = await this.filesTo(version, usable, await bases());
        await begin(files);
        for (const file of files) {
          at = file;
          await apply(file);
        }
        return;
      } catch (error) {
        const path = StreamError.is(error, "SS_STATE_FILE_CORRUPT") ? error.parameters["path"]! : "";
        if (!path.endsWith(".snapshot") || (at !== undefined && at.path !== path)) throw damage ?? error;
        damage ??= error;
        usable.delete(path.slice(path.lastIndexOf("/") + 1));
      }
    }
  }

  /** The files from a snapshot, or from one of `bases`, to a version. */
  async filesTo(
    version: StateVersion,
    names: ReadonlySet<string>,
    bases: readonly StateVersion[],
  ): Promise<StateFile[]> {
    const files: StateFile[] = [];
    let at: StateVersion | null = version;
    for (;;) {
      const now: StateVersion | null = at;
      if (now === null || bases.some((base) => sameVersion(base, now))) return files.reverse();
      const kind = names.has(stateFileName("snapshot", now)) ? "snapshot" : "delta";
      const file: StateFile = await this.open(kind, now);
      files.push(file);
      at = file.header.parent;
    }
  }

  /** A file whose header is right; SS_STATE_FILE_CORRUPT otherwise. */
  open(kind: StateFileHeader["kind"], version: StateVersion): Promise<StateFile> {
    return openStateFile(this.fileSystem, this.pathOf(stateFileName(kind, version)), kind, version);
  }

  /** Writes a file, which nobody sees before it is whole and durable; gives what `fill` gives. */
  async write<T>(
    name: string,
    fill: (write: (bytes: Uint8Array) => Promise<void>) => Promise<T>,
  ): Promise<T> {
    const writer = await this.fileSystem.create(this.pathOf(name));
    let filled: T;
    try {
      filled = await fill((bytes) => writer.write(bytes));
    } catch (error) {
      await writer.abort();
      throw error;
    }
    await writer.close();
    return filled;
  }

  /** Deletes a file; others of its kind are going to be written. */
  async delete(name: string): Promise<void> {
    await this.fileSystem.delete(this.pathOf(name), { reuse: true });
  }

  private pathOf(name: string): string {
    return `${this.folder}/${name}`;
  }
}

/** Whether two versions are one and the same attempt. */
export function sameVersion(a: StateVersion | null, b: StateVersion | null): boolean {
  return a !== null && b !== null && a.version === b.version && a.attempt === b.attempt;
}
