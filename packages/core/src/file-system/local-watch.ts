import * as fs from "node:fs";
import { basename, join } from "node:path";
import { isTemporaryName } from "./spare-files.js";

/**
 * Types of file systems, by statfs, of which the kernel hears every change: ext, xfs, btrfs, tmpfs, overlay, zfs, f2fs. On others, such as
 * NFS, another machine's changes come without a signal.
 */
const LOCAL_TYPES: ReadonlySet<number> = new Set([
  0xef53, 0x58465342, 0x9123683e, 0x01021994, 0x794c7630, 0x2fc12fc1, 0xf2f52010,
]);

/**
 * Watches a folder of a local disk of Linux; undefined for any other. `asked` is the folder as it was asked for, whose form the
 * paths have.
 */
export function watchFolder(
  asked: string,
  folder: string,
  changed: (path: string | null) => void,
): (() => void) | undefined {
  const watcher = openWatcher(folder);
  if (watcher === undefined) return undefined;
  const prefix = asked === "/" ? "/" : `${asked}/`;
  const own = basename(folder);
  watcher.on("change", (_, name) => {
    // the folder's own name comes when it was moved or deleted, and when an entry of that name has changed
    if (name === null || name === own) changed(null);
    else if (!isTemporaryName(String(name))) changed(prefix + String(name));
  });
  watcher.on("error", () => changed(null));
  return () => watcher.close();
}

function openWatcher(folder: string): fs.FSWatcher | undefined {
  if (process.platform !== "linux") return undefined;
  try {
    if (!LOCAL_TYPES.has(fs.statfsSync(folder).type)) return undefined;
    if (!fs.statSync(folder).isDirectory()) return undefined;
    return fs.watch(join(folder), { persistent: false });
  } catch {
    // the folder is gone, or the system gives out no more watches: callers look for themselves
    return undefined;
  }
}
