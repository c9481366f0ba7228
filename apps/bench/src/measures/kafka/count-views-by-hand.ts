import type { Message } from "kafkajs";
import { type Measured, measure } from "../../engines/measured.js";
import { writtenViews } from "./count-views.js";
import { clientOf } from "./records.js";

const WINDOW_MS = 10_000;

interface Event {
  readonly ad_id: string;
  readonly event_type: string;
  readonly event_time: number;
}

/** The same work as one writes it with kafkajs alone: a consumer, JSON.parse, a Map, and a producer for each batch of changes. No checkpoint. */
export async function countViewsByHand(
  bootstrap: string,
  from: string,
  to: string,
  records: number,
): Promise<Measured> {
  return measure(async () => {
    const client = clientOf(bootstrap);
    const consumer = client.consumer({ groupId: `by-hand-${to}` });
    const producer = client.producer({ idempotent: true, maxInFlightRequests: 1 });
    await producer.connect();
    await consumer.connect();
    await consumer.subscribe({ topics: [from], fromBeginning: true });
    const counts = new Map<string, number>();
    let read = 0;
    await new Promise<void>((resolve, reject) => {
      const run = consumer.run({
        eachBatch: async ({ batch }) => {
          const changed = new Set<string>();
          for (const { value } of batch.messages) {
            const event = JSON.parse(value!.toString()) as Event;
            if (event.event_type !== "view") continue;
            const key = `${event.ad_id} ${Math.floor(event.event_time / WINDOW_MS)}`;
            counts.set(key, (counts.get(key) ?? 0) + 1);
            changed.add(key);
          }
          if (changed.size > 0)
            await producer.send({ topic: to, messages: [...changed].map((key) => message(key, counts)) });
          read += batch.messages.length;
          if (read >= records) resolve();
        },
      });
      run.catch(reject);
    });
    await consumer.disconnect();
    await producer.disconnect();
    return () => writtenViews(bootstrap, to);
  });
}

function message(key: string, counts: ReadonlyMap<string, number>): Message {
  const [ad_id, number] = key.split(" ");
  const start = new Date(Number(number) * WINDOW_MS).toISOString();
  return { key: ad_id!, value: JSON.stringify({ ad_id, start, n: counts.get(key) }) };
}
