import { randomInt } from "node:crypto";
import { Counts } from "./counts.js";
import { readOptions, type SimulateOptions, seedOf, Usage } from "./options.js";
import { SimulationFailure, simulate } from "./simulation.js";

await main(readArguments());

async function main(options: SimulateOptions): Promise<void> {
  const { runs, operators, threads } = options;
  process.stdout.write(`${runs} runs from seed ${options.seed}\n`);
  const counts = new Counts();
  const totals = { batches: 0, lives: 0, faults: 0 };
  for (let run = 0; run < runs; run++) {
    const seed = seedOf(options, run);
    try {
      const report = await simulate(seed, operators, threads);
      counts.add(report.operators, true);
      totals.batches += report.batches;
      totals.lives += report.lives;
      totals.faults += report.faults;
    } catch (error) {
      counts.add(error instanceof SimulationFailure ? error.operators : [], false);
      process.stdout.write(`seed ${seed} failed: ${describe(error)}\n  again: ${commandOf(seed, options)}\n`);
    }
  }
  const { batches, lives, faults } = totals;
  process.stdout.write(
    `${batches} batches, ${lives} starts, ${faults} faults of the disk\n\n${counts.text()}\n`,
  );
  if (counts.failed > 0) process.exitCode = 1;
}

/** The usage as a message, without the trace of an error. */
function readArguments(): SimulateOptions {
  try {
    return readOptions(process.argv.slice(2), () => randomInt(2 ** 31));
  } catch (error) {
    if (!(error instanceof Usage)) throw error;
    const { message, exitCode } = error;
    (exitCode === 0 ? process.stdout : process.stderr).write(`${message}\n`);
    process.exit(exitCode);
  }
}

function commandOf(seed: number, { operators, threads }: SimulateOptions): string {
  const chosen = operators.length > 0 ? ` --operators ${operators.join(",")}` : "";
  const threaded = threads === undefined ? "" : ` --threads ${threads}`;
  return `npm run simulate -- --seed ${seed}${chosen}${threaded}`;
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
