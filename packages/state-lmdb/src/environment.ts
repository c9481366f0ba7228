import { type Database, open, type RootDatabase, type RootDatabaseOptionsWithPath } from "lmdb";
import { MappedMemory, READ_BYTES } from "./memory-bound.js";

const BINARY = { keyEncoding: "binary", encoding: "binary", cache: false } as const;
/** Longer values are stored in parts, so that none needs pages of its own that would be lent out as they are mapped. */
const PART_BYTES = 8 << 10;
const WHOLE = 0;
const PARTS = 1;

/** Where the parts of all tables are. */
const PARTS_TABLE = "parts";

type Rows = Database<Buffer, Buffer>;

/** An entry of a table. The buffers are the caller's. */
export interface Entry {
  readonly key: Buffer;
  readonly value: Buffer;
}

/**
 * The LMDB environment of a store, with a bound on its memory. LMDB maps its file, and the pages that were read stay in the memory of the process
 * until the system wants them back; so the file is unmapped and mapped again, a matter of a millisecond, whenever more than the bound is there.
 * Between two calls there is no transaction and no cursor, so that this can be done at any time.
 */
export class Environment {
  private readonly path: string;
  private readonly mappedBytes: number;
  private readonly names: string[] = [];
  private root: RootDatabase;
  private memory: MappedMemory;
  private readonly databases: Map<string, Rows> = new Map();
  private inTransaction = false;
  /** Reads since the memory was looked at. */
  private unchecked = 0;

  constructor(path: string, mappedBytes: number) {
    this.path = path;
    this.mappedBytes = mappedBytes;
    this.root = this.map();
    this.memory = new MappedMemory();
  }

  /** Rows that may be read between two calls of `countReads`. */
  get pieceRows(): number {
    return Math.min(2048, Math.max(16, Math.floor(this.mappedBytes / 4 / READ_BYTES)));
  }

  /** A table, made where it is not there. */
  table(name: string): Table {
    this.names.push(name);
    this.openDatabases();
    return new Table(this, name, this.names.length);
  }

  /** The database of a table, as it is mapped now. */
  database(name: string): Rows {
    return this.databases.get(name)!;
  }

  /** Makes changes that are there all or not at all, whatever happens to the process. */
  transact(change: () => void): void {
    if (this.inTransaction) return change();
    this.inTransaction = true;
    try {
      this.root.transactionSync(change);
    } finally {
      this.inTransaction = false;
    }
  }

  /** Takes note of reads, and maps the file anew where it has come to take too much memory. Not to be called in a transaction. */
  countReads(count: number): void {
    this.unchecked += count;
    if (this.unchecked * READ_BYTES < this.mappedBytes / 4) return;
    this.memory.countReads(this.unchecked);
    this.unchecked = 0;
    if (this.memory.bytes <= this.mappedBytes / 2) return;
    void this.root.close();
    this.root = this.map();
    this.openDatabases();
    this.memory = new MappedMemory();
  }

  /** Bytes of the file that are in memory. */
  get memoryBytes(): number {
    return Math.max(4096, this.memory.bytes);
  }

  close(): Promise<void> {
    return this.root.close();
  }

  private map(): RootDatabase {
    this.databases.clear();
    // nothing is synced: what is found after a loss of power is not used
    // an option that the declarations lack: what is behind a row that was read is not read along with it
    const options: RootDatabaseOptionsWithPath & { readonly noReadAhead: boolean } = {
      path: this.path,
      noSubdir: false,
      noSync: true,
      noReadAhead: true,
      maxDbs: 512,
      ...BINARY,
    };
    return open(options);
  }

  private openDatabases(): void {
    this.root.transactionSync(() => {
      for (const name of [PARTS_TABLE, ...this.names]) {
        if (!this.databases.has(name)) this.databases.set(name, this.root.openDB({ name, ...BINARY }));
      }
    });
  }
}

/** A sorted table from keys (of at most 1,000 bytes) to values of any length. */
export class Table {
  private readonly environment: Environment;
  private readonly name: string;
  private readonly number: number;

