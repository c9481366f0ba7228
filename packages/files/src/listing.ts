import { type FileEntry, type FileSystem, StreamError } from "@ss/core";
import type { FolderTimes } from "./folder-times.js";
import { expandGlob, globTest, isGlob } from "./glob.js";
import { baseName, relativeTo } from "./path.js";

/** Which files of a folder count. */
export interface ListingOptions {
  /** Only files whose name matches. */
  readonly pathGlobFilter?: string | undefined;
  /** Milliseconds since 1970: only files modified before, or after, that moment. */
  readonly modifiedBeforeMs?: number | undefined;
  readonly modifiedAfterMs?: number | undefined;
  /** Throw PATH_NOT_FOUND for a path, or a pattern, that names nothing. */
  readonly mustExist?: boolean | undefined;
  /** Files of which this is true, by their path, are left out without being looked at. */
  readonly skip?: ((path: string) => boolean) | undefined;
  /** Passes over what was listed before with the same times and has not changed. */
  readonly times?: FolderTimes | undefined;
}

/** The files that paths lead to. */
export interface Listing {
  readonly files: readonly FileEntry[];
  /** For each path, or each match of a pattern, the folder (or file) that it names. */
  readonly roots: readonly FileEntry[];
}

/** Whether readers pass over a file or folder of this name: it begins with `.` or `_` (unless it is `_k=v`), or is a copy under way. */
export function isHidden(name: string): boolean {
  return name.startsWith(".") || (name.startsWith("_") && !name.includes("=")) || name.endsWith("._COPYING_");
}

/** All files at or below the paths (patterns are expanded), hidden ones left out, in no order. */
export async function listFiles(
  fileSystem: FileSystem,
  paths: readonly string[],
  options: ListingOptions = {},
): Promise<Listing> {
  const { times } = options;
  try {
    const listing = await walk(fileSystem, paths, options);
    times?.endWalk();
    return listing;
  } catch (error) {
    // what the walk was told and has not given has to be found again
    times?.forget();
    throw error;
  }
}

async function walk(
  fileSystem: FileSystem,
  paths: readonly string[],
  options: ListingOptions,
): Promise<Listing> {
  const accepts = fileFilter(options);
  const roots: FileEntry[] = [];
  const files: FileEntry[] = [];
  const seen = new Set<string>();
  for (const path of paths) {
    const found = await rootsOf(fileSystem, path, options.skip);
    if (found.length === 0 && options.mustExist) throw pathNotFound(path);
    for (const root of found) {
      if (seen.has(root.path)) continue;
      seen.add(root.path);
      roots.push(root);
      if (root.isFolder) await collect(fileSystem, root, accepts, options, files);
      else if (!isHidden(baseName(root.path)) && accepts(root)) files.push(root);
    }
  }
  return { files, roots };
}

async function rootsOf(
  fileSystem: FileSystem,
  path: string,
  skip: ListingOptions["skip"],
): Promise<FileEntry[]> {
  if (isGlob(path)) return expandGlob(fileSystem, path, skip);
  const entry = await fileSystem.stat(path);
  return entry === null ? [] : [entry];
}

async function collect(
  fileSystem: FileSystem,
  folder: FileEntry,
  accepts: (entry: FileEntry) => boolean,
  { skip, times }: ListingOptions,
  files: FileEntry[],
): Promise<void> {
  if (times !== undefined && (fileSystem.folderTimes || fileSystem.watch)) {
    return collectChanged(fileSystem, folder, accepts, skip, times, files);
  }
  const entries = fileSystem.list(folder.path, { recursive: true, ...(skip && { skip }) });
  for await (const entry of entries) {
    if (entry.isFolder || !isVisible(folder.path, entry.path) || !accepts(entry)) continue;
    files.push(entry);
  }
}

/** Looks at what is new folder by folder, and lists those of which that is not known. */
async function collectChanged(
  fileSystem: FileSystem,
  folder: FileEntry,
  accepts: (entry: FileEntry) => boolean,
  skip: ListingOptions["skip"],
  times: FolderTimes,
  files: FileEntry[],
): Promise<void> {
  const news = times.news(folder, fileSystem.folderTimes ?? false);
  const folders = news?.folders ?? times.begin(folder);
  if (news === undefined) {
    for await (const entry of fileSystem.list(folder.path, { ...(skip && { skip }) })) {
      if (isHidden(baseName(entry.path))) continue;
      if (entry.isFolder) folders.add(entry.path);
      else if (accepts(entry)) files.push(entry);
    }
  }
  for (const path of news?.changed ?? []) {
    if (skip?.(path)) continue;
    const entry = await fileSystem.stat(path);
    if (entry?.isFolder) folders.add(path);
    // a file that has only just been made may be filled yet, of which there will be word too
    else if (entry !== null && entry.size > 0 && accepts(entry)) files.push(entry);
  }
  for (const path of folders) {
    const entry = await fileSystem.stat(path);
    if (entry?.isFolder) await collectChanged(fileSystem, entry, accepts, skip, times, files);
  }
}

function isVisible(folder: string, path: string): boolean {
  const relative = relativeTo(folder, path) ?? baseName(path);
  if (!relative.includes("/")) return !isHidden(relative);
  return !relative.split("/").some(isHidden);
}

function fileFilter(options: ListingOptions): (entry: FileEntry) => boolean {
  const { pathGlobFilter, modifiedBeforeMs, modifiedAfterMs } = options;
  const matches = pathGlobFilter === undefined ? undefined : globTest(pathGlobFilter);
  return (entry) =>
    (matches === undefined || matches(baseName(entry.path))) &&
    (modifiedBeforeMs === undefined || entry.modifiedMs < modifiedBeforeMs) &&
    (modifiedAfterMs === undefined || entry.modifiedMs > modifiedAfterMs);
}

/** The error for a path that leads nowhere. */
export function pathNotFound(path: string): StreamError {
  return new StreamError({
    condition: "PATH_NOT_FOUND",
    sqlState: "42K03",
    parameters: { path },
    message: `Path does not exist: ${path}. Check the path, or create it before the query starts.`,
  });
}
