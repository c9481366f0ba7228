import { type Offset, Options, type ReadLimit, rowsOf, type SourceContext } from "@ss/core";
import { VirtualClock } from "@ss/testkit";
import { startingBound } from "../src/options/bounds.js";
import { readSettings } from "../src/options/read-options.js";
import { KafkaSource } from "../src/stream/kafka-source.js";
import type { FakeKafka } from "./fake-kafka.js";

/** A source over topics in memory, with what a test looks at. */
export interface RunningSource {
  readonly source: KafkaSource;
  readonly clock: VirtualClock;
  readonly warnings: readonly string[];
  /** The values of a range, partition by partition. */
  valuesOf(start: Offset | null, end: Offset): Promise<string[]>;
  next(start: Offset | null, limit?: ReadLimit): Promise<Offset | null>;
  stop(): Promise<void>;
}

/** A source as the plug-in makes it from options, but with topics in memory. */
export function makeSource(
  kafka: FakeKafka,
  options: Readonly<Record<string, unknown>>,
  warn: (message: string) => void = () => {},
  readLimit: ReadLimit = { kind: "allAvailable" },
): KafkaSource {
  const given = new Options({ "kafka.bootstrap.servers": "fake:1", ...options });
  return new KafkaSource({
    read: readSettings(given, warn),
    start: startingBound(given, "latest"),
    readLimit,
    description: "KafkaV2[test]",
    warn,
    worker: undefined,
    connect: () => kafka.client(),
  });
}

/** Opens a source with a log in memory. */
export async function startSource(
  kafka: FakeKafka,
  options: Readonly<Record<string, unknown>>,
  log: Map<string, Uint8Array> = new Map(),
): Promise<RunningSource> {
  const warnings: string[] = [];
  const source = makeSource(kafka, options, (message) => warnings.push(message));
  const clock = new VirtualClock(1_000_000);
  const stopping = new AbortController();
  const context: SourceContext = {
    clock,
    signal: stopping.signal,
    log: {
      list: async () => [...log.keys()],
      read: async (name) => log.get(name) ?? null,
      add: async (name, bytes) => void log.set(name, bytes),
      delete: async (name) => void log.delete(name),
    },
  };
  await source.open(context);
  return {
    source,
    clock,
    warnings,
    next: (start, limit = { kind: "allAvailable" }) => source.latestOffset(start, limit),
    valuesOf: async (start, end) => {
      const values: string[] = [];
      for (const partition of await source.plan(start, end)) {
        const scan = { columns: ["value"], predicates: [] };
        for await (const batch of source.read(partition, scan, stopping.signal))
          values.push(...rowsOf(batch).map(([value]) => Buffer.from(value as Uint8Array).toString()));
      }
      return values;
    },
    stop: async () => {
      stopping.abort(new Error("stopped"));
      await source.close();
    },
  };
}