  constructor(environment: Environment, name: string, number: number) {
    this.environment = environment;
    this.name = name;
    this.number = number;
  }

  /** The value of a key, valid until the next call; undefined where there is none. */
  get(key: Buffer): Buffer | undefined {
    const found = this.rows.getBinaryFast(key) as Buffer | undefined;
    return found === undefined ? undefined : this.whole(key, found, found.length);
  }

  has(key: Buffer): boolean {
    return this.rows.getBinaryFast(key) !== undefined;
  }

  put(key: Buffer, value: Buffer): void {
    if (value.length <= PART_BYTES) {
      const stored = Buffer.allocUnsafe(1 + value.length);
      stored[0] = WHOLE;
      value.copy(stored, 1);
      this.rows.putSync(Buffer.from(key), stored);
      return;
    }
    const stored = Buffer.alloc(5);
    stored[0] = PARTS;
    stored.writeUInt32LE(value.length, 1);
    this.rows.putSync(Buffer.from(key), stored);
    for (let at = 0, part = 0; at < value.length; at += PART_BYTES, part++) {
      this.parts.putSync(this.partKey(key, part), Buffer.from(value.subarray(at, at + PART_BYTES)));
    }
  }

  /** Removes a key, if it is there. */
  remove(key: Buffer): void {
    const found = this.rows.getBinaryFast(key) as Buffer | undefined;
    if (found?.[0] === PARTS) {
      const count = Math.ceil(found.readUInt32LE(1) / PART_BYTES);
      for (let part = 0; part < count; part++) this.parts.removeSync(this.partKey(key, part));
    }
    this.rows.removeSync(Buffer.from(key));
  }

  /** Up to `limit` entries from a key on, in the order of keys, up to `end` (exclusive) where that is given. */
  range(start: Buffer, limit: number, end?: Buffer): Entry[] {
    const found: Entry[] = [];
    for (const { key, value } of this.rows.getRange({
      start,
      limit,
      ...(end === undefined ? {} : { end }),
    })) {
      found.push({ key, value });
    }
    return found.map(({ key, value }) => ({ key, value: this.whole(key, value, value.length) }));
  }

  /** Empties the table. */
  clear(): void {
    this.rows.clearSync();
    const end = Buffer.of(this.number + 1);
    for (;;) {
      const keys = [...this.parts.getKeys({ start: Buffer.of(this.number), end, limit: 1000 })];
      for (const key of keys) this.parts.removeSync(Buffer.from(key));
      if (keys.length < 1000) return;
    }
  }

  get count(): number {
    return (this.rows.getStats() as { entryCount: number }).entryCount;
  }

  /** Bytes of the pages that the table takes, without parts. */
  get storedBytes(): number {
    const stats = this.rows.getStats() as Record<string, number>;
    const { pageSize = 4096, treeBranchPageCount = 0, treeLeafPageCount = 0 } = stats;
    return pageSize * (treeBranchPageCount + treeLeafPageCount);
  }

  private get rows(): Rows {
    return this.environment.database(this.name);
  }

  private get parts(): Rows {
    return this.environment.database(PARTS_TABLE);
  }

  private partKey(key: Buffer, part: number): Buffer {
    const made = Buffer.allocUnsafe(key.length + 5);
    made[0] = this.number;
    key.copy(made, 1);
    made.writeUInt32BE(part, key.length + 1);
    return made;
  }

  private whole(key: Buffer, stored: Buffer, length: number): Buffer {
    if (stored[0] === WHOLE) return stored.subarray(1, length);
    const value = Buffer.allocUnsafe(stored.readUInt32LE(1));
    for (let at = 0, part = 0; at < value.length; at += PART_BYTES, part++) {
      const bytes = this.parts.getBinary(this.partKey(key, part));
      if (bytes === undefined) throw new RangeError("a part of a value is missing");
      value.set(bytes, at);
    }
    return value;
  }
}

/** The smallest key behind a key. */
export function keyAfter(key: Buffer): Buffer {
  return Buffer.concat([key, Buffer.of(0)]);
}
