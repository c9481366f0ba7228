import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { compare } from "./compare.js";
import { MEASURES } from "./measures/index.js";
import { type BenchOptions, readOptions, Usage } from "./options.js";
import { profileWorks } from "./profile/index.js";
import { chart } from "./report/chart.js";
import { table } from "./report/table.js";

const repository = resolve(fileURLToPath(new URL(".", import.meta.url)), "..", "..", "..");
const print = (text: string): void => void process.stdout.write(`${text}\n`);

await main(readArguments());

async function main(options: BenchOptions): Promise<void> {
  const root = resolve(process.env["BENCH_DATA"] ?? join(repository, ".bench-data"));
  mkdirSync(root, { recursive: true });
  const lines = await compare(options, root, print);
  if (lines.length > 0) print(`\n${table(lines)}\n`);
  if (options.json) writeFileSync(options.json, `${JSON.stringify(lines, null, 2)}\n`);
  if (options.chart) writeFileSync(options.chart, chart(lines));
  if (options.profile) await profileWorks(options, root, print);
  const areRight = [...lines.map((line) => line.answerRight), ...(await measureAll(options, root))];
  if (areRight.includes(false)) process.exitCode = 1;
}

async function measureAll(
  { measures, rows, threads, against }: BenchOptions,
  root: string,
): Promise<boolean[]> {
  const areRight: boolean[] = [];
  for (const name of measures) {
    const { text, isRight } = await MEASURES.get(name)!.run({ root, rows, threads: threads[0]!, against });
    print(isRight ? text : `${text}\nWRONG: the queries of '${name}' did not give what they had to`);
    areRight.push(isRight);
  }
  return areRight;
}

/** The usage as a message, without the trace of an error. */
function readArguments(): BenchOptions {
  try {
    return readOptions(process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof Usage)) throw error;
    const { message, exitCode } = error;
    (exitCode === 0 ? process.stdout : process.stderr).write(`${message}\n`);
    process.exit(exitCode);
  }
}
