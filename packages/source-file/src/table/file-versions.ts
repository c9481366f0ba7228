import { setImmediate as nextTurn } from "node:timers/promises";
import type { Clock, FileEntry, Json, TableVersions } from "@ss/core";
import type { Listing } from "@ss/files";
import type { FileIndex } from "./file-index.js";

/** However quiet it is, the files are listed again after so long: some of very many signals may have been lost. */
const TRUSTED_MS = 60_000;
/** A file written this short before a listing may be written once more in the same moment, as coarse as file times are. */
const SETTLED_MS = { seconds: 2000, fractions: 100 };

/** A file as a version has it: two of the same name, size and time are taken to be the same. */
type VersionFile = readonly [path: string, size: number, modifiedMs: number];

/**
 * The files of a table from version to version: those that are there, with their sizes and times. Where the file system tells of all changes they are listed only
 * after one.
 */
export class FileVersions implements TableVersions {
  private readonly index: FileIndex;
  private readonly clock: Clock;
  private readonly showListing: (listing: Listing) => void;
  private stopListening: (() => void) | undefined;
  private changed = true;
  private listedMs = 0;
  private isSettled = false;
  private current: { readonly version: readonly VersionFile[]; readonly listing: Listing } | undefined;

  /** `show` is told the files that the table has from then on. */
  constructor(index: FileIndex, clock: Clock, show: (listing: Listing) => void) {
    this.index = index;
    this.clock = clock;
    this.showListing = show;
  }

  async latest(): Promise<Json> {
    const current = await this.look();
    this.showListing(current.listing);
    return current.version;
  }

  async show(version: Json): Promise<boolean> {
    const { listing } = await this.look();
    const known = new Map(listing.files.map((file) => [file.path, file]));
    const files: FileEntry[] = [];
    for (const [path, size, modifiedMs] of version as readonly VersionFile[]) {
      const file = known.get(path);
      if (file === undefined || file.size !== size || file.modifiedMs !== modifiedMs) return false;
      files.push(file);
    }
    this.showListing({ ...listing, files });
    return true;
  }

  async close(): Promise<void> {
    this.stopListening?.();
    this.index.close();
  }

  private async look(): Promise<NonNullable<typeof this.current>> {
    const before = this.current;
    if (before !== undefined && (await this.isQuiet())) return before;
    this.stopListening ??= this.index.onChange(() => {
      this.changed = true;
    });
    // what comes while the files are listed counts for the next look
    const hadSignal = this.changed;
    this.changed = false;
    const heardAll = this.index.hearsAll;
    const listedMs = this.clock.now();
    const listing = await this.index.listWatched().catch((error: unknown) => {
      this.changed = true;
      throw error;
    });
    const version = versionOf(listing);
    // files of the same size and time may have been written to all the same, in the moment of the listing before
    const mayDiffer = !this.isSettled && (hadSignal || !heardAll);
    this.listedMs = listedMs;
    const same = before !== undefined && JSON.stringify(version) === JSON.stringify(before.version);
    this.current = { version: same && !mayDiffer ? before.version : version, listing };
    this.isSettled = version.every(([, , modifiedMs]) => isSettled(modifiedMs, listedMs));
    return this.current;
  }

  /** Whether nothing has changed since the listing, for all that is told. */
  private async isQuiet(): Promise<boolean> {
    if (!this.index.hearsAll || this.clock.now() - this.listedMs >= TRUSTED_MS) return false;
    // signals of what was done before the call arrive with a turn of the event loop; the first one may be past that point of its own
    await nextTurn();
    await nextTurn();
    return !this.changed;
  }
}

function versionOf({ files }: Listing): readonly VersionFile[] {
  return files
    .map(({ path, size, modifiedMs }): VersionFile => [path, size, modifiedMs])
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

function isSettled(modifiedMs: number, listedMs: number): boolean {
  return listedMs - modifiedMs > (modifiedMs % 1000 === 0 ? SETTLED_MS.seconds : SETTLED_MS.fractions);
}
