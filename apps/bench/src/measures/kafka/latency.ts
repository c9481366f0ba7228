import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { missingForKafka, startKafka } from "@ss/app-servers";
import { Options, rowsOf } from "@ss/core";
import {
  clientSettings,
  type FetchLimits,
  KafkajsClient,
  KafkaProperties,
  RecordColumns,
  RecordDecoder,
} from "@ss/kafka";
import type { Producer } from "kafkajs";
import { type Findings, type Measure, type MeasureContext, sizeOf } from "../measure.js";
import { quantile } from "../statistics.js";
import { clientOf, makeTopics } from "./records.js";

const PER_SECOND = 10_000;
const TICK_MS = 10;
const KEYS = 1000;
const PARTITIONS = 4;
/** What comes first warms up the code of all three processes. */
const WARM_UP = 30_000;
const FULL_EVENTS = 150_000;
const INPUT = "events";
const OUTPUT = "counts";
const LIMITS: FetchLimits = {
  maxWaitMs: 500,
  minBytes: 1,
  maxBytes: 1 << 24,
  maxPartitionBytes: 1 << 20,
  readCommitted: false,
};

/** From when a record is due to be sent to its being counted in a record of the output: 10,000 a second, state, a durable checkpoint. */
export const kafkaLatency: Measure = {
  name: "kafka-latency",
  isSlow: true,
  needsServers: true,
  run: async ({ root, rows }: MeasureContext): Promise<Findings> => {
    const missing = missingForKafka();
    if (missing !== undefined) return { text: `kafka-latency is left out: ${missing}`, isRight: true };
    const kafka = await startKafka();
    try {
      await makeTopics(kafka.bootstrap, [INPUT, OUTPUT]);
      const program = fileURLToPath(new URL("./run-measure.js", import.meta.url));
      const query = spawn(process.execPath, [program, "kafka-keys", root, kafka.bootstrap, INPUT, OUTPUT], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      const gone = new AbortController();
      const ended = new Promise<void>((resolve) => {
        query.once("close", (code) => {
          gone.abort(new Error(`the query ended with exit code ${code}`));
          resolve();
        });
      });
      try {
        return await watch(kafka.bootstrap, sizeOf(rows, FULL_EVENTS, 1, 1000), gone.signal);
      } finally {
        query.kill("SIGTERM");
        await ended;
      }
    } finally {
      await kafka.stop();
    }
  },
};

async function watch(bootstrap: string, events: number, signal: AbortSignal): Promise<Findings> {
  const due = new DueEvents(events);
  const producer = clientOf(bootstrap).producer();
  await producer.connect();
  const [latencies] = await Promise.all([readCounts(bootstrap, due, signal), due.send(producer)]);
  await producer.disconnect();
  const steady = latencies.slice(Math.min(WARM_UP, Math.floor(events / 2)));
  const figures = [0.5, 0.99, 1].map((q) => `${quantile(steady, q).toFixed(1)} ms`);
  return {
    text:
      `kafka-latency: ${steady.length} events at ${PER_SECOND} a second, counted per key, durable checkpoint, from when each was due to its count in Kafka: ` +
      `median ${figures[0]}, p99 ${figures[1]}, longest ${figures[2]}`,
    isRight: latencies.length === events,
  };
}

/** Events by key, in the order in which they are counted, with the time when each was due: a sender that is late shows in the latency and does not hide it. */
class DueEvents {
  readonly count: number;
  private readonly dueMs: number[][] = Array.from({ length: KEYS }, () => []);

  constructor(count: number) {
    this.count = count;
  }

  /** Sends all at an even pace; an answer of the brokers is not waited for before the next are sent. */
  async send(producer: Producer): Promise<void> {
    const perTick = (PER_SECOND * TICK_MS) / 1000;
    const startMs = performance.now();
    const answers: Promise<unknown>[] = [];
    for (let from = 0; from < this.count; from += perTick) {
      const dueMs = startMs + (from / PER_SECOND) * 1000;
      const restMs = dueMs - performance.now();
      if (restMs > 0) await new Promise((resolve) => setTimeout(resolve, restMs));
      const ids = Array.from({ length: Math.min(perTick, this.count - from) }, (_, k) => from + k);
      for (const id of ids) this.dueMs[id % KEYS]!.push(dueMs);
      const messages = ids.map((id) => ({
        value: `{"k":"${id % KEYS}","id":${id}}`,
        partition: id % PARTITIONS,
      }));
      answers.push(producer.send({ topic: INPUT, messages, acks: 1 }));
    }
    await Promise.all(answers);
  }

  /** When the n-th event of a key was due, counted from 0. */
  dueAt(key: number, n: number): number {
    return this.dueMs[key]![n]!;
  }
}

/** Reads counts until all events are counted; gives for each event how long it took, in the order in which they were counted. */
async function readCounts(bootstrap: string, due: DueEvents, signal: AbortSignal): Promise<number[]> {
  const properties = new KafkaProperties(new Options({ "kafka.bootstrap.servers": bootstrap }));
  const client = new KafkajsClient(clientSettings(properties, "bench"));
  const columns = new RecordColumns(["key", "value"]);
  const decoder = new RecordDecoder(columns, { checkCrcs: false });
  const positions = Array.from({ length: PARTITIONS }, () => 0);
  const counted = new Int32Array(KEYS);
  const latencies: number[] = [];
  const take = (nowMs: number): void => {
    for (const [key, value] of rowsOf(columns.batch())) {
      const number = Number(Buffer.from(key as Uint8Array).toString());
      const count = Number(Buffer.from(value as Uint8Array).toString());
      for (; counted[number]! < count; counted[number]!++)
        latencies.push(nowMs - due.dueAt(number, counted[number]!));
    }
    columns.reset();
  };
  while (latencies.length < due.count) {
    const asked = positions.map((offset, partition) => ({ topic: OUTPUT, partition, offset }));
    const answers = await client.fetch(asked, LIMITS, signal);
    const nowMs = performance.now();
    for (const answer of answers) {
      const { topic, partition } = answer;
      decoder.open({ topic, partition, from: positions[partition]!, until: Number.MAX_SAFE_INTEGER }, answer);
      while (decoder.fill()) take(nowMs);
      take(nowMs);
      positions[partition] = decoder.next;
    }
  }
  await client.close();
  return latencies;
}
