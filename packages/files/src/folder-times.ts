import type { Clock, FileEntry } from "@ss/core";
import type { FolderSignals } from "./folder-signals.js";

/**
 * A change this short before a listing may have another of the same moment behind it, by the coarseness of file times: seconds in old
 * file systems, some milliseconds in those that have fractions of a second.
 */
const SETTLED_MS = { seconds: 2000, fractions: 100 };
/** However old a folder's time is, it is listed again after so long: its clock may be another machine's, and coarse. */
const TRUSTED_MS = 10_000;
/** The same of a folder that is watched: some of very many signals may have been lost. */
const WATCHED_TRUSTED_MS = 60_000;

interface ListedFolder {
  /** Its time at the last look. */
  modifiedMs: number;
  readonly listedMs: number;
  /** The folders in it. */
  readonly folders: Set<string>;
  /** Whether it has been watched since before it was listed. */
  readonly watched: boolean;
  /** The last walk that came by. */
  walk: number;
}

/** What is new in a folder that was listed before. */
export interface FolderNews {
  /** Entries that have changed, come or gone. */
  readonly changed: readonly string[];
  /** The folders that were in it when it was listed; the caller adds those that have come. */
  readonly folders: Set<string>;
}

/**
 * When folders were listed and what their times were then: one whose time has not changed since has no new names, and need not be
 * listed again; of one that is watched the names that changed are known. For callers that want nothing again that they were told once.
 */
export class FolderTimes {
  private readonly clock: Clock;
  private readonly signals: FolderSignals | undefined;
  private readonly listed: Map<string, ListedFolder> = new Map();
  private walk = 0;

  constructor(clock: Clock, signals?: FolderSignals) {
    this.clock = clock;
    this.signals = signals;
  }

  /** What is new in a folder since the look before; undefined if it has to be listed. `hasTimes`: its file system declares `folderTimes`. */
  news({ path, modifiedMs }: FileEntry, hasTimes: boolean): FolderNews | undefined {
    const known = this.listed.get(path);
    if (known === undefined) return undefined;
    known.walk = this.walk;
    const changed = known.watched ? this.signals?.changes(path) : undefined;
    const { folders } = known;
    if (changed === undefined) {
      return hasTimes && this.isUnchanged(known, modifiedMs) ? { changed: [], folders } : undefined;
    }
    if (this.clock.now() - known.listedMs >= WATCHED_TRUSTED_MS) return undefined;
    // a change that nobody has told of
    if (changed.length === 0 && known.modifiedMs !== modifiedMs) return undefined;
    known.modifiedMs = modifiedMs;
    return { changed, folders };
  }

  private isUnchanged(known: ListedFolder, modifiedMs: number): boolean {
    if (known.modifiedMs !== modifiedMs) return false;
    const settledMs = modifiedMs % 1000 === 0 ? SETTLED_MS.seconds : SETTLED_MS.fractions;
    const isSettled = known.listedMs - modifiedMs > settledMs;
    return isSettled && this.clock.now() - known.listedMs < TRUSTED_MS;
  }

  /**
   * Takes note of a folder that is going to be listed, after it was looked at. The folders that are found in it go into the answer. It is
   * watched from here on, if it can be, so that nothing comes unseen behind the listing.
   */
  begin({ path, modifiedMs }: FileEntry): Set<string> {
    // anew, as another folder may stand there by now
    this.signals?.leave(path);
    const watched = this.signals?.watch(path) ?? false;
    const folders = new Set<string>();
    const listedMs = this.clock.now();
    this.listed.set(path, { modifiedMs, listedMs, folders, watched, walk: this.walk });
    return folders;
  }

  /** Ends a walk over all folders, and forgets those that it did not come by: they are gone. */
  endWalk(): void {
    for (const [path, { walk }] of this.listed) if (walk !== this.walk) this.listed.delete(path);
    this.signals?.leaveOthers((path) => this.listed.has(path));
    this.walk++;
  }

  /** Whether every change in these folders and in all that were found below them will be told. */
  hears(folders: readonly string[]): boolean {
    const { signals, listed } = this;
    if (signals === undefined || !folders.every((path) => listed.has(path))) return false;
    return [...listed.keys()].every((path) => signals.isWatched(path));
  }

  /** Lets everything be listed again: something that was listed is still to be taken. */
  forget(): void {
    this.listed.clear();
  }
}
