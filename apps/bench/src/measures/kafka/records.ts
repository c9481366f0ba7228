import { setTimeout as sleep } from "node:timers/promises";
import { type Admin, Kafka, logLevel, type Message } from "kafkajs";

const PARTITIONS = 4;
const SEND_ROWS = 5000;
const KEYS = 1000;
const TYPES = ["view", "click", "purchase"];
const START_MS = Date.UTC(2026, 0, 1);
/** Ten thousand events a second. */
const PER_MS = 10;
const WINDOW_MS = 10_000;
const RECORD_BYTES = 200;
/** How long a new topic may be without leaders. */
const LEADERS_MS = 60_000;

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
  await createTopics(bootstrap, [topic]);
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

/** Makes empty topics, and waits for their leaders: not as kafkajs does, which fails where a busy broker has not heard of a topic yet. */
export async function createTopics(bootstrap: string, topics: readonly string[]): Promise<void> {
  const admin = clientOf(bootstrap).admin();
  await admin.connect();
  await admin.createTopics({
    waitForLeaders: false,
    topics: topics.map((topic) => ({ topic, numPartitions: PARTITIONS })),
  });
  for (const topic of topics) await leadersOf(admin, topic);
  await admin.disconnect();
}

async function leadersOf(admin: Admin, topic: string): Promise<void> {
  const end = performance.now() + LEADERS_MS;
  for (;;) {
    try {
      await admin.fetchTopicOffsets(topic);
      return;
    } catch (error) {
      if (performance.now() > end) throw error;
      await sleep(50);
    }
  }
}

/** A client that says nothing by itself. */
export function clientOf(bootstrap: string): Kafka {
  return new Kafka({ brokers: bootstrap.split(","), logLevel: logLevel.NOTHING });
}
