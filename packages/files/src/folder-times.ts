import type { Clock, FileEntry } from "@ss/core";

/**
 * A change this short before a listing may have another of the same moment behind it, by the coarseness of file times: seconds in old
 * file systems, some milliseconds in those that have fractions of a second.
 */
const SETTLED_MS = { seconds: 2000, fractions: 100 };
/** However old a folder's time is, it is listed again after so long: its clock may be another machine's, and coarse. */
const TRUSTED_MS = 10_000;

interface ListedFolder {
  readonly modifiedMs: number;
  readonly listedMs: number;
  readonly folders: readonly string[];
  /** The last walk that came by. */
  walk: number;
}

/**
 * When folders were listed and what their times were then: one whose time has not changed since has no new names, and need not be
 * listed again. For file systems that declare `folderTimes`, and callers that want nothing again that they were told once.
 */
export class FolderTimes {
  private readonly clock: Clock;
  private readonly listed: Map<string, ListedFolder> = new Map();
  private walk = 0;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** The folders in a folder that has had no new names since it was listed; undefined if it may have had some. */
  unchanged({ path, modifiedMs }: FileEntry): readonly string[] | undefined {
    const known = this.listed.get(path);
    if (known === undefined) return undefined;
    known.walk = this.walk;
    if (known.modifiedMs !== modifiedMs) return undefined;
    const settledMs = modifiedMs % 1000 === 0 ? SETTLED_MS.seconds : SETTLED_MS.fractions;
    const isSettled = known.listedMs - modifiedMs > settledMs;
    return isSettled && this.clock.now() - known.listedMs < TRUSTED_MS ? known.folders : undefined;
  }

  /** Takes note of a listing that began at `listedMs`, after `folder` was looked at. */
  note({ path, modifiedMs }: FileEntry, listedMs: number, folders: readonly string[]): void {
    this.listed.set(path, { modifiedMs, listedMs, folders, walk: this.walk });
  }

  /** Ends a walk over all folders, and forgets those that it did not come by: they are gone. */
  endWalk(): void {
    for (const [path, { walk }] of this.listed) if (walk !== this.walk) this.listed.delete(path);
    this.walk++;
  }

  /** The time now, for `note`. */
  nowMs(): number {
    return this.clock.now();
  }

  /** Lets everything be listed again: something that was listed is still to be taken. */
  forget(): void {
    this.listed.clear();
  }
}
