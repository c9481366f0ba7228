import type { FileEntry, ReadLimit } from "@ss/core";

/** Files of a listing split into those of the next batch and the rest. */
export interface FileChoice {
  readonly taken: readonly FileEntry[];
  readonly left: readonly FileEntry[];
  /** The size of the rest in the unit of the limit: files or bytes. */
  readonly leftWeight: number;
  readonly limit: number;
}

/** Takes files in order up to a limit; a limit on bytes lets at least one file through. */
export function takeFiles(files: readonly FileEntry[], limit: ReadLimit): FileChoice {
  switch (limit.kind) {
    case "maxFiles": {
      const left = files.slice(limit.files);
      return { taken: files.slice(0, limit.files), left, leftWeight: left.length, limit: limit.files };
    }
    case "maxBytes": {
      const count = countWithin(files, limit.bytes);
      const left = files.slice(count);
      return { taken: files.slice(0, count), left, leftWeight: sizeOf(left), limit: limit.bytes };
    }
    case "composite":
      return limit.limits
        .map((part) => takeFiles(files, part))
        .reduce((a, b) => (b.taken.length < a.taken.length ? b : a));
    default:
      return { taken: files, left: [], leftWeight: 0, limit: Number.POSITIVE_INFINITY };
  }
}

function countWithin(files: readonly FileEntry[], bytes: number): number {
  let total = 0;
  let count = 0;
  for (const file of files) {
    total += file.size;
    if (count > 0 && total > bytes) break;
    count++;
  }
  return count;
}

function sizeOf(files: readonly FileEntry[]): number {
  return files.reduce((sum, file) => sum + file.size, 0);
}

/** The order in which files are read: by time of change, then by path; the newest first if told. */
export function orderFiles(files: FileEntry[], latestFirst: boolean): FileEntry[] {
  const sign = latestFirst ? -1 : 1;
  return files.sort((a, b) => {
    if (a.modifiedMs !== b.modifiedMs) return sign * (a.modifiedMs - b.modifiedMs);
    return a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
  });
}
