import type { FileEntry, ReadLimit } from "@ss/core";

/** Files for the next batch, and what is left behind them in the unit of the limit: files or bytes. */
interface FileChoice {
  readonly taken: readonly FileEntry[];
  readonly leftWeight: number;
  readonly limit: number;
}

interface Cut {
  readonly taken: readonly FileEntry[];
  /** Where the rest begins. */
  readonly end: number;
  readonly unit: "files" | "bytes" | "none";
  readonly limit: number;
}

/** Listed files in the order in which they are to be read. To take some costs what is taken, not what is left. */
export class FileQueue {
  private readonly files: readonly FileEntry[];
  private at = 0;
  private bytesLeft: number;
  /** How it stood before the last `take`. */
  private before: { readonly at: number; readonly bytesLeft: number } = { at: 0, bytesLeft: 0 };

  constructor(files: readonly FileEntry[]) {
    this.files = files;
    this.bytesLeft = files.reduce((sum, file) => sum + file.size, 0);
  }

  get length(): number {
    return this.files.length - this.at;
  }

  /** Takes files up to a limit from the front, and drops those in between that `accepts` refuses; a limit on bytes lets one through. */
  take(limit: ReadLimit, accepts: (file: FileEntry) => boolean): FileChoice {
    const { taken, end, unit, limit: amount } = this.cut(limit, accepts);
    this.before = { at: this.at, bytesLeft: this.bytesLeft };
    for (; this.at < end; this.at++) this.bytesLeft -= this.files[this.at]!.size;
    const leftWeight = unit === "bytes" ? this.bytesLeft : unit === "files" ? this.length : 0;
    return { taken, leftWeight, limit: amount };
  }

  /** Has again what the last `take` has taken. */
  undo(): void {
    ({ at: this.at, bytesLeft: this.bytesLeft } = this.before);
  }

  /** The same without all but the first `count` files. */
  upTo(count: number): FileQueue {
    return this.length <= count ? this : new FileQueue(this.files.slice(this.at, this.at + count));
  }

  private cut(limit: ReadLimit, accepts: (file: FileEntry) => boolean): Cut {
    switch (limit.kind) {
      case "maxFiles":
        return this.cutAt("files", limit.files, () => 1, accepts);
      case "maxBytes":
        return this.cutAt("bytes", limit.bytes, (file) => file.size, accepts);
      case "composite":
        return limit.limits
          .map((part) => this.cut(part, accepts))
          .reduce((a, b) => (b.taken.length < a.taken.length ? b : a));
      default:
        return this.cutAt("none", Number.POSITIVE_INFINITY, () => 0, accepts);
    }
  }

  private cutAt(
    unit: Cut["unit"],
    limit: number,
    weightOf: (file: FileEntry) => number,
    accepts: (file: FileEntry) => boolean,
  ): Cut {
    const taken: FileEntry[] = [];
    let total = 0;
    let end = this.at;
    for (; end < this.files.length; end++) {
      const file = this.files[end]!;
      if (!accepts(file)) continue;
      total += weightOf(file);
      if (total > limit && (unit === "files" || taken.length > 0)) break;
      taken.push(file);
    }
    return { taken, end, unit, limit };
  }
}

/** The order in which files are read: by time of change, then by path; the newest first if told. */
export function orderFiles(files: FileEntry[], latestFirst: boolean): FileEntry[] {
  const sign = latestFirst ? -1 : 1;
  return files.sort((a, b) => {
    if (a.modifiedMs !== b.modifiedMs) return sign * (a.modifiedMs - b.modifiedMs);
    return a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
  });
}
