import { parseArgs } from "node:util";
import { WORKS } from "./works/index.js";

/** What the command line asks for. */
export interface BenchOptions {
  readonly works: readonly string[];
  /** Rows of input; undefined: all. */
  readonly rows: number | undefined;
  readonly threads: number;
  readonly against: readonly string[];
  readonly json: string | undefined;
}

const ENGINES = ["duckdb"];

/** Reads the command line; throws with the usage where it makes no sense. */
export function readOptions(args: readonly string[]): BenchOptions {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      rows: { type: "string" },
      threads: { type: "string", default: "1" },
      against: { type: "string", default: "duckdb" },
      json: { type: "string" },
    },
  });
  const works = positionals.length > 0 ? positionals : [...WORKS.keys()];
  for (const work of works) if (!WORKS.has(work)) throw usage(`there is no work '${work}'`);
  const against = values.against.split(",").filter((name) => name !== "" && name !== "none");
  for (const name of against)
    if (!ENGINES.includes(name)) throw usage(`there is no engine '${name}' to compare with`);
  return {
    works,
    rows: values.rows === undefined ? undefined : positive("rows", values.rows),
    threads: positive("threads", values.threads),
    against,
    json: values.json,
  };
}

function positive(name: string, text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number > 0) return number;
  throw usage(`--${name} has to be a whole number above 0, not '${text}'`);
}

function usage(problem: string): Error {
  const works = [...WORKS.keys()].join(" ");
  return new Error(
    `${problem}\nusage: npm run bench -- [${works}] [--rows N] [--threads N] [--against duckdb|none] [--json OUT]`,
  );
}
