import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Places, Work } from "../works/work.js";
import { type Measured, measure } from "./measured.js";

const VERSION = "1.5.6-r.1";

interface DuckDb {
  readonly DuckDBInstance: {
    create(
      path: string,
      config: Record<string, string>,
    ): Promise<{
      connect(): Promise<{
        runAndReadAll(sql: string): Promise<{ getRowObjects(): Record<string, unknown>[] }>;
      }>;
    }>;
  };
}

const folderOf = (root: string): string => join(root, ".engines", "duckdb");

/** Installs DuckDB from the package registry, once, beside the data; it is no dependency of this project. */
export function installDuckdb(root: string): void {
  const folder = folderOf(root);
  if (existsSync(join(folder, "node_modules", "@duckdb", "node-api"))) return;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), '{ "private": true }\n');
  const flags = ["--no-audit", "--no-fund", "--loglevel=error"];
  execFileSync("npm", ["install", ...flags, `@duckdb/node-api@${VERSION}`], {
    cwd: folder,
    stdio: ["ignore", "ignore", "pipe"],
  });
}

async function load(root: string): Promise<DuckDb> {
  const require = createRequire(join(folderOf(root), "package.json"));
  const loaded = (await import(pathToFileURL(require.resolve("@duckdb/node-api")).href)) as
    | DuckDb
    | { default: DuckDb };
  return "DuckDBInstance" in loaded ? loaded : loaded.default;
}

/** DuckDB as a batch over the same files. */
export async function runDuckdb(work: Work, places: Places, threads: number): Promise<Measured> {
  const { DuckDBInstance } = await load(places.root);
  const instance = await DuckDBInstance.create(":memory:", { threads: String(threads) });
  const connection = await instance.connect();
  const statements = work.duckdb(places);
  return measure(async () => {
    const measured = await connection.runAndReadAll(statements[0]!);
    return async () => {
      const last = statements.length > 1 ? await connection.runAndReadAll(statements.at(-1)!) : measured;
      const [row] = last.getRowObjects();
      return { groups: Number(row!["groups"]), total: Number(row!["total"]) };
    };
  });
}
