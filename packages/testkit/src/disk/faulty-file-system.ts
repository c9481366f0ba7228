import {
  type Clock,
  type FileEntry,
  type FileReader,
  type FileSystem,
  type FileWriter,
  StreamError,
} from "@ss/core";
import type { SeededRandom } from "../seeded-random.js";
import {
  DiskCrash,
  DiskFailure,
  type DiskFault,
  type DiskOperation,
  type DiskOperationKind,
} from "./disk-fault.js";
import {
  contentOf,
  type DiskFile,
  type DiskFolder,
  DiskModel,
  type DiskNode,
  emptyFile,
  emptyFolder,
  segments,
} from "./disk-model.js";

/** How a {@link FaultyFileSystem} is made. */
export interface FaultyFileSystemOptions {
  /** Default `["file"]`. */
  readonly schemes?: readonly string[];
  /** Gives modification times; by default every step of the disk is one millisecond after the one before. */
  readonly clock?: Clock;
}

/**
 * A file system in memory that knows what a loss of power would leave of it, and that fails where a test says.
 *
 * It does its work in the steps of a local disk: a temporary file, its writes, a sync, a link or rename to the name, a
 * sync of the folder. {@link operations} lists the steps; {@link faultAt} makes one of them fail. What the contract does
 * not promise to be durable is not: a deletion or a move is atomic, but a crash may undo it until something else in that
 * folder has been synced.
 *
 * @example
 * ```ts
 * const disk = new FaultyFileSystem();
 * disk.faultAt(3, { kind: "crash" });
 * await assert.rejects(writeSomething(disk), DiskCrash.is);
 * const survivor = disk.restart();
 * ```
 */
export class FaultyFileSystem implements FileSystem {
  readonly schemes: readonly string[];
  /** Every step so far, failed ones too. */
  readonly operations: DiskOperation[] = [];
  private readonly options: FaultyFileSystemOptions;
  private readonly disk: DiskModel;
  private readonly faults = new Map<number, DiskFault>();
  private conditions: { kinds: readonly DiskOperationKind[]; pathPart: string; fault: DiskFault }[] = [];
  private tick = 0;
  private temporary = 0;
  private dead = false;

  constructor(options: FaultyFileSystemOptions = {}, disk: DiskModel = new DiskModel()) {
    this.options = options;
    this.schemes = options.schemes ?? ["file"];
    this.disk = disk;
  }

  /** Whether the disk has lost power. */
  get crashed(): boolean {
    return this.dead;
  }

  /** Lets `fault` happen at the step with this index. */
  faultAt(index: number, fault: DiskFault): void {
    this.faults.set(index, fault);
  }

  /** Lets `fault` happen at the next step of these kinds on a path that contains `pathPart`. */
  faultWhen(kinds: readonly DiskOperationKind[], pathPart: string, fault: DiskFault): void {
    this.conditions.push({ kinds, pathPart, fault });
  }

  /** Forgets the faults that have not struck yet. */
  clearFaults(): void {
    this.faults.clear();
    this.conditions = [];
  }

  /** Loses power now. */
  crash(random?: SeededRandom): void {
    if (this.dead) return;
    this.dead = true;
    this.disk.crash(random);
  }

  /** Makes everything durable that programs see, as a disk that is left alone does after some seconds. */
  flush(): void {
    if (!this.dead) this.disk.flush();
  }

  /** A file system on what is left of the disk, without faults. This one is dead from then on. */
  restart(): FaultyFileSystem {
    this.crash();
    const next = new FaultyFileSystem(this.options, this.disk);
    next.tick = this.tick;
    next.temporary = this.temporary;
    return next;
  }

  /** Every file as programs see it, temporary ones too, path to bytes; for comparison and for messages. */
  files(): Map<string, Uint8Array> {
    const found = new Map<string, Uint8Array>();
    const visit = (folder: DiskFolder, path: string): void => {
      for (const [name, node] of folder.entries) {
        if (node.kind === "folder") visit(node, `${path}/${name}`);
        else found.set(`${path}/${name}`, contentOf(node));
      }
    };
    visit(this.disk.root, "");
    return found;
  }

  /** Replaces the bytes of a file behind everyone's back, as a defective disk would. */
  corrupt(path: string, change: (bytes: Uint8Array) => Uint8Array): void {
    const node = this.find(path);
    if (node?.kind !== "file") throw notFound(path);
    const bytes = change(contentOf(node)).slice();
    node.chunks = [bytes];
    node.size = bytes.length;
    node.syncedSize = bytes.length;
  }

