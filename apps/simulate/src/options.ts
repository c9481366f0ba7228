import { parseArgs } from "node:util";
import { OPERATORS } from "./query/random-query.js";

/** What the command line asks for. */
export interface SimulateOptions {
  /** The seed of the first run; the others follow it. */
  readonly seed: number;
  readonly runs: number;
  /** Only queries of these operators; none: all. */
  readonly operators: readonly string[];
  /** Threads of a session at most; absent: of few runs some, of the others one. */
  readonly threads: number | undefined;
}

const SEED_MAX = 0xffff_ffff;
const RUNS = 50;

/** Reads the command line; a given seed means one run unless it also says how many. Throws with the usage. */
export function readOptions(args: readonly string[], newSeed: () => number): SimulateOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seed: { type: "string" },
      runs: { type: "string" },
      operators: { type: "string", default: "" },
      threads: { type: "string" },
    },
  });
  const operators = values.operators.split(",").filter((name) => name !== "");
  for (const name of operators) if (!OPERATORS.includes(name)) throw usage(`there is no operator '${name}'`);
  const seed = values.seed === undefined ? newSeed() : whole("seed", values.seed, 0);
  const runs =
    values.runs === undefined ? (values.seed === undefined ? RUNS : 1) : whole("runs", values.runs, 1);
  const threads = values.threads === undefined ? undefined : whole("threads", values.threads, 1);
  return { seed, runs, operators, threads };
}

/** The seed of a run. */
export function seedOf({ seed }: SimulateOptions, run: number): number {
  return (seed + run) % (SEED_MAX + 1);
}

function whole(name: string, text: string, least: number): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number >= least && number <= SEED_MAX) return number;
  throw usage(`--${name} has to be a whole number from ${least} to ${SEED_MAX}, not '${text}'`);
}

function usage(problem: string): Error {
  return new Error(
    `${problem}\nusage: npm run simulate -- [--seed N] [--runs N] [--operators ${OPERATORS.join(",")}] [--threads N]`,
  );
}
