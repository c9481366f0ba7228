import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

/** What the command line asks for. */
export interface Flags {
  /** `host:port` of brokers; undefined: start one. */
  readonly brokers: string | undefined;
  readonly topic: string;
  /** Events to send first; 0 where the topic has its own. */
  readonly events: number;
  /** How often the stream is killed before it may end. */
  readonly kills: number;
  readonly data: string;
  readonly help: boolean;
}

/** What `--help` prints. */
export const usage = `Usage: npm run kafka-to-parquet -- [flags]

  --brokers HOST:PORT  an Apache Kafka to read from (default: start one, which needs Java and Maven)
  --topic NAME         the topic (default "events")
  --events N           events to send to the topic first (default 200000, with --brokers 0)
  --kills N            how often the stream is killed by kill -9 on its way (default 3)
  --data DIR           where results and checkpoints lie (default apps/kafka-to-parquet/data)
`;

const appFolder = join(dirname(fileURLToPath(import.meta.url)), "..");

/** Reads the command line; throws a plain error that says what is wrong with it. */
export function parseFlags(args: readonly string[]): Flags {
  const { values } = parseArgs({
    args: [...args],
    options: {
      brokers: { type: "string" },
      topic: { type: "string", default: "events" },
      events: { type: "string" },
      kills: { type: "string", default: "3" },
      data: { type: "string", default: join(appFolder, "data") },
      help: { type: "boolean", default: false },
    },
  });
  const events = values.events ?? (values.brokers === undefined ? "200000" : "0");
  return {
    ...values,
    brokers: values.brokers,
    events: wholeNumber("--events", events, 100_000_000),
    kills: wholeNumber("--kills", values.kills, 1000),
    data: resolve(values.data),
  };
}

function wholeNumber(flag: string, text: string, max: number): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 0 && number <= max) return number;
  throw new Error(`${flag} has to be a whole number from 0 to ${max}, and '${text}' is not.`);
}
