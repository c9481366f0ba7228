import type { SeededRandom } from "../seeded-random.js";

/** A file: its bytes only ever grow, so that what a crash leaves of it is a prefix. */
export interface DiskFile {
  readonly kind: "file";
  chunks: Uint8Array[];
  size: number;
  /** Bytes that a crash cannot take. */
  syncedSize: number;
  modifiedMs: number;
}

/** A folder: entries as programs see them, and those that a crash cannot take. */
export interface DiskFolder {
  readonly kind: "folder";
  readonly entries: Map<string, DiskNode>;
  syncedEntries: Map<string, DiskNode>;
  modifiedMs: number;
}

export type DiskNode = DiskFile | DiskFolder;

interface EntryChange {
  readonly folder: DiskFolder;
  readonly name: string;
  /** Null where the entry went away. */
  readonly node: DiskNode | null;
}

/** Changes of entries that become durable together: one, or the two of a rename. */
type PendingChange = readonly EntryChange[];

/**
 * What a disk holds, and what it would hold after a loss of power. Content becomes durable when its file is synced, an
 * entry when the folder that lists it is. Until then a crash may take it.
 */
export class DiskModel {
  root: DiskFolder = emptyFolder();
  private pending: PendingChange[] = [];

  /** Sets (or removes) entries, visible at once and durable only when a folder of theirs is synced. */
  change(...changes: readonly EntryChange[]): void {
    for (const { folder, name, node } of changes) setEntry(folder.entries, name, node);
    this.pending.push(changes);
  }

  /** Makes the entries of a folder durable. */
  syncFolder(folder: DiskFolder): void {
    const settled = this.pending.filter((changes) => changes.some((change) => change.folder === folder));
    this.pending = this.pending.filter((changes) => !settled.includes(changes));
    for (const changes of settled) keep(changes);
  }

  /** Makes everything durable. */
  flush(): void {
    for (const changes of this.pending) keep(changes);
    this.pending = [];
    syncContents(this.root);
  }

  /**
   * Loses power. What was synced stays; of the rest nothing stays, or, with `random`, each change of an entry by chance
   * and of each file's content a prefix.
   */
  crash(random?: SeededRandom): void {
    for (const changes of this.pending) if (random?.chance()) keep(changes);
    this.pending = [];
    reduceToSynced(this.root, random, new Set());
  }

  /** The node of a path, or undefined. */
  find(path: string): DiskNode | undefined {
    let node: DiskNode | undefined = this.root;
    for (const name of segments(path)) {
      if (node?.kind !== "folder") return undefined;
      node = node.entries.get(name);
    }
    return node;
  }
}

export function emptyFolder(modifiedMs = 0): DiskFolder {
  return { kind: "folder", entries: new Map(), syncedEntries: new Map(), modifiedMs };
}

export function emptyFile(modifiedMs: number): DiskFile {
  return { kind: "file", chunks: [], size: 0, syncedSize: 0, modifiedMs };
}

/** The whole content of a file. */
export function contentOf(file: DiskFile): Uint8Array {
  const bytes = new Uint8Array(file.size);
  let at = 0;
  for (const chunk of file.chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

/** The names on the way to a path. */
export function segments(path: string): string[] {
  return path.split("/").filter((name) => name !== "");
}

function setEntry(entries: Map<string, DiskNode>, name: string, node: DiskNode | null): void {
  if (node === null) entries.delete(name);
  else entries.set(name, node);
}

function keep(changes: PendingChange): void {
  for (const { folder, name, node } of changes) setEntry(folder.syncedEntries, name, node);
}

function syncContents(folder: DiskFolder): void {
  for (const node of folder.entries.values()) {
    if (node.kind === "folder") syncContents(node);
    else node.syncedSize = node.size;
  }
}

function reduceToSynced(folder: DiskFolder, random: SeededRandom | undefined, seen: Set<DiskFile>): void {
  folder.entries.clear();
  for (const [name, node] of folder.syncedEntries) {
    folder.entries.set(name, node);
    if (node.kind === "folder") reduceToSynced(node, random, seen);
    else if (!seen.has(node)) {
      seen.add(node);
      const kept = random ? random.integer(node.syncedSize, node.size) : node.syncedSize;
      const content = contentOf(node).slice(0, kept);
      node.chunks = [content];
      node.size = kept;
      node.syncedSize = kept;
    }
  }
}
