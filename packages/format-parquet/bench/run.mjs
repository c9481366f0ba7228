// Compares both decoders, or both encoders, on the rows of a file:
//   node packages/format-parquet/bench/run.mjs FILE [COLUMN,COLUMN...]
//   node packages/format-parquet/bench/run.mjs encode FILE [COLUMN,COLUMN... [CODEC]]
import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { fileURLToPath } from "node:url";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const encodes = process.argv[2] === "encode";
const [work, args] = encodes ? ["encode", process.argv.slice(3)] : ["decode", process.argv.slice(2)];
const bundle = here(`../dist/.${work}.mjs`);

function run(command, args) {
  const { status } = spawnSync(command, args, { stdio: "inherit" });
  process.exitCode = status ?? 1;
  return status === 0;
}

const options = ["--bundle", "--platform=node", "--format=esm", "--conditions=source", "--log-level=error"];
const isBuilt = run(here("../../../node_modules/.bin/esbuild"), [
  here(`./${work}.ts`),
  ...options,
  "--external:parquet-wasm",
  `--outfile=${bundle}`,
]);
if (isBuilt) {
  run(process.execPath, [...process.execArgv, bundle, ...args]);
  rmSync(bundle);
}
