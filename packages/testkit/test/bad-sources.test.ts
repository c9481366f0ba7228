import { batchFromRows, type Offset, type Partition, parseDdl, type Source } from "@ss/core";
import { describe, expect, test } from "vitest";
import { sourceConformance } from "../src/index.js";

interface Range {
  readonly from: number;
  readonly to: number;
}

/** The numbers below one that grows. `changes` make a bad source of it. */
function countingSource(latest: () => number, changes: Partial<Source>): Source {
  const schema = parseDdl("value INT");
  const source: Source = {
    description: "Counting",
    schema,
    replayable: true,
    readLimit: { kind: "allAvailable" },
    open: async () => {},
    initialOffset: async () => 0,
    latestOffset: async () => latest(),
    plan: async (from: Offset | null, to: Offset) => [{ from, to }] as Partition[],
    async *read(partition, { columns }, signal) {
      const { from, to } = partition as unknown as Range;
      const rows = Array.from({ length: to - from }, (_, k) => columns.map(() => from + k));
      signal.throwIfAborted();
      yield batchFromRows(columns.length > 0 ? schema : parseDdl(""), rows);
    },
    commit: async () => {},
    close: async () => {},
  };
  return { ...source, ...changes };
}

/** The names of the promises that a source breaks, whose `addRows` adds three and may tell so. */
async function brokenBy(change: (good: Source) => Partial<Source>, tells = true): Promise<string[]> {
  const cases: { name: string; run: () => Promise<void> }[] = [];
  sourceConformance((name, run) => cases.push({ name, run }), {
    create: () => {
      let count = 0;
      const good = countingSource(() => count, {});
      const addRows = async (): Promise<number | undefined> => {
        count += 3;
        return tells ? 3 : undefined;
      };
      return { make: () => ({ ...good, ...change(good) }), addRows };
    },
  });
  const broken: string[] = [];
  for (const { name, run } of cases) await run().catch(() => broken.push(name));
  return broken;
}

const ONCE = "delivers each row that was added once";

describe("the suite for sources finds", () => {
  test("nothing wrong with a good one", async () => {
    expect(await brokenBy(() => ({}))).toEqual([]);
  });

  test("one that doubles every row, if it is told how many there are", async () => {
    const doubling = ({ plan }: Source): Partial<Source> => ({
      plan: async (from, to) => {
        const parts = await plan(from, to);
        return [...parts, ...parts];
      },
    });
    expect(await brokenBy(doubling)).toEqual([ONCE]);
    expect(await brokenBy(doubling, false)).toEqual([]);
  });

  test("one that gives the last row of a range again with the next one", async () => {
    const overlapping = ({ plan }: Source): Partial<Source> => ({
      plan: (from, to) => plan(Math.max(0, (from as number) - 1), to),
    });
    expect(await brokenBy(overlapping)).toContain(ONCE);
  });
});
