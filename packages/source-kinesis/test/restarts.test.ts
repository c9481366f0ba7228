import type { Offset } from "@ss/core";
import { seededRandom, VirtualClock } from "@ss/testkit";
import { expect, test } from "vitest";
import { aggregate } from "./aggregate.js";
import { FakeKinesis, serviceError } from "./fake-kinesis.js";
import { MemoryLog, QueryRun, sourceOn } from "./source-run.js";

const SEED = Number(process.env["SS_SEED"] ?? 20_261);
const ROUNDS = Number(process.env["SS_ROUNDS"] ?? 10);

/** A checkpoint: the planned range of the last batch, and whether it was committed. */
interface Entry {
  readonly start: Offset | null;
  readonly end: Offset;
  isCommitted: boolean;
}

test(`killed at random moments while shards split and merge, a query has every record once, seed ${SEED}`, async () => {
  for (let round = 0; round < ROUNDS; round++) {
    const random = seededRandom(SEED + round);
    const clock = new VirtualClock(1_700_000_000_000);
    const below = (limit: number): number => random.integer(0, limit - 1);
    const fake = new FakeKinesis(clock, 1 + below(3));
    fake.endsLate = random.chance();
    const log = new MemoryLog();
    const rows: string[] = [];
    const order = new Map<string, string[]>();
    let entry: Entry | undefined;
    let count = 0;
    const produce = (): void => {
      const open = fake.shards.flatMap(({ isClosed }, k) => (isClosed ? [] : [k]));
      const shard = open[below(open.length)]!;
      const data = (): string => `${count++}`;
      const key = `s${shard}`;
      const kind = below(10);
      const put = (...all: string[]): void => {
        order.set(key, [...(order.get(key) ?? []), ...all]);
      };
      if (kind < 6) {
        const text = data();
        fake.put(text, shard, key);
        put(text);
      } else if (kind < 9) {
        const all = Array.from({ length: 1 + below(5) }, data);
        const { first } = fake.shards[shard]!.hashKeys;
        fake.put(aggregate(all.map((text) => ({ key, data: text, hashKey: String(first) }))), shard, key);
        put(...all);
      } else if (fake.shards.length < 12) {
        if (below(3) === 0 && open.length > 1) fake.merge(open[0]!, open[1]!);
        else fake.split(shard);
      }
    };
    for (let life = 0; life < 8; life++) {
      const options = {
        maxRecordsPerTrigger: 1 + below(9),
        maxRecordsPerFetch: 1 + below(6),
      };
      const run = await QueryRun.start(sourceOn(fake, options), clock, log, entry?.end ?? null);
      if (entry !== undefined && !entry.isCommitted) {
        rows.push(...(await run.rows(entry.start, entry.end)));
        entry.isCommitted = true;
        await run.source.commit(entry.end);
      }
      const isLast = life === 7;
      for (let batch = 0; isLast || batch < 1 + below(6); batch++) {
        for (let k = below(6); k > 0 && !isLast; k--) produce();
        const errors = ["ExpiredIteratorException", "ProvisionedThroughputExceededException"];
        if (below(4) === 0) fake.fail("records", serviceError(errors[below(2)]!));
        const end = await run.end(undefined, isLast ? 4000 : 1000);
        if (JSON.stringify(end) === JSON.stringify(run.offset)) {
          if (isLast) break;
          continue;
        }
        entry = { start: run.offset, end, isCommitted: false };
        // killed before the batch, after it but before it was committed, or not at all
        const fate = isLast ? 9 : below(10);
        if (fate === 0) break;
        const read = await run.rows(run.offset, end);
        if (fate === 1) break;
        rows.push(...read);
        entry.isCommitted = true;
        run.offset = end;
        await run.source.commit(end);
      }
      await run.stop();
    }
    const label = `round ${round}`;
    expect(
      rows.map(Number).sort((a, b) => a - b),
      label,
    ).toEqual(Array.from({ length: count }, (_, k) => k));
    // and those of a shard in their order
    const places = new Map(rows.map((row, k) => [row, k]));
    for (const all of order.values()) {
      const seen = all.map((text) => places.get(text)!);
      expect(seen, label).toEqual([...seen].sort((a, b) => a - b));
    }
  }
});
