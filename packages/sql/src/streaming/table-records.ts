import { createHash } from "node:crypto";
import type { FileSystem, Json } from "@ss/core";

/** A version of a table: what the table says about it, and the name that this has in the checkpoint. */
export interface RecordedVersion {
  readonly name: string;
  readonly version: Json;
}

/** How a list differs from another one: places in the other that are gone, places in this one with what is new there. */
export interface ListDifference {
  readonly removed: readonly number[];
  readonly added: readonly (readonly [at: number, item: Json])[];
}

/** What stands in a file: a version as a whole, or what makes it of the version `base`. */
type Stored = { readonly version: Json } | ({ readonly base: string } & ListDifference);

interface RecordFile {
  readonly path: string;
  readonly base: string | undefined;
}

interface NamedFile extends RecordFile {
  readonly name: string;
}

/** What a version takes that this run has written, as a whole and as the differences that lead to it. */
interface Written {
  readonly differenceBytes: number;
}

/** Shorter ones are not worth a difference. */
const WHOLE_BYTES = 64 * 1024;

/** How many differences may lead from a whole version to another one: a restart reads them all. */
const MOST_DIFFERENCES = 32;

/**
 * The versions of tables that stand in a checkpoint: `<table>/<hash>` is one as a whole, `<table>/<hash>-<hash of another>` how it differs from that one, so that
 * a table of very many files of which a few change costs no more than these. All differences since the last whole version are shorter than half of it, and not many.
 */
export class TableRecords {
  private readonly files = new Map<string, RecordFile>();
  private readonly written = new Map<string, Written>();
  /** Paths of files that no version needs. */
  private readonly strays: Set<string> = new Set();
  private fileSystem: FileSystem | undefined;
  private folder = "";
  private cleaning: Promise<void> = Promise.resolve();

  /** Learns which versions the checkpoint has. */
  async open(fileSystem: FileSystem, folder: string): Promise<void> {
    this.fileSystem = fileSystem;
    this.folder = folder;
    const wholes: NamedFile[] = [];
    const differences = new Map<string, NamedFile[]>();
    for await (const { path } of fileSystem.list(folder, { recursive: true })) {
      const [table = "", file = ""] = path.split("/").slice(-2);
      const [hash, base] = file.split("-");
      const record = { name: `${table}/${hash}`, path, base: base && `${table}/${base}` };
      this.strays.add(path);
      if (record.base === undefined) wholes.push(record);
      else differences.set(record.base, [...(differences.get(record.base) ?? []), record]);
    }
    // what can be reached from a whole version can be read; what is left of a difference whose base is gone may stand beside another one, or the whole
    const reached = wholes;
    for (const { name, path, base } of reached) {
      if (this.files.has(name)) continue;
      this.files.set(name, { path, base });
      this.strays.delete(path);
      reached.push(...(differences.get(name) ?? []));
    }
  }

  /** The name of a version. */
  nameOf(table: string, version: Json): string {
    return `${table}/${hashOf(JSON.stringify(version))}`;
  }

  /** Where a version stands, for a person. */
  pathOf(name: string): string {
    return this.files.get(name)?.path ?? `${this.folder}/${name}`;
  }

  /** Writes a version down unless it is there; `before` is another one of its table that this run knows. */
  async keep({ name, version }: RecordedVersion, before: RecordedVersion | undefined): Promise<void> {
    if (this.chainOf(name) !== undefined) return;
    // an old version that is back may be under way out
    await this.cleaning.catch(() => {});
    const whole = Buffer.from(JSON.stringify({ version } satisfies Stored));
    const difference = before && whole.length > WHOLE_BYTES ? this.differenceOf(version, before) : undefined;
    const differenceBytes =
      (difference?.length ?? 0) + (this.written.get(before?.name ?? "")?.differenceBytes ?? 0);
    if (difference !== undefined && differenceBytes < whole.length / 2) {
      await this.write(name, before!.name, difference);
      this.written.set(name, { differenceBytes });
    } else {
      await this.write(name, undefined, whole);
      this.written.set(name, { differenceBytes: 0 });
    }
  }

