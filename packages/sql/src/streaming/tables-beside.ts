import { createHash } from "node:crypto";
import type { FileSystem, Json, Table, TableVersions } from "@ss/core";
import type { Read } from "../logical/plan.js";
import { closeAll } from "./close-all.js";
import { tableChanged } from "./table-errors.js";
import { type RecordedVersion, TableRecords } from "./table-records.js";

/** A table that has versions, and the one that it shows. */
interface BesideTable {
  readonly readId: number;
  /** Stands for what is read, whatever the query does with it. */
  readonly id: string;
  readonly description: string;
  readonly versions: TableVersions;
  /** What the table answered last, and its name. */
  latest: RecordedVersion | undefined;
  shown: string;
  /** How often the rows may have changed. */
  changes: number;
}

/**
 * The tables beside the streams of a query, from version to version. A version is known by the hash of what is read (format, paths, options, schema) and the hash of what
 * the table says about its rows; that itself stands in the checkpoint, `tables/<hash>/<hash>`, so that a batch that was left behind is run again on the rows that it had.
 */
export class TablesBeside {
  private readonly tables: readonly BesideTable[];
  private readonly warn: (message: string) => void;
  private readonly records: TableRecords = new TableRecords();

  /** Those of the tables that have versions. */
  constructor(
    tables: readonly { readonly read: Read; readonly table: Table }[],
    warn: (message: string) => void,
  ) {
    this.warn = warn;
    this.tables = tables.flatMap(({ read, table: { description, versions } }) => {
      if (versions === undefined) return [];
      const start = { latest: undefined, shown: "", changes: 0 };
      return [{ readId: read.readId, id: idOf(read), description, versions, ...start }];
    });
  }

  /** Learns which versions the checkpoint knows. */
  async open(fileSystem: FileSystem, folder: string): Promise<void> {
    if (this.tables.length > 0) await this.records.open(fileSystem, folder);
  }

  /** Shows the tables as they are now; the names of these versions, which can be found again by them. */
  async latest(): Promise<readonly string[]> {
    for (const table of this.tables) await this.showLatest(table);
    return this.tables.map(({ shown }) => shown);
  }

  /**
   * Shows the versions of these names, as a batch has them that was decided before, perhaps by a query that read other tables. Where the rows are not there any
   * more, or the batch did not read the table, the present ones have to do, unless the batch needs the old ones (`needsThem`, asked only then).
   */
  async show(names: readonly string[], needsThem: () => Promise<boolean>): Promise<void> {
    if (this.tables.every(({ shown }, k) => shown === names[k] && shown !== "")) return;
    await this.latest();
    const recorded = [...names];
    for (const table of this.tables) {
      const at = recorded.findIndex((name) => name.startsWith(`${table.id}/`));
      const [name] = at < 0 ? [] : recorded.splice(at, 1);
      if (table.shown === name || (name !== undefined && (await this.goBack(table, name)))) continue;
      if (await needsThem()) throw tableChanged(table.description, name && this.records.pathOf(name));
      const what = name === undefined ? "was not read by the batch when it" : "has changed since the batch";
      this.warn(`${table.description} ${what} was run for the first time, and is read as it is now.`);
    }
  }

  /** While it stays the same the table of a read gives the same rows; undefined for one without versions. */
  versionOf(readId: number): string | undefined {
    const table = this.tables.find((one) => one.readId === readId);
    return table && `${table.shown} ${table.changes}`;
  }

  /** Removes the versions that no batch can ask for any more but those that are shown and those in use. */
  forgetOthers(inUse: readonly string[]): Promise<void> {
    return this.records.forgetAllBut([...inUse, ...this.tables.map(({ shown }) => shown)]);
  }

  /** Ends the looking. */
  async close(): Promise<void> {
    await closeAll(
      this.tables.map(
        ({ versions }) =>
          () =>
            versions.close(),
      ),
    );
  }

  private async showLatest(table: BesideTable): Promise<void> {
    const version = await table.versions.latest();
    const { latest } = table;
    if (latest?.version !== version) {
      table.latest = { name: this.records.nameOf(table.id, version), version };
      await this.records.keep(table.latest, latest);
      table.changes++;
    }
    table.shown = table.latest!.name;
  }

  private async goBack(table: BesideTable, name: string): Promise<boolean> {
    const version: Json | undefined = await this.records.read(name);
    if (version === undefined || !(await table.versions.show(version))) return false;
    table.shown = name;
    table.latest = undefined;
    table.changes++;
    return true;
  }
}

function idOf({ format, paths, options, schema }: Read): string {
  const sorted = Object.entries(options).sort(([a], [b]) => (a < b ? -1 : 1));
  const text = JSON.stringify([format, paths, sorted, schema ?? null]);
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}