  async *list(folder: string, options?: { readonly recursive?: boolean }): AsyncIterable<FileEntry> {
    const node = await this.look(folder);
    if (node?.kind !== "folder") return;
    const entries: FileEntry[] = [];
    collect(node, folder.replace(/\/+$/, ""), options?.recursive === true, entries);
    for (const entry of entries) {
      this.alive();
      yield entry;
    }
  }

  async stat(path: string): Promise<FileEntry | null> {
    const node = await this.look(path);
    return node === undefined ? null : entryOf(trim(path), node);
  }

  async readAll(path: string): Promise<Uint8Array | null> {
    const node = await this.look(path);
    return node?.kind === "file" ? contentOf(node) : null;
  }

  async open(path: string): Promise<FileReader> {
    const node = await this.look(path);
    if (node?.kind !== "file") throw notFound(path);
    const bytes = contentOf(node);
    return {
      size: bytes.length,
      read: async (target, targetStart, length, position) => {
        this.alive();
        const part = bytes.subarray(position, position + length);
        target.set(part, targetStart);
        return part.length;
      },
      close: async () => {},
    };
  }

  async create(path: string): Promise<FileWriter> {
    const draft = await this.draft(path);
    let size = 0;
    let open = true;
    return {
      get size() {
        return size;
      },
      write: async (bytes) => {
        await this.append(draft, bytes);
        size += bytes.length;
      },
      close: async () => {
        await this.settle(draft);
        const name = lastSegment(path);
        await this.step("rename", path, () => {
          this.disk.change(
            { folder: draft.folder, name: draft.name, node: null },
            { folder: draft.folder, name, node: draft.file },
          );
          open = false;
        });
        await this.syncUp(path);
      },
      abort: async () => {
        if (!open) return;
        open = false;
        await this.discard(draft);
      },
    };
  }

  async createExclusive(path: string, bytes: Uint8Array): Promise<boolean> {
    const existing = await this.look(path);
    if (existing !== undefined) return false;
    const draft = await this.draft(path);
    try {
      await this.append(draft, bytes);
      await this.settle(draft);
      const won = await this.step("link", path, () => {
        const name = lastSegment(path);
        if (draft.folder.entries.has(name)) return false;
        this.disk.change({ folder: draft.folder, name, node: draft.file });
        return true;
      });
      if (won) await this.syncUp(path);
      return won;
    } finally {
      await this.discard(draft);
    }
  }

  async delete(path: string): Promise<boolean> {
    const node = await this.look(path);
    if (node === undefined) return false;
    const folder = this.folderOf(path);
    await this.step("remove", path, () => this.disk.change({ folder, name: lastSegment(path), node: null }));
    return true;
  }

  async move(from: string, to: string): Promise<void> {
    const node = await this.look(from);
    if (node === undefined) throw notFound(from);
    const target = await this.makeFolders(to);
    await this.step("rename", to, () => {
      this.disk.change(
        { folder: this.folderOf(from), name: lastSegment(from), node: null },
        { folder: target, name: lastSegment(to), node },
      );
    });
  }

  /** Does a step of the disk, or what its fault says. */
  private async step<T>(
    kind: DiskOperationKind,
    path: string,
    act: () => T,
    torn?: (bytes?: number) => void,
  ): Promise<T> {
    await Promise.resolve();
    this.alive();
    const operation: DiskOperation = { index: this.operations.length, kind, path: trim(path) };
    this.operations.push(operation);
    const fault = this.faultOf(operation);
    if (fault?.kind === "crash") {
      this.crash(fault.random);
      this.alive();
    }
    if (fault?.kind === "tear") torn?.(fault.bytes);
    if (fault === undefined || fault.kind === "loseAnswer") {
      this.tick++;
      const result = act();
      if (fault === undefined) return result;
    }
    throw (
      (fault as { error?: Error }).error ??
      new DiskFailure(`${kind} of ${operation.path} failed as the test asked`)
    );
  }

  private faultOf(operation: DiskOperation): DiskFault | undefined {
    const planned = this.faults.get(operation.index);
    if (planned) return planned;
    const matching = this.conditions.find(
      ({ kinds, pathPart }) => kinds.includes(operation.kind) && operation.path.includes(pathPart),
    );
    this.conditions = this.conditions.filter((condition) => condition !== matching);
    return matching?.fault;
  }

  private alive(): void {
    if (this.dead) throw new DiskCrash("the disk has lost power");
  }

  private async look(path: string): Promise<DiskNode | undefined> {
    await Promise.resolve();
    this.alive();
    return this.find(path);
  }

  private find(path: string): DiskNode | undefined {
    return this.disk.find(withoutScheme(path));
  }

