import type { Json, Offset } from "@ss/core";

/** An offset with its place. */
export type PartitionOffset = readonly [topic: string, partition: number, offset: number];

/** Offsets by topic and partition. Not changed once made. */
export class PartitionOffsets {
  private readonly topics: ReadonlyMap<string, ReadonlyMap<number, number>>;

  constructor(entries: Iterable<readonly [topic: string, partition: number, offset: number]>) {
    const topics = new Map<string, Map<number, number>>();
    for (const [topic, partition, offset] of entries) {
      const known = topics.get(topic) ?? new Map<number, number>();
      topics.set(topic, known.set(partition, offset));
    }
    this.topics = topics;
  }

  /** Reads Spark's form, `{"topic":{"0":12,"1":7}}`. Returns null for anything else. */
  static parse(json: Json): PartitionOffsets | null {
    if (!isObject(json)) return null;
    const entries: [string, number, number][] = [];
    for (const [topic, partitions] of Object.entries(json)) {
      if (!isObject(partitions)) return null;
      for (const [partition, offset] of Object.entries(partitions)) {
        if (!/^\d{1,10}$/.test(partition) || typeof offset !== "number" || !Number.isSafeInteger(offset))
          return null;
        entries.push([topic, Number(partition), offset]);
      }
    }
    return new PartitionOffsets(entries);
  }

  get(topic: string, partition: number): number | undefined {
    return this.topics.get(topic)?.get(partition);
  }

  /** By topic and partition, in order. */
  entries(): [topic: string, partition: number, offset: number][] {
    return [...this.topics]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([topic, partitions]) =>
        [...partitions]
          .sort(([a], [b]) => a - b)
          .map(([partition, offset]): [string, number, number] => [topic, partition, offset]),
      );
  }

  /** Spark's form, in one order, so that equal offsets print the same text. */
  toJson(): Offset {
    const topics: Record<string, Record<string, number>> = {};
    for (const [topic, partition, offset] of this.entries()) {
      const partitions = Object.hasOwn(topics, topic) ? topics[topic]! : {};
      partitions[String(partition)] = offset;
      define(topics, topic, partitions);
    }
    return topics;
  }

  /** The offsets that `change` gives, in the place of these. */
  map(change: (topic: string, partition: number, offset: number) => number): PartitionOffsets {
    return new PartitionOffsets(
      this.entries().map(([topic, partition, offset]) => [
        topic,
        partition,
        change(topic, partition, offset),
      ]),
    );
  }
}

/** Also for a topic of the name `__proto__`. */
function define(topics: object, topic: string, value: object): void {
  Object.defineProperty(topics, topic, { value, enumerable: true, configurable: true, writable: true });
}

function isObject(json: Json): json is { readonly [key: string]: Json } {
  return typeof json === "object" && json !== null && !Array.isArray(json);
}
