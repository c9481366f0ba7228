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

/** The usage in place of a run: `--help` asks for it, and a command line that makes no sense gets it with the reason. */
export class Usage extends Error {
  readonly exitCode: 0 | 1;

  constructor(text: string, exitCode: 0 | 1) {
    super(text);
    this.exitCode = exitCode;
  }
}

const SEED_MAX = 0xffff_ffff;
const RUNS = 50;
const USAGE = `usage: npm run simulate -- [--seed N] [--runs N] [--operators ${OPERATORS.join(",")}] [--threads N]`;

/** Reads the command line; a given seed means one run unless it also says how many. Throws the {@link Usage}. */
export function readOptions(args: readonly string[], newSeed: () => number): SimulateOptions {
  const values = parsed(args);
  if (values.help) throw new Usage(USAGE, 0);
  const operators = values.operators.split(",").filter((name) => name !== "");
  for (const name of operators) if (!OPERATORS.includes(name)) throw usage(`there is no operator '${name}'`);
  const seed = values.seed === undefined ? newSeed() : whole("seed", values.seed, 0);
  const runs =
    values.runs === undefined ? (values.seed === undefined ? RUNS : 1) : whole("runs", values.runs, 1);
  const threads = values.threads === undefined ? undefined : whole("threads", values.threads, 1);
  return { seed, runs, operators, threads };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        seed: { type: "string" },
        runs: { type: "string" },
        operators: { type: "string", default: "" },
        threads: { type: "string" },
        help: { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    throw usage(firstSentence((error as Error).message));
  }
}

/** Of Node's message about an option; advice for other programs follows. */
function firstSentence(text: string): string {
  return text.split(". ")[0]!;
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

function usage(problem: string): Usage {
  return new Usage(`${problem}\n${USAGE}`, 1);
}