  private nowMs(): number {
    return this.options.clock?.now() ?? this.tick;
  }

  private folderOf(path: string): DiskFolder {
    const node = this.find(parentOf(path));
    if (node?.kind !== "folder") throw notFound(parentOf(path));
    return node;
  }

  /** Makes the folders on the way to a file and returns the last. */
  private async makeFolders(path: string): Promise<DiskFolder> {
    let folder = this.disk.root;
    let way = "";
    for (const name of segments(withoutScheme(parentOf(path)))) {
      way += `/${name}`;
      if (!folder.entries.has(name)) {
        const parent = folder;
        await this.step("makeFolder", way, () => {
          // another caller may have made it in the meantime
          if (!parent.entries.has(name))
            this.disk.change({ folder: parent, name, node: emptyFolder(this.nowMs()) });
        });
      }
      const node = folder.entries.get(name);
      if (node?.kind !== "folder") throw new DiskFailure(`${way} is not a folder`);
      folder = node;
    }
    return folder;
  }

  private async draft(path: string): Promise<Draft> {
    const folder = await this.makeFolders(path);
    const name = `.${lastSegment(path)}.${this.temporary++}.tmp`;
    const draftPath = `${parentOf(path)}/${name}`;
    return this.step("makeFile", draftPath, () => {
      const file = emptyFile(this.nowMs());
      this.disk.change({ folder, name, node: file });
      return { path: draftPath, name, folder, file };
    });
  }

  private async append(draft: Draft, bytes: Uint8Array): Promise<void> {
    const copy = bytes.slice();
    const put = (part: Uint8Array): void => {
      draft.file.chunks.push(part);
      draft.file.size += part.length;
      draft.file.modifiedMs = this.nowMs();
    };
    await this.step(
      "write",
      draft.path,
      () => put(copy),
      (count = copy.length >> 1) => put(copy.subarray(0, count)),
    );
  }

  private async settle({ path, file }: Draft): Promise<void> {
    await this.step("syncFile", path, () => {
      file.syncedSize = file.size;
    });
  }

  /** Makes an entry durable, and the folders on the way to it where they are new. */
  private async syncUp(path: string): Promise<void> {
    for (let at = parentOf(path); ; at = parentOf(at)) {
      const folder = this.find(at);
      if (folder?.kind !== "folder") return;
      await this.step("syncFolder", at, () => this.disk.syncFolder(folder));
      if (segments(withoutScheme(at)).length === 0 || this.isDurable(at, folder)) return;
    }
  }

  private isDurable(path: string, folder: DiskFolder): boolean {
    return this.folderOf(path).syncedEntries.get(lastSegment(path)) === folder;
  }

  private async discard({ path, name, folder }: Draft): Promise<void> {
    if (this.dead || !folder.entries.has(name)) return;
    // a leftover is no harm: nobody lists it
    await this.step("remove", path, () => this.disk.change({ folder, name, node: null })).catch(() => {});
  }
}

interface Draft {
  readonly path: string;
  readonly name: string;
  readonly folder: DiskFolder;
  readonly file: DiskFile;
}

function collect(folder: DiskFolder, path: string, recursive: boolean, entries: FileEntry[]): void {
  for (const [name, node] of folder.entries) {
    if (isTemporary(name)) continue;
    if (recursive && node.kind === "folder") collect(node, `${path}/${name}`, true, entries);
    else entries.push(entryOf(`${path}/${name}`, node));
  }
}

function entryOf(path: string, node: DiskNode): FileEntry {
  const isFolder = node.kind === "folder";
  return { path, isFolder, size: node.kind === "file" ? node.size : 0, modifiedMs: node.modifiedMs };
}

function isTemporary(name: string): boolean {
  return /^\..*\.\d+\.tmp$/.test(name);
}

function withoutScheme(path: string): string {
  return path.replace(/^[a-z][a-z0-9+.-]*:\/\//i, "/");
}

function trim(path: string): string {
  return path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path;
}

function parentOf(path: string): string {
  const trimmed = trim(path);
  const parent = trimmed.slice(0, Math.max(0, trimmed.lastIndexOf("/")));
  // above `scheme://name` is the root of that scheme
  return /^[a-z][a-z0-9+.-]*:\/$/i.test(parent) ? `${parent}/` : parent;
}

function lastSegment(path: string): string {
  const trimmed = trim(path);
  return trimmed.slice(trimmed.lastIndexOf("/") + 1);
}

function notFound(path: string): StreamError {
  return new StreamError({
    condition: "PATH_NOT_FOUND",
    sqlState: "42K03",
    parameters: { path },
    message: `Path does not exist: ${path}.`,
  });
}
