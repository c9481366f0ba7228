import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { Delivery, Output } from "./output.js";

/** What the command line asks for. */
export interface Flags {
  /** `host:port` of brokers; undefined: start one. */
  readonly brokers: string | undefined;
  /** The URL of a database; undefined: start one. */
  readonly postgres: string | undefined;
  /** Where the counts go. */
  readonly to: Output["to"];
  /** How they go to Kafka. */
  readonly delivery: Delivery;
  /** What the topic, the table and the checkpoint are called by. */
  readonly name: string;
  /** Events to send before the stream starts. */
  readonly events: number;
  /** How often the stream is killed while it catches up with them. */
  readonly kills: number;
  /** Events that happen each second while the stream runs. */
  readonly rate: number;
  /** For how long they do. */
  readonly seconds: number;
  readonly data: string;
  readonly help: boolean;
}

/** What `--help` prints. */
export const usage = `Usage: npm run ad-analytics -- [flags]

  --events N           events to send before the stream starts (default 200000)
  --kills N            how often the stream is killed by kill -9 while it catches up (default 2)
  --rate N             events that happen each second while the stream runs (default 10000)
  --seconds N          for how long they do (default 20)
  --to postgres|kafka  where the counts go (default postgres)
  --delivery HOW       with --to kafka: atLeastOnce or exactlyOnce (default atLeastOnce)
  --brokers HOST:PORT  an Apache Kafka (default: start one, which needs Java and Maven)
  --postgres URL       postgres://user:password@host:port/database (default: start one, which needs PostgreSQL)
  --name NAME          names the topic NAME_events and the table or topic NAME_counts, which must not be there (default ads, with
                       servers of your own ads_DATE_TIME)
  --data DIR           where the file of ads and the checkpoint lie (default apps/ad-analytics/data)
`;

const appFolder = join(dirname(fileURLToPath(import.meta.url)), "..");

/** Reads the command line; throws a plain error that says what is wrong with it. */
export function parseFlags(args: readonly string[], now: Date = new Date()): Flags {
  const { values } = parseArgs({
    args: [...args],
    options: {
      brokers: { type: "string" },
      postgres: { type: "string" },
      to: { type: "string", default: "postgres" },
      delivery: { type: "string", default: "atLeastOnce" },
      name: { type: "string" },
      events: { type: "string", default: "200000" },
      kills: { type: "string", default: "2" },
      rate: { type: "string", default: "10000" },
      seconds: { type: "string", default: "20" },
      data: { type: "string", default: join(appFolder, "data") },
      help: { type: "boolean", default: false },
    },
  });
  const { brokers, postgres } = values;
  const isOwn = brokers === undefined && postgres === undefined;
  return {
    brokers,
    postgres,
    to: oneOf("--to", values.to, ["postgres", "kafka"]),
    delivery: oneOf("--delivery", values.delivery, ["atLeastOnce", "exactlyOnce"]),
    name: checkedName(values.name ?? (isOwn ? "ads" : `ads_${timeText(now)}`)),
    events: wholeNumber("--events", values.events, 1, 100_000_000),
    kills: wholeNumber("--kills", values.kills, 0, 1000),
    rate: wholeNumber("--rate", values.rate, 0, 1_000_000),
    seconds: wholeNumber("--seconds", values.seconds, 0, 86_400),
    data: resolve(values.data),
    help: values.help,
  };
}

/** `20260101_120000`. */
const timeText = (now: Date): string => now.toISOString().slice(0, 19).replace(/[-:]/g, "").replace("T", "_");

function checkedName(name: string): string {
  if (/^[a-z][a-z0-9_]{0,40}$/.test(name)) return name;
  throw new Error(
    `--name has to begin with a lower-case letter, go on with those, digits and _, and be short; '${name}' is not so.`,
  );
}

function oneOf<T extends string>(flag: string, text: string, choices: readonly T[]): T {
  const chosen = choices.find((choice) => choice === text);
  if (chosen !== undefined) return chosen;
  throw new Error(`${flag} has to be ${choices.join(" or ")}, and '${text}' is not.`);
}

function wholeNumber(flag: string, text: string, min: number, max: number): number {
  const number = Number(text);
  if (text.trim() !== "" && Number.isInteger(number) && number >= min && number <= max) return number;
  throw new Error(`${flag} has to be a whole number from ${min} to ${max}, and '${text}' is not.`);
}
