import { createHash } from "node:crypto";
import {
  batchFromRows,
  type Column,
  type FamilySpec,
  type StateFamily,
  type StateLookup,
  type StateMatches,
  type StateRows,
  type StateStore,
  type StateStoreContext,
  type StateStoreProvider,
  type StateVersion,
  StreamError,
  type Value,
  valueAt,
} from "@ss/core";

/** The simplest store that keeps the contract: each version is one file with everything in it. */
export const plainStateStore: StateStoreProvider = {
  className: "PlainStateStore",
  open: async (context) => new PlainStore(context),
};

/** The key as text, by which keys are told apart; rows are keys followed by values. */
type Table = Map<string, Value[]>;

class PlainStore implements StateStore {
  private readonly families: PlainFamily[] = [];
  private readonly context: StateStoreContext;

  constructor(context: StateStoreContext) {
    this.context = context;
  }

  family(spec: FamilySpec): StateFamily {
    const family = new PlainFamily(spec);
    this.families.push(family);
    return family;
  }

  async load(version: StateVersion | null): Promise<void> {
    const tables = version ? await this.read(this.path(version)) : [];
    this.families.forEach((family, i) => {
      family.table = new Map(tables[i]?.map((row) => [family.keyOf(row), row]));
    });
  }

  async commit(version: number, beforeWrite: () => Promise<void>): Promise<StateVersion> {
    await beforeWrite();
    for (const { putKeys } of this.families) putKeys.clear();
    const body = JSON.stringify(
      this.families.map(({ table }) => [...table.values()]),
      toJson,
    );
    const committed = { version, attempt: this.context.runId };
    const writer = await this.context.fileSystem.create(this.path(committed));
    await writer.write(new TextEncoder().encode(`${checksum(body)}${body}`));
    await writer.close();
    return committed;
  }

  abort(): void {}

  metrics(): ReturnType<StateStore["metrics"]> {
    const rowsTotal = this.families.reduce((sum, { rowCount }) => sum + rowCount, 0);
    return { rowsTotal, rowsUpdated: 0, rowsRemoved: 0, memoryUsedBytes: rowsTotal * 100, commitTimeMs: 0 };
  }

  async maintain(oldestNeeded: number): Promise<void> {
    for await (const { path } of this.context.fileSystem.list(this.context.folder)) {
      if (Number(/(\d+)-[^/]*$/.exec(path)![1]) < oldestNeeded) await this.context.fileSystem.delete(path);
    }
  }

  async close(): Promise<void> {}

  private path({ version, attempt }: StateVersion): string {
    return `${this.context.folder}/${version}-${attempt}`;
  }

  private async read(path: string): Promise<Value[][][]> {
    const bytes = await this.context.fileSystem.readAll(path);
    const text = bytes ? new TextDecoder().decode(bytes) : "";
    const body = text.slice(64);
    if (checksum(body) === text.slice(0, 64)) return JSON.parse(body, fromJson) as Value[][][];
    throw new StreamError({ condition: "SS_STATE_FILE_CORRUPT", message: `${path} is missing or damaged.` });
  }
}

class PlainFamily implements StateFamily {
  readonly spec: FamilySpec;
  table: Table = new Map();
  /** Keys put since the last commit. */
  readonly putKeys: Set<string> = new Set();

  constructor(spec: FamilySpec) {
    this.spec = spec;
  }

  get rowCount(): number {
    return this.table.size;
  }

  keyOf(row: readonly Value[]): string {
    const key = row.slice(0, this.spec.keySchema.length);
    return JSON.stringify(key, (_, value: unknown) => (Number.isNaN(value) ? "NaN" : toJson("", value)));
  }

  get(keys: readonly Column[], rowCount: number): StateLookup {
    const found: Value[][] = [];
    const positions = Int32Array.from({ length: rowCount }, (_, i) => {
      const row = this.table.get(this.keyOf(keys.map((column) => valueAt(column, i))));
      return row ? found.push(row.slice(keys.length)) - 1 : -1;
    });
    return { positions, values: batchFromRows(this.spec.valueSchema, found).columns };
  }

  put(keys: readonly Column[], values: readonly Column[], rowCount: number): number {
    const before = this.putKeys.size;
    for (let i = 0; i < rowCount; i++) {
      const row = [...keys, ...values].map((column) => valueAt(column, i));
      this.table.set(this.keyOf(row), row);
      this.putKeys.add(this.keyOf(row));
    }
    return this.putKeys.size - before;
  }

  insert(keys: readonly Column[], values: readonly Column[], rowCount: number): Int32Array {
    const inserted: number[] = [];
    for (let i = 0; i < rowCount; i++) {
      const row = [...keys, ...values].map((column) => valueAt(column, i));
      if (this.table.has(this.keyOf(row))) continue;
      this.table.set(this.keyOf(row), row);
      this.putKeys.add(this.keyOf(row));
      inserted.push(i);
    }
    return Int32Array.from(inserted);
  }

  match(prefix: readonly Column[], rowCount: number): StateMatches {
    const [all] = this.pieces(() => true) as [StateRows];
    const pairs: [question: number, position: number][] = [];
    for (let i = 0; i < rowCount; i++) {
      const asked = this.keyOf(prefix.map((column) => valueAt(column, i)));
      for (let k = 0; k < all.rowCount; k++) {
        const start = all.keys.slice(0, prefix.length).map((column) => valueAt(column, k));
        if (this.keyOf(start) === asked) pairs.push([i, k]);
      }
    }
    return {
      questions: Int32Array.from(pairs, ([question]) => question),
      positions: Int32Array.from(pairs, ([, position]) => position),
      keys: all.keys,
      values: all.values,
    };
  }

  changed(): Iterable<StateRows> {
    return this.pieces((row) => this.putKeys.has(this.keyOf(row)));
  }

  remove(keys: readonly Column[], rowCount: number): number {
    let count = 0;
    for (let i = 0; i < rowCount; i++) {
      const key = this.keyOf(keys.map((column) => valueAt(column, i)));
      if (this.table.delete(key)) count++;
      this.putKeys.delete(key);
    }
    return count;
  }

  scan(): Iterable<StateRows> {
    return this.pieces(() => true);
  }

  scanBelow(bound: bigint): Iterable<StateRows> {
    return this.pieces((row) => {
      const time = row[this.spec.orderedBy!] as bigint | null;
      return time !== null && time <= bound;
    });
  }

  *removeBelow(bound: bigint): Generator<StateRows> {
    const pieces = [...this.scanBelow(bound)];
    try {
      yield* pieces;
    } finally {
      for (const { keys, rowCount } of pieces) this.remove(keys, rowCount);
    }
  }

  private pieces(wanted: (row: Value[]) => boolean): StateRows[] {
    const rows = [...this.table.values()].filter(wanted);
    const width = this.spec.keySchema.length;
    const part = (from: number, to?: number): Value[][] => rows.map((row) => row.slice(from, to));
    return [
      {
        keys: batchFromRows(this.spec.keySchema, part(0, width)).columns,
        values: batchFromRows(this.spec.valueSchema, part(width)).columns,
        rowCount: rows.length,
      },
    ];
  }
}

function checksum(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function toJson(_: string, value: unknown): unknown {
  if (typeof value === "bigint") return { bigint: String(value) };
  return value instanceof Uint8Array ? { bytes: [...value] } : value;
}

function fromJson(_: string, value: unknown): unknown {
  const { bigint, bytes } = (value ?? {}) as { bigint?: string; bytes?: number[] };
  if (bigint !== undefined) return BigInt(bigint);
  return bytes ? Uint8Array.from(bytes) : value;
}
