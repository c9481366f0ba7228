import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

/** What the command line asks for. */
export interface Flags {
  /** Where the files, the checkpoints and the results lie. */
  readonly data: string;
  readonly days: number;
  /** Rows of a day. */
  readonly rows: number;
  readonly master: string;
  /** Kill the process in the middle of the stream. */
  readonly crash: boolean;
  /** Forget what an earlier run left. */
  readonly fresh: boolean;
  readonly help: boolean;
}

/** What `--help` prints. */
export const usage = `Usage: npm run demo -- [flags]

  --crash            kill the process in the middle of the stream; the next start goes on from the checkpoint
  --fresh            forget what an earlier run left and start over
  --days N           days of sales, a file each (default 7)
  --rows N           rows of a day (default 20000)
  --data DIR         where files, checkpoints and results lie (default apps/retail/data)
  --master local[N]  as in Spark (default local[1])
`;

const appFolder = join(dirname(fileURLToPath(import.meta.url)), "..");

/** Reads the command line; throws a plain error that says what is wrong with it. */
export function parseFlags(args: readonly string[]): Flags {
  const { values } = parseArgs({
    args: [...args],
    options: {
      data: { type: "string", default: join(appFolder, "data") },
      days: { type: "string", default: "7" },
      rows: { type: "string", default: "20000" },
      master: { type: "string", default: "local[1]" },
      crash: { type: "boolean", default: false },
      fresh: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  return {
    ...values,
    data: resolve(values.data),
    days: wholeNumber("--days", values.days, 365),
    rows: wholeNumber("--rows", values.rows, 10_000_000),
  };
}

function wholeNumber(flag: string, text: string, max: number): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1 && number <= max) return number;
  throw new Error(`${flag} has to be a whole number from 1 to ${max}, and '${text}' is not.`);
}
