// Fills, reads, changes and loads a state that is larger than its memory:
//   node packages/state-lmdb/bench/run.mjs [ROWS [MEMORY in MiB]]
import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { fileURLToPath } from "node:url";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const bundle = here("../.large-state.mjs");

function run(command, args) {
  const { status } = spawnSync(command, args, { stdio: "inherit" });
  process.exitCode = status ?? 1;
  return status === 0;
}

const options = ["--bundle", "--platform=node", "--format=esm", "--conditions=source", "--log-level=error"];
if (
  run(here("../../../node_modules/.bin/esbuild"), [
    here("./large-state.ts"),
    ...options,
    "--external:lmdb",
    `--outfile=${bundle}`,
  ])
) {
  run(process.execPath, [...process.execArgv, bundle, ...process.argv.slice(2)]);
}
rmSync(bundle, { force: true });
