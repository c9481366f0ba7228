import { sourceConformance } from "@ss/testkit";
import { describe, expect, test } from "vitest";
import { type Positions, type ShardedLog, ShardsSource } from "../src/shards-source.js";

class ListedLog implements ShardedLog {
  readonly name = "orders";
  readonly shards: Record<string, string[]>;

  constructor(shards: Record<string, string[]>) {
    this.shards = shards;
  }

  async sizes(): Promise<Positions> {
    return Object.fromEntries(Object.entries(this.shards).map(([shard, rows]) => [shard, rows.length]));
  }

  async rows(shard: string, from: number, to: number): Promise<readonly string[]> {
    return this.shards[shard]!.slice(from, to);
  }
}

describe.each([undefined, 4])("a source of shards with a limit of %s rows", (maxRowsPerTrigger) => {
  sourceConformance(test, {
    create: () => {
      const log = new ListedLog({ b: [], a: [] });
      return {
        make: () => new ShardsSource(log, maxRowsPerTrigger),
        addRows: async () => {
          log.shards["a"]!.push("one");
          log.shards["b"]!.push("two", "three");
          return 3;
        },
      };
    },
  });
});

test("what a short shard leaves of its share is for the longer ones", async () => {
  const rows = (count: number): string[] => Array.from({ length: count }, () => "row");
  const source = new ShardsSource(new ListedLog({ c: rows(9), b: rows(1), a: rows(9) }), 7);
  expect(await source.latestOffset({}, source.readLimit)).toEqual({ a: 3, b: 1, c: 3 });
  expect(await source.latestOffset({ a: 9, b: 1, c: 0 }, source.readLimit)).toEqual({ a: 9, b: 1, c: 7 });
});
