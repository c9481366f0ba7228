// Prints rows per CPU-second of both decoders: node packages/format-parquet/bench/run.mjs FILE [COLUMN,COLUMN...]
import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { fileURLToPath } from "node:url";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const bundle = here("../dist/.decode.mjs");

function run(command, args) {
  const { status } = spawnSync(command, args, { stdio: "inherit" });
  process.exitCode = status ?? 1;
  return status === 0;
}

const options = ["--bundle", "--platform=node", "--format=esm", "--conditions=source", "--log-level=error"];
const isBuilt = run(here("../../../node_modules/.bin/esbuild"), [
  here("./decode.ts"),
  ...options,
  "--external:parquet-wasm",
  `--outfile=${bundle}`,
]);
if (isBuilt) {
  run(process.execPath, [...process.execArgv, bundle, ...process.argv.slice(2)]);
  rmSync(bundle);
}
