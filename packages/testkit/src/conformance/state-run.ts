import {
  batchFromRows,
  type FamilySpec,
  parseDdl,
  type StateFamily,
  type StateRows,
  type StateStore,
  type StateStoreProvider,
  type StateVersion,
  StructType,
  type Value,
  valueAt,
} from "@ss/core";
import { FaultyFileSystem } from "../disk/faulty-file-system.js";
import { textOf } from "./source-run.js";

/** Keys with an event time, values with a count: what an aggregation remembers. */
export const COUNTS: FamilySpec = {
  operatorId: 0,
  name: "default",
  keySchema: parseDdl("word STRING, at TIMESTAMP"),
  valueSchema: parseDdl("count BIGINT"),
  orderedBy: 1,
};

export type Row = readonly Value[];

/** A store's folder on a disk, and stores opened on it as successive runs of a query do. */
export class StateRun {
  readonly disk: FaultyFileSystem;
  private readonly provider: StateStoreProvider;
  private readonly conf: Readonly<Record<string, string>>;
  private runs = 0;

  constructor(
    provider: StateStoreProvider,
    conf: Readonly<Record<string, string>>,
    disk: FaultyFileSystem = new FaultyFileSystem(),
  ) {
    this.provider = provider;
    this.conf = conf;
    this.disk = disk;
  }

  open(): Promise<StateStore> {
    return this.provider.open({
      fileSystem: this.disk,
      folder: "/checkpoint/state",
      runId: `run-${this.runs++}-${this.disk.operations.length}`,
      conf: (key) => this.conf[key],
    });
  }

  /** A new store with one family, at a version. */
  async at(version: StateVersion | null, spec: FamilySpec = COUNTS): Promise<OpenState> {
    const store = await this.open();
    const family = store.family(spec);
    await store.load(version);
    return { store, family };
  }

  /** The rows of a version, as a new store reads them. */
  async rowsAt(version: StateVersion | null, spec: FamilySpec = COUNTS): Promise<string[]> {
    const { store, family } = await this.at(version, spec);
    const rows = allRows(family);
    await store.close();
    return rows;
  }
}

/** A loaded store and its family. */
export interface OpenState {
  readonly store: StateStore;
  readonly family: StateFamily;
}

export const UNFENCED = async (): Promise<void> => {};

/** Puts rows of keys followed by values; gives how many of the keys had not been put since the last commit. */
export function put(family: StateFamily, ...rows: readonly Row[]): number {
  const { keys, values } = columnsOf(family.spec, rows);
  return family.put(keys, values, rows.length);
}

/** Asks for keys that are going to be put, then puts them. */
export function addAll(
  family: StateFamily,
  ...rows: readonly Row[]
): { found: (Value[] | null)[]; firsts: number[] | null; put: number } {
  const { keys, values } = columnsOf(family.spec, rows);
  const lookup = family.getToPut!(keys, rows.length);
  const found = rows.map((_, i) =>
    lookup.positions[i]! < 0 ? null : lookup.values.map((column) => valueAt(column, lookup.positions[i]!)),
  );
  const firsts = lookup.firsts && [...lookup.firsts];
  return { found, firsts, put: family.put(keys, values, rows.length) };
}

/** Inserts rows whose keys are not there; gives the positions of those that were not. */
export function insert(family: StateFamily, ...rows: readonly Row[]): number[] {
  const { keys, values } = columnsOf(family.spec, rows);
  return [...family.insert(keys, values, rows.length)];
}

/** The rows whose keys begin as each of some prefixes, as sorted text. */
export function matches(family: StateFamily, prefixes: readonly Row[]): string[][] {
  const schema = new StructType(family.spec.keySchema.fields.slice(0, family.spec.prefix));
  const { columns } = batchFromRows(schema, prefixes);
  const { questions, positions, keys, values } = family.match(columns, prefixes.length);
  const found = prefixes.map((): string[] => []);
  positions.forEach((position, p) => {
    found[questions[p]!]!.push(textOf([...keys, ...values].map((column) => valueAt(column, position))));
  });
  return found.map((rows) => rows.sort());
}

/** Removes keys. */
export function remove(family: StateFamily, ...keys: readonly Row[]): number {
  return family.remove(batchFromRows(family.spec.keySchema, keys).columns, keys.length);
}

/** The values of keys, null for a key that is not there. */
export function get(family: StateFamily, ...keys: readonly Row[]): (Value[] | null)[] {
  const { positions, values } = family.get(batchFromRows(family.spec.keySchema, keys).columns, keys.length);
  return keys.map((_, i) =>
    positions[i]! < 0 ? null : values.map((column) => valueAt(column, positions[i]!)),
  );
}

/** All rows as sorted text. */
export function allRows(family: StateFamily): string[] {
  return rowsOfPieces(family.scan());
}

/** Rows of a scan as sorted text. */
export function rowsOfPieces(pieces: Iterable<StateRows>): string[] {
  const rows: string[] = [];
  for (const { keys, values, rowCount } of pieces) {
    for (let i = 0; i < rowCount; i++)
      rows.push(textOf([...keys, ...values].map((column) => valueAt(column, i))));
  }
  return rows.sort();
}

/** The same form of rows that a test expects. */
export function textRows(...rows: readonly Row[]): string[] {
  return rows.map(textOf).sort();
}

function columnsOf(spec: FamilySpec, rows: readonly Row[]): Pick<StateRows, "keys" | "values"> {
  const width = spec.keySchema.length;
  const keys = batchFromRows(
    spec.keySchema,
    rows.map((row) => row.slice(0, width)),
  );
  const values = batchFromRows(
    spec.valueSchema,
    rows.map((row) => row.slice(width)),
  );
  return { keys: keys.columns, values: values.columns };
}
