import { missingForKafka, startKafka } from "@ss/app-servers";
import { expectedOf, sendEvents } from "./events.js";
import type { Flags } from "./flags.js";
import { removeFolders } from "./folders.js";
import { runStream } from "./killed-stream.js";
import { readResult } from "./result.js";

/** Where lines go. */
export type Print = (line: string) => void;

/** Runs the program; false where the result is not what was sent. */
export async function run(flags: Flags, print: Print): Promise<boolean> {
  if (flags.brokers !== undefined) return runWith(flags.brokers, flags, print);
  const missing = missingForKafka();
  if (missing !== undefined)
    throw new Error(`No Kafka can be started here: ${missing}. Name one with --brokers HOST:PORT.`);
  print("Starting an Apache Kafka (installed by Maven at the first time) ...");
  // what an earlier run left belongs to a broker that is gone
  removeFolders(flags.data);
  const kafka = await startKafka();
  try {
    return await runWith(kafka.bootstrap, flags, print);
  } finally {
    await kafka.stop();
  }
}

async function runWith(brokers: string, flags: Flags, print: Print): Promise<boolean> {
  const { topic, events, data, kills } = flags;
  if (events > 0) {
    print(`Sending ${events} events to the topic ${topic} ...`);
    await sendEvents(brokers, topic, events);
  }
  for (let k = 1; k <= kills; k++) {
    const { batches, wasKilled } = await runStream(brokers, topic, data, k + 1);
    print(
      `The stream ran ${batches} batches and ${wasKilled ? "was killed (kill -9)" : "was through before it could be killed"}.`,
    );
    if (!wasKilled) break;
  }
  const { batches } = await runStream(brokers, topic, data, undefined);
  print(`The stream ran ${batches} batches and came to the end.`);
  const result = await readResult(data);
  print("");
  for (const [day, count] of result.byDay) print(`  ${day}  ${String(count).padStart(9)} events`);
  print(`\n${result.events} events in Parquet, ${result.rejected} records put aside in ${data}/rejected`);
  if (events === 0) return true;
  const expected = expectedOf(events);
  const isRight =
    result.events === expected.good &&
    result.distinct === expected.good &&
    result.rejected === expected.rejected &&
    [...expected.byDay].every(([day, count]) => result.byDay.get(day) === count);
  print(
    isRight
      ? "Every event stands there exactly once."
      : `WRONG: ${expected.good} events and ${expected.rejected} rejected ones were sent.`,
  );
  return isRight;
}
