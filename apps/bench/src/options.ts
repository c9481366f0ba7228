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

/** The usage in place of a run: `--help` asks for it, and a command line that makes no sense gets it with the reason. */
export class Usage extends Error {
  readonly exitCode: 0 | 1;

  constructor(text: string, exitCode: 0 | 1) {
    super(text);
    this.exitCode = exitCode;
  }
}

/** Rows with which `--small` runs everything: enough for every path, little enough for every change. */
const SMALL_ROWS = "20000";

/** Reads the command line; throws the {@link Usage} where it asks for that or makes no sense. */
export function readOptions(args: readonly string[]): BenchOptions {
  const { values, positionals } = parsed(args);
  if (values.help) throw new Usage(usageText(), 0);
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

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
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
        help: { type: "boolean", default: false },
      },
    });
  } catch (error) {
    throw usage(firstSentence((error as Error).message));
  }
}

/** Of Node's message about an option; advice for other programs follows. */
function firstSentence(text: string): string {
  return text.split(". ")[0]!;
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

function usage(problem: string): Usage {
  return new Usage(`${problem}\n${usageText()}`, 1);
}

function usageText(): string {
  const names = [...WORKS.keys(), ...MEASURES.keys()].join(" ");
  const others = [...OTHERS.keys()].join(",");
  return [
    `usage: npm run bench -- [${names}]`,
    `  [--rows N] [--threads N,N] [--against ${others}|none] [--runs N] [--json FILE] [--chart FILE.svg] [--profile] [--small]`,
  ].join("\n");
}
