import { sqlWords } from "./sql-words.js";

/** Tables that Spark's suite makes before it runs a file; they are not part of the recorded answers. */
const TEST_TABLES: readonly string[] = ["TESTDATA", "ARRAYDATA", "MAPDATA", "AGGTEST", "ONEK", "TENK1"];

/** What stands before the name of a table that is read. */
const BEFORE_TABLE: ReadonlySet<string> = new Set(["FROM", "JOIN", "TABLE", "INTO", ","]);

/**
 * Tells which statements of a file cannot run for want of a test table: those that read one which the file does not create
 * itself, and those that read what such a statement would have created.
 */
export class MissingTables {
  private readonly missing: Map<string, string> = new Map(
    TEST_TABLES.map((name) => [name, name.toLowerCase()]),
  );

  /** The name of the test table that a statement lacks, or undefined. Statements have to come in the order of the file. */
  next(sql: string): string | undefined {
    const words = sqlWords(sql).map(({ word }) => word);
    const created = createdName(words);
    if (created !== undefined) words.splice(0, words.indexOf(created) + 1);
    const lacking = words.find((word, i) => this.missing.has(word) && BEFORE_TABLE.has(words[i - 1] ?? ""));
    const table = lacking === undefined ? undefined : this.missing.get(lacking);
    if (created !== undefined) {
      if (table === undefined) this.missing.delete(created);
      else this.missing.set(created, table);
    }
    return table;
  }
}

/** The name that a CREATE statement gives to its table or view. */
function createdName(words: readonly string[]): string | undefined {
  if (words[0] !== "CREATE") return undefined;
  const kind = words.findIndex((word) => word === "TABLE" || word === "VIEW");
  if (kind < 0) return undefined;
  return words.slice(kind + 1).find((word) => !["IF", "NOT", "EXISTS"].includes(word));
}
