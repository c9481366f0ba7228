import { type FileSystem, StreamError } from "@ss/core";
import { absolutePath, childPath, globTest, isGlob, relativeTo } from "@ss/files";
import type { StreamOptions } from "./stream-options.js";

/** What happens to files after their batch is committed: deleted, or moved away. Best effort: a failure is passed over. */
export class FileCleaner {
  private readonly clean: (path: string) => Promise<unknown>;
  private queue: Promise<unknown> = Promise.resolve();

  private constructor(clean: (path: string) => Promise<unknown>) {
    this.clean = clean;
  }

  /** Undefined where files stay. `threads` is `spark.sql.streaming.fileSource.cleaner.numThreads`. */
  static create(
    fileSystem: FileSystem,
    sourcePath: string,
    options: StreamOptions,
    threads: string | undefined,
  ): FileCleaner | undefined {
    const { cleanSource, archiveDir } = options;
    if (cleanSource === "off") return undefined;
    if (Number(threads ?? 1) <= 0) throw noThreads();
    if (cleanSource === "delete") return new FileCleaner((path) => fileSystem.delete(path));
    const archive = absolutePath(archiveDir!);
    checkArchive(sourcePath, archive);
    return new FileCleaner((path) => fileSystem.move(path, childPath(archive, path.replace(/^\/+/, ""))));
  }

  /** Starts cleaning files, one after the other, behind those that wait already. */
  start(paths: readonly string[]): void {
    for (const path of paths) {
      // a file that stays behind is never read again, so nothing is wrong but its place on the disk
      this.queue = this.queue.then(() => this.clean(path)).catch(() => {});
    }
  }

  /** Waits until all that was started is done. */
  async close(): Promise<void> {
    await this.queue;
  }
}

/** The archive keeps the files' own paths below it, so that it must not lie where the source looks for files. */
function checkArchive(sourcePath: string, archive: string): void {
  const source = absolutePath(sourcePath);
  const parts = source.split("/");
  const depth = Math.min(parts.length, archive.split("/").length);
  const matches = archive
    .split("/")
    .slice(0, depth)
    .every((part, i) => (isGlob(parts[i]!) ? globTest(parts[i]!)(part) : parts[i] === part));
  const holdsSource = relativeTo(archive, source) !== null || archive === source;
  if (!matches && !holdsSource) return;
  throw new StreamError({
    condition: "SS_ARCHIVE_IN_SOURCE",
    parameters: { sourceArchiveDir: archive, path: source },
    message: `Base archive path (${archive}) matches the source path (${source}): archived files would be read again. Choose another sourceArchiveDir.`,
  });
}

function noThreads(): StreamError {
  return new StreamError({
    condition: "SS_INVALID_OPTION",
    parameters: { option: "cleanSource" },
    message:
      "cleanSource needs spark.sql.streaming.fileSource.cleaner.numThreads to be above 0: set it, or set cleanSource to off.",
  });
}
