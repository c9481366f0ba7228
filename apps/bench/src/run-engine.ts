import { runDuckdb } from "./engines/duckdb.js";
import { runSs } from "./engines/ss.js";
import { WORKS } from "./works/index.js";

// One run in a process of its own, so that memory and processor time are its alone. Prints one JSON line.
const [engine, name, input, root, threads] = process.argv.slice(2) as [
  string,
  string,
  string,
  string,
  string,
];
const work = WORKS.get(name)!;
const run = engine === "ss" ? runSs : runDuckdb;
process.stdout.write(`${JSON.stringify(await run(work, input, root, Number(threads)))}\n`);
