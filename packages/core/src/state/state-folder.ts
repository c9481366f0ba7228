import { StreamError } from "../errors/stream-error.js";
import type { FileSystem } from "../file-system/file-system.js";
import { corruptStateFile } from "./state-errors.js";
import { openStateFile, type StateFile, type StateFileHeader, stateFileName } from "./state-file.js";
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
   * The files that make up a version, in the order in which they are to be applied: a snapshot, then deltas. `base`, a version whose rows the
   * caller has, takes the place of a snapshot. A snapshot that is damaged is passed over: the deltas before it, back to an older one, say
   * the same.
   */
  async filesTo(
    version: StateVersion,
    names: ReadonlySet<string>,
    check: (file: StateFile) => void,
    base: StateVersion | null = null,
  ): Promise<StateFile[]> {
    const read = async (kind: StateFileHeader["kind"], of: StateVersion): Promise<StateFile> => {
      const file = await this.read(kind, of);
      check(file);
      return file;
    };
    const deltas: StateFile[] = [];
    let damage: unknown = null;
    let at: StateVersion | null = version;
    while (at !== null && !sameVersion(at, base)) {
      if (names.has(stateFileName("snapshot", at))) {
        try {
          return [await read("snapshot", at), ...deltas.reverse()];
        } catch (error) {
          if (!StreamError.is(error, "SS_STATE_FILE_CORRUPT")) throw error;
          damage ??= error;
        }
      }
      try {
        const delta: StateFile = await read("delta", at);
        deltas.push(delta);
        at = delta.header.parent;
      } catch (error) {
        throw damage ?? error;
      }
    }
    return deltas.reverse();
  }

  /** A file whose checksums are right; SS_STATE_FILE_CORRUPT otherwise. */
  async read(kind: StateFileHeader["kind"], version: StateVersion): Promise<StateFile> {
    const path = this.pathOf(stateFileName(kind, version));
    const bytes = await this.fileSystem.readAll(path);
    if (bytes === null) throw corruptStateFile(path, "it is missing");
    return openStateFile(path, kind, version, bytes);
  }

  /** Writes a file, which nobody sees before it is whole and durable. */
  async write(
    name: string,
    fill: (write: (bytes: Uint8Array) => Promise<void>) => Promise<void>,
  ): Promise<void> {
    const writer = await this.fileSystem.create(this.pathOf(name));
    try {
      await fill((bytes) => writer.write(bytes));
    } catch (error) {
      await writer.abort();
      throw error;
    }
    await writer.close();
  }

  /** Deletes a file; others of its kind are going to be written. */
  async delete(name: string): Promise<void> {
    await this.fileSystem.delete(this.pathOf(name), { reuse: true });
  }

  pathOf(name: string): string {
    return `${this.folder}/${name}`;
  }
}

/** Whether two versions are one and the same attempt. */
export function sameVersion(a: StateVersion | null, b: StateVersion | null): boolean {
  return a !== null && b !== null && a.version === b.version && a.attempt === b.attempt;
}
