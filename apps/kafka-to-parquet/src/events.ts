import { createTopics } from "@ss/app-servers";
import { Kafka, logLevel, type Message } from "kafkajs";

const START_MS = Date.UTC(2026, 0, 1);
const STEP_MS = 1500;
const DAY_MS = 86_400_000;
const TYPES = ["view", "click", "purchase", "refund"];
const BATCH = 5000;
/** One event in so many is no JSON, and one in so many lacks its user. */
const BROKEN_EVERY = 997;
const NAMELESS_EVERY = 499;

/** What a number of events comes to, by arithmetic. */
export interface ExpectedEvents {
  /** Good events by day, `2026-01-01`. */
  readonly byDay: ReadonlyMap<string, number>;
  readonly good: number;
  readonly rejected: number;
}

const isBroken = (id: number): boolean => id % BROKEN_EVERY === BROKEN_EVERY - 1;
const isNameless = (id: number): boolean => id % NAMELESS_EVERY === NAMELESS_EVERY - 1;

/** The value of an event as it stands in the topic. */
export function eventText(id: number): string {
  const time = new Date(START_MS + id * STEP_MS).toISOString();
  if (isBroken(id)) return `{"id":${id},"user":`;
  const user = isNameless(id) ? "null" : `"user-${(id * 7919) % 10_007}"`;
  const amount = ((id * 31) % 10_000) / 100;
  return `{"id":${id},"user":${user},"type":"${TYPES[id % TYPES.length]}","amount":${amount},"at":"${time}"}`;
}

/** What the stream has to make of the first events. */
export function expectedOf(events: number): ExpectedEvents {
  const byDay = new Map<string, number>();
  let rejected = 0;
  for (let id = 0; id < events; id++) {
    if (isBroken(id) || isNameless(id)) {
      rejected++;
      continue;
    }
    const day = new Date(START_MS + Math.floor((id * STEP_MS) / DAY_MS) * DAY_MS).toISOString().slice(0, 10);
    byDay.set(day, (byDay.get(day) ?? 0) + 1);
  }
  return { byDay, good: events - rejected, rejected };
}

/** Makes the topic and sends events to it, each once. */
export async function sendEvents(brokers: string, topic: string, events: number): Promise<void> {
  const client = new Kafka({ brokers: brokers.split(","), logLevel: logLevel.NOTHING });
  const admin = client.admin();
  await admin.connect();
  await createTopics(admin, { topic, numPartitions: 4 });
  await admin.disconnect();
  const producer = client.producer({ idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  for (let from = 0; from < events; from += BATCH) {
    const messages: Message[] = [];
    for (let id = from; id < Math.min(events, from + BATCH); id++)
      messages.push({ key: String(id), value: eventText(id), partition: id % 4 });
    await producer.send({ topic, messages });
  }
  await producer.disconnect();
}
