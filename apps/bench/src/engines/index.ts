import { script } from "../processes.js";
import { withScratch } from "../scratch.js";
import type { Work } from "../works/work.js";
import { installDuckdb } from "./duckdb.js";
import type { Measured } from "./measured.js";
import { installSpark, runSpark } from "./spark.js";

/** An engine that can be measured, each run in a process of its own. */
export interface Engine {
  readonly name: string;
  /** Installs what is missing; throws where that cannot be. */
  install(root: string): void;
  /** Whether it does this work. */
  does(work: Work): boolean;
  run(work: Work, input: string, root: string, threads: number): Promise<Measured>;
}

async function inNode(
  name: string,
  work: Work,
  input: string,
  root: string,
  threads: number,
): Promise<Measured> {
  return script<Measured>("./run-engine.js", name, work.name, input, root, String(threads));
}

/** This project's engine. */
export const SS: Engine = {
  name: "ss",
  install: () => {},
  does: () => true,
  run: (work, input, root, threads) => inNode("ss", work, input, root, threads),
};

/** The engines to compare with, by name. */
export const OTHERS: ReadonlyMap<string, Engine> = new Map(
  [
    {
      name: "duckdb",
      install: installDuckdb,
      does: () => true,
      run: (work: Work, input: string, root: string, threads: number) =>
        inNode("duckdb", work, input, root, threads),
    },
    {
      name: "spark",
      install: installSpark,
      does: () => true,
      run: (work: Work, input: string, root: string, threads: number) =>
        withScratch(root, (scratch) => runSpark(work, { input, root, scratch }, threads)),
    },
    {
      name: "node",
      install: () => {},
      does: (work: Work) => work.byHand !== undefined,
      run: (work: Work, input: string, root: string) => inNode("node", work, input, root, 1),
    },
  ].map((engine) => [engine.name, engine]),
);
