import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Work } from "../works/work.js";
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

/** DuckDB from the package registry, installed on first use beside the data; it is no dependency of this project. */
async function load(root: string): Promise<DuckDb> {
  const folder = join(root, ".engines", "duckdb");
  if (!existsSync(join(folder, "node_modules", "@duckdb", "node-api"))) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "package.json"), '{ "private": true }\n');
    const flags = ["--no-audit", "--no-fund", "--loglevel=error"];
    execFileSync("npm", ["install", ...flags, `@duckdb/node-api@${VERSION}`], {
      cwd: folder,
      stdio: "inherit",
    });
  }
  const require = createRequire(join(folder, "package.json"));
  const loaded = (await import(pathToFileURL(require.resolve("@duckdb/node-api")).href)) as
    | DuckDb
    | { default: DuckDb };
  return "DuckDBInstance" in loaded ? loaded : loaded.default;
}

/** DuckDB as a batch over the same files. */
export async function runDuckdb(work: Work, input: string, root: string, threads: number): Promise<Measured> {
  const { DuckDBInstance } = await load(root);
  const instance = await DuckDBInstance.create(":memory:", { threads: String(threads) });
  const connection = await instance.connect();
  return measure(async () => {
    const result = await connection.runAndReadAll(work.duckdb!(input, root));
    const [row] = result.getRowObjects();
    return async () => ({ groups: Number(row!["groups"]), total: Number(row!["total"]) });
  });
}
