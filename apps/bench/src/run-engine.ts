import { runDuckdb } from "./engines/duckdb.js";
import type { Measured } from "./engines/measured.js";
import { runNode } from "./engines/node.js";
import { runSs } from "./engines/ss.js";
import { withScratch } from "./scratch.js";
import { WORKS } from "./works/index.js";
import type { Places, Work } from "./works/work.js";

const RUNS: Readonly<Record<string, (work: Work, places: Places, threads: number) => Promise<Measured>>> = {
  ss: runSs,
  duckdb: runDuckdb,
  node: runNode,
};

// One run in a process of its own, so that memory and processor time are its alone. Prints one JSON line.
const [engine, name, input, root, threads] = process.argv.slice(2) as [
  string,
  string,
  string,
  string,
  string,
];
const run = RUNS[engine]!;
const measured = await withScratch(root, (scratch) =>
  run(WORKS.get(name)!, { input, root, scratch }, Number(threads)),
);
process.stdout.write(`${JSON.stringify(measured)}\n`);
