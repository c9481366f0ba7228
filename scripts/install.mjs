import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { runOrExit } from "./processes.mjs";
import { readJson, root } from "./workspace.mjs";

const textOf = (...path) =>
  existsSync(join(root, ...path)) ? readFileSync(join(root, ...path), "utf8") : "";

/**
 * Installs with the pnpm that "packageManager" pins, through npx so that Node alone is enough. pnpm leaves the lockfile
 * that it installed in node_modules/.pnpm, whichever pnpm it was: while that equals ours there is nothing to do.
 * The pnpm inside node_modules is never used for this, since an install may replace it while it runs.
 */
export async function install() {
  const wanted = textOf("pnpm-lock.yaml");
  if (wanted !== "" && wanted === textOf("node_modules", ".pnpm", "lock.yaml")) return;
  const { packageManager } = readJson(join(root, "package.json"));
  const flags = ["install", "--frozen-lockfile", "--prefer-offline", "--config.confirmModulesPurge=false"];
  await runOrExit("npx", ["--yes", packageManager, ...flags]);
}