  /** A version by its name; undefined where it does not stand there, or not as it was written. */
  async read(name: string): Promise<Json | undefined> {
    const chain = this.chainOf(name);
    if (chain === undefined) return undefined;
    let version: Json | undefined;
    for (const { path } of chain.reverse()) {
      const bytes = await this.fileSystem!.readAll(path);
      version = bytes === null ? undefined : restored(Buffer.from(bytes).toString(), version);
      if (version === undefined) return undefined;
    }
    return this.nameOf(name.slice(0, name.indexOf("/")), version!) === name ? version : undefined;
  }

  /** Removes the versions that nobody will ask for, nor differences from them. What is to go is decided at the call. */
  async forgetAllBut(names: readonly string[]): Promise<void> {
    const needed = new Set(names.flatMap((name) => this.chainOf(name) ?? []));
    const doomed = [...this.strays];
    this.strays.clear();
    for (const [name, file] of this.files) {
      if (needed.has(file)) continue;
      doomed.push(file.path);
      this.files.delete(name);
      this.written.delete(name);
    }
    if (doomed.length === 0) return;
    const remove = async (): Promise<void> => {
      for (const path of doomed) await this.fileSystem!.delete(path);
    };
    this.cleaning = this.cleaning.then(remove, remove);
    await this.cleaning;
  }

  /** The files that make a version, the whole one last; undefined where one of them is not there. */
  private chainOf(name: string): RecordFile[] | undefined {
    const chain = new Set<RecordFile>();
    for (let at: string | undefined = name; at !== undefined; ) {
      const file = this.files.get(at);
      if (file === undefined || chain.has(file)) return undefined;
      chain.add(file);
      at = file.base;
    }
    return [...chain];
  }

  /** The difference as it is written; undefined where there is none to be had. Only what this run has written is known to be whole on the disk. */
  private differenceOf(version: Json, before: RecordedVersion): Buffer | undefined {
    const files = this.written.has(before.name) ? this.chainOf(before.name) : undefined;
    if (files === undefined || files.length > MOST_DIFFERENCES) return undefined;
    const difference = listDifference(before.version, version);
    if (difference === undefined) return undefined;
    return Buffer.from(JSON.stringify({ base: before.name, ...difference } satisfies Stored));
  }

  private async write(name: string, base: string | undefined, bytes: Uint8Array): Promise<void> {
    const suffix = base === undefined ? "" : `-${base.slice(base.indexOf("/") + 1)}`;
    const path = `${this.folder}/${name}${suffix}`;
    // of the same name are the same bytes, whoever wrote them
    await this.fileSystem!.createExclusive(path, bytes);
    const before = this.files.get(name);
    if (before !== undefined && before.path !== path) this.strays.add(before.path);
    this.strays.delete(path);
    this.files.set(name, { path, base });
  }
}

/** How a list differs from one before, where what they have in common stands in one order in both. */
export function listDifference(before: Json, after: Json): ListDifference | undefined {
  if (!Array.isArray(before) || !Array.isArray(after)) return undefined;
  const [old, now] = [textsOf(before), textsOf(after)];
  const [had, has] = [new Set(old), new Set(now)];
  const removed = old.flatMap((item, k) => (has.has(item) ? [] : [k]));
  const places = now.flatMap((item, k) => (had.has(item) ? [] : [k]));
  const made = withDifference(old, { removed, added: places.map((k) => [k, now[k]!]) });
  if (made.length !== now.length || made.some((item, k) => item !== now[k])) return undefined;
  return { removed, added: places.map((k) => [k, after[k] as Json]) };
}

/** The list that differs so from another one. */
export function withDifference(before: readonly Json[], { removed, added }: ListDifference): Json[] {
  const gone = new Set(removed);
  const common = before.filter((_, k) => !gone.has(k));
  const made: Json[] = [];
  let next = 0;
  for (const [at, item] of added) {
    while (made.length < at && next < common.length) made.push(common[next++]!);
    made.push(item);
  }
  for (; next < common.length; next++) made.push(common[next]!);
  return made;
}

/** What a file says, given the version that it may refer to; undefined where it is damaged. */
function restored(text: string, base: Json | undefined): Json | undefined {
  try {
    const stored = JSON.parse(text) as Stored;
    return "version" in stored ? stored.version : withDifference(base as readonly Json[], stored);
  } catch {
    return undefined;
  }
}

function textsOf(list: readonly Json[]): string[] {
  return list.map((item) => JSON.stringify(item));
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}
