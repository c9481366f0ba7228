import { parseArgs } from "node:util";
import { OTHERS } from "./engines/index.js";
import { MEASURES } from "./measures/index.js";
import { WORKS } from "./works/index.js";

/** What the command line asks for. */
export interface BenchOptions {
  readonly works: readonly string[];
  readonly measures: readonly string[];
  /** Rows of input; undefined: all. */
  readonly rows: number | undefined;
  /** Each engine runs with each number of threads. */
  readonly threads: readonly number[];
  readonly against: readonly string[];
  /** Of so many runs of an engine the one with the least processor time is reported: a busy machine only adds to it. */
  readonly runs: number;
  /** Where the lines of the works go as JSON. */
  readonly json: string | undefined;
  /** Where they go as a chart. */
  readonly chart: string | undefined;
  readonly profile: boolean;
}

/** Rows with which `--small` runs everything: enough for every path, little enough for every change. */
const SMALL_ROWS = "20000";

/** Reads the command line; throws with the usage where it makes no sense. */
export function readOptions(args: readonly string[]): BenchOptions {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      rows: { type: "string" },
      threads: { type: "string", default: "1" },
      against: { type: "string" },
      runs: { type: "string", default: "1" },
      json: { type: "string" },
      chart: { type: "string" },
      profile: { type: "boolean", default: false },
      small: { type: "boolean", default: false },
    },
  });
  for (const name of positionals)
    if (!WORKS.has(name) && !MEASURES.has(name)) throw usage(`there is no work and no measure '${name}'`);
  const asked = (name: string): boolean => positionals.includes(name);
  const all = positionals.length === 0;
  const quick = (name: string): boolean => {
    const { isSlow, needsServers = false } = MEASURES.get(name)!;
    return !needsServers && (values.small || !isSlow);
  };
  const rows = values.rows ?? (values.small ? SMALL_ROWS : undefined);
  return {
    works: [...WORKS.keys()].filter((name) => all || asked(name)),
    measures: [...MEASURES.keys()].filter((name) => (all ? quick(name) : asked(name))),
    rows: rows === undefined ? undefined : positive("rows", rows),
    threads: values.threads.split(",").map((text) => positive("threads", text)),
    against: engines(values.against ?? (values.small ? "node" : "duckdb")),
    runs: positive("runs", values.runs),
    json: values.json,
    chart: values.chart,
    profile: values.profile,
  };
}

function engines(text: string): string[] {
  const names = text.split(",").filter((name) => name !== "" && name !== "none");
  for (const name of names)
    if (!OTHERS.has(name)) throw usage(`there is no engine '${name}' to compare with`);
  return names;
}

function positive(name: string, text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number > 0) return number;
  throw usage(`--${name} has to be a whole number above 0, not '${text}'`);
}

function usage(problem: string): Error {
  const names = [...WORKS.keys(), ...MEASURES.keys()].join(" ");
  const others = [...OTHERS.keys()].join(",");
  return new Error(
    [
      problem,
      `usage: npm run bench -- [${names}]`,
      `  [--rows N] [--threads N,N] [--against ${others}|none] [--runs N] [--json FILE] [--chart FILE.svg] [--profile] [--small]`,
    ].join("\n"),
  );
}
