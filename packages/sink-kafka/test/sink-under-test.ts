import {
  type BatchWrite,
  batchFromRows,
  Options,
  parseDdl,
  type Sink,
  type SinkBatch,
  type Value,
} from "@ss/core";
import { VirtualClock } from "@ss/testkit";
import { writeSettings } from "../src/options/write-options.js";
import { KafkaSink } from "../src/sink/kafka-sink.js";
import type { FakeKafka, FakeProducer } from "./fake-kafka.js";

/** Options without which nothing goes. */
export const SERVERS = { "kafka.bootstrap.servers": "localhost:1" };

/** A sink on a cluster in memory; `producers` gets those that it makes. */
export function sinkOn(
  kafka: FakeKafka,
  options: Record<string, string>,
  producers: FakeProducer[] = [],
  clock: VirtualClock = new VirtualClock(1_700_000_000_000),
): KafkaSink {
  return new KafkaSink({
    write: writeSettings(new Options({ ...SERVERS, ...options }), undefined),
    clock,
    isStream: true,
    random: () => 0,
    connect: (transactionalId) => {
      const producer = kafka.producer(transactionalId);
      producers.push(producer);
      return producer;
    },
  });
}

/** A batch of a query, for `begin`. */
export function batchOf(batchId: number, ddl: string): SinkBatch {
  return {
    queryId: "query",
    runId: "run",
    outputId: 0,
    batchId,
    schema: parseDdl(ddl),
    mode: "append",
    signal: new AbortController().signal,
  };
}

/** Begins a batch and hands its rows over. */
export async function write(
  sink: Sink,
  batchId: number,
  ddl: string,
  rows: readonly (readonly Value[])[],
): Promise<BatchWrite> {
  const batch = await sink.begin(batchOf(batchId, ddl));
  if (batch.alreadyCommitted) return batch;
  const writer = await batch.writer(0);
  await writer.write(batchFromRows(parseDdl(ddl), rows));
  await writer.finish();
  return batch;
}

/** A whole batch. */
export async function deliver(
  sink: Sink,
  batchId: number,
  ddl: string,
  rows: readonly (readonly Value[])[],
): Promise<void> {
  const batch = await write(sink, batchId, ddl, rows);
  if (!batch.alreadyCommitted) await batch.commit([rows.length]);
}
