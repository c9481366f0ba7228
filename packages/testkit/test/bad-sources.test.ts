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

/** The names of the promises that a source breaks, of all or of some; its `addRows` adds three and may tell so. */
async function brokenBy(
  change: (good: Source) => Partial<Source>,
  tells = true,
  only?: readonly string[],
): Promise<string[]> {
  const cases: { name: string; run: () => Promise<void> }[] = [];
  sourceConformance((name, run) => cases.push({ name, run }), {
    create: () => {
      let count = 0;
      const good = countingSource(() => count, {});
      const addRows = async (): Promise<number | undefined> => {
        count += 3;
        return tells ? 3 : undefined;
      };
      return { make: () => ({ ...good, ...change(good) }), addRows, patienceMs: 20 };
    },
  });
  const broken: string[] = [];
  const asked = cases.filter(({ name }) => only === undefined || only.includes(name));
  for (const { name, run } of asked) await run().catch(() => broken.push(name));
  return broken;
}

const ONCE = "delivers each row that was added once";
const LIMIT = "keeps the limit of its batches";
const UNLIMITED = "takes more than its limit where none is set";
const STOPS = "ends what waits for rows when its query stops";
const READ_ENDS = "ends a read that is under way when its signal aborts";

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

  test("nothing wrong with one that keeps a limit, by a row or by no more than one", async () => {
    expect(await brokenBy(limitedBy(4))).toEqual([]);
    expect(await brokenBy(limitedBy(5))).toEqual([]);
  });

  test("one that goes beyond its limit, if it is told how many rows there are", async () => {
    expect(await brokenBy(limitedBy(6))).toEqual([LIMIT]);
    expect(await brokenBy(limitedBy(6), false)).toEqual([]);
    const heedless = (): Partial<Source> => ({ readLimit: { kind: "maxFiles", files: 1 } });
    expect(await brokenBy(heedless)).toEqual([LIMIT]);
  });

  test("one that keeps its limit also where none is set", async () => {
    expect(await brokenBy(limitedBy(4, true))).toEqual([UNLIMITED]);
  });

  test("one whose question for new rows goes on after the query has stopped", async () => {
    const waiting = ({ latestOffset }: Source): Partial<Source> => ({
      latestOffset: async (start, limit) => {
        const end = await latestOffset(start, limit);
        return end === start ? new Promise(() => {}) : end;
      },
    });
    expect(await brokenBy(waiting, true, [STOPS])).toEqual([STOPS]);
  });

  test("one whose read waits whatever its signal says", async () => {
    const waiting = (): Partial<Source> => ({
      async *read() {
        await new Promise(() => {});
      },
    });
    expect(await brokenBy(waiting, true, [READ_ENDS])).toEqual([READ_ENDS]);
  });
});

/** A source that says it takes four rows a batch, and takes `taken`; `always` also where it may take all. */
function limitedBy(taken: number, always = false): (good: Source) => Partial<Source> {
  return ({ latestOffset }) => ({
    readLimit: { kind: "composite", limits: [{ kind: "maxRows", rows: 4 }] },
    latestOffset: async (start, limit) => {
      const end = (await latestOffset(start, limit)) as number;
      return always || limit.kind !== "allAvailable" ? Math.min(end, (start as number) + taken) : end;
    },
  });
}
