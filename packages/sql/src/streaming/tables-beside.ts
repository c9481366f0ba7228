import { createHash } from "node:crypto";
import type { FileSystem, Json, Table, TableVersions } from "@ss/core";
import { tableChanged } from "./table-errors.js";

/** A table that has versions, and the one that it shows. */
interface BesideTable {
  readonly readId: number;
  readonly description: string;
  readonly versions: TableVersions;
  /** Holds a file for each version that a batch may be run again on, under its name. */
  folder: string;
  readonly kept: Set<string>;
  /** What the table answered last, and its name. */
  latest: { readonly version: Json; readonly name: string } | undefined;
  shown: string;
  /** How often the rows may have changed. */
  changes: number;
}

/**
 * The tables beside the streams of a query, from version to version. A version is known by the hash of what the table says about it; that itself
 * stands in the checkpoint, `tables/<i>/<hash>`, so that a batch that was left behind is run again on the rows that it had.
 */
export class TablesBeside {
  private readonly tables: readonly BesideTable[];
  private readonly warn: (message: string) => void;
  private fileSystem: FileSystem | undefined;
  private cleaning: Promise<void> = Promise.resolve();

  /** Those of the tables that have versions, by their reads. */
  constructor(tables: ReadonlyMap<number, Table>, warn: (message: string) => void) {
    this.warn = warn;
    this.tables = [...tables].flatMap(([readId, { description, versions }]) => {
      const start = { folder: "", kept: new Set<string>(), latest: undefined, shown: "", changes: 0 };
      return versions === undefined ? [] : [{ readId, description, versions, ...start }];
    });
  }

  /** Learns which versions the checkpoint knows. */
  async open(fileSystem: FileSystem, folder: string): Promise<void> {
    this.fileSystem = fileSystem;
    for (const [k, table] of this.tables.entries()) {
      table.folder = `${folder}/${k}`;
      for await (const { path } of fileSystem.list(table.folder)) {
        table.kept.add(path.slice(path.lastIndexOf("/") + 1));
      }
    }
  }

  /** Shows the tables as they are now; the names of these versions, which can be found again by them. */
  async latest(): Promise<readonly string[]> {
    for (const table of this.tables) await this.showLatest(table);
    return this.tables.map(({ shown }) => shown);
  }

  /**
   * Shows the versions of these names, as a batch has them that was decided before. Where the rows are not there any more the present ones have to do, unless
   * the batch needs the old ones (`needsThem`).
   */
  async show(names: readonly string[], needsThem: boolean): Promise<void> {
    if (this.tables.every(({ shown }, k) => shown === names[k] && shown !== "")) return;
    await this.latest();
    // a run before had other tables, or kept no record of them
    if (names.length !== this.tables.length) return;
    for (const [k, table] of this.tables.entries()) {
      const name = names[k]!;
      if (table.shown === name || (await this.goBack(table, name))) continue;
      if (needsThem) throw tableChanged(table.description, `${table.folder}/${name}`);
      this.warn(
        `${table.description} has changed since the batch was run for the first time, and is read as it is now.`,
      );
    }
  }

  /** While it stays the same the table of a read gives the same rows; undefined for one without versions. */
  versionOf(readId: number): string | undefined {
    const table = this.tables.find((one) => one.readId === readId);
    return table && `${table.shown} ${table.changes}`;
  }

  /** Removes the versions that no batch can ask for any more, once the one that has been run is committed. */
  async forgetOthers(): Promise<void> {
    // what is to go is decided at the call, before the next batch looks at the tables
    const doomed = this.tables.flatMap(({ kept, shown, folder }) => {
      const names = [...kept].filter((name) => name !== shown);
      for (const name of names) kept.delete(name);
      return names.map((name) => `${folder}/${name}`);
    });
    if (doomed.length === 0) return;
    const remove = async (): Promise<void> => {
      for (const path of doomed) await this.fileSystem!.delete(path);
    };
    this.cleaning = this.cleaning.then(remove, remove);
    await this.cleaning;
  }

  /** Ends the looking. */
  async close(): Promise<void> {
    for (const { versions } of this.tables) await versions.close();
  }

  private async showLatest(table: BesideTable): Promise<void> {
    const version = await table.versions.latest();
    if (table.latest?.version !== version) {
      const text = JSON.stringify(version);
      const name = nameOf(text);
      if (!table.kept.has(name)) await this.keep(table, name, text);
      table.latest = { version, name };
      table.changes++;
    }
    table.shown = table.latest.name;
  }

  private async keep({ folder, kept }: BesideTable, name: string, text: string): Promise<void> {
    // an old version that is back may be under way out
    await this.cleaning.catch(() => {});
    // of the same name are the same bytes, whoever wrote them
    await this.fileSystem!.createExclusive(`${folder}/${name}`, Buffer.from(text));
    kept.add(name);
  }

  private async goBack(table: BesideTable, name: string): Promise<boolean> {
    const bytes = await this.fileSystem!.readAll(`${table.folder}/${name}`);
    if (bytes === null) return false;
    const text = Buffer.from(bytes).toString();
    if (nameOf(text) !== name || !(await table.versions.show(JSON.parse(text) as Json))) return false;
    table.shown = name;
    table.latest = undefined;
    table.changes++;
    return true;
  }
}

function nameOf(version: string): string {
  return createHash("sha256").update(version).digest("hex").slice(0, 32);
}
