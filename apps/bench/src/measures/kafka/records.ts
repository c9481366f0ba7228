import { createTopics } from "@ss/app-servers";
import { Kafka, logLevel, type Message } from "kafkajs";

const PARTITIONS = 4;
const SEND_ROWS = 5000;
const KEYS = 1000;
const TYPES = ["view", "click", "purchase"];
const START_MS = Date.UTC(2026, 0, 1);
/** Ten thousand events a second. */
const PER_MS = 10;
const WINDOW_MS = 10_000;
const RECORD_BYTES = 200;

/** Result of a query: groups, and views counted. */
export interface ViewCounts {
  readonly groups: number;
  readonly total: number;
}

/** Kafka's value of an event: JSON of 200 bytes. */
export function recordText(id: number): string {
  const text =
    `{"user_id":"user-${(id * 7919) % 100_003}","ad_id":"ad-${id % KEYS}","event_type":"${TYPES[Math.floor(id / KEYS) % 3]}",` +
    `"event_time":${START_MS + Math.floor(id / PER_MS)},"ip_address":"10.1.2.3","pad":"`;
  return `${text.padEnd(RECORD_BYTES - 2, "x")}"}`;
}

/** What counting views per ad and window of 10 s gives, by arithmetic. */
export function expectedViews(records: number): ViewCounts {
  const groups = new Set<number>();
  let total = 0;
  for (let id = 0; id < records; id++) {
    if (Math.floor(id / KEYS) % 3 !== 0) continue;
    groups.add(Math.floor(id / PER_MS / WINDOW_MS) * KEYS + (id % KEYS));
    total++;
  }
  return { groups: groups.size, total };
}

/** Makes a topic with so many records, each once. */
export async function fillTopic(bootstrap: string, topic: string, records: number): Promise<void> {
  await makeTopics(bootstrap, [topic]);
  const producer = clientOf(bootstrap).producer({ idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  for (let from = 0; from < records; from += SEND_ROWS) {
    const messages: Message[] = [];
    for (let id = from; id < Math.min(records, from + SEND_ROWS); id++)
      messages.push({ key: `ad-${id % KEYS}`, value: recordText(id), partition: id % PARTITIONS });
    await producer.send({ topic, messages });
  }
  await producer.disconnect();
}

/** Makes empty topics. */
export async function makeTopics(bootstrap: string, names: readonly string[]): Promise<void> {
  const admin = clientOf(bootstrap).admin();
  await admin.connect();
  await createTopics(admin, ...names.map((topic) => ({ topic, numPartitions: PARTITIONS })));
  await admin.disconnect();
}

/** A client that says nothing by itself. */
export function clientOf(bootstrap: string): Kafka {
  return new Kafka({ brokers: bootstrap.split(","), logLevel: logLevel.NOTHING });
}
