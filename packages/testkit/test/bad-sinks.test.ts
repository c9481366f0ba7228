import type { SinkBatch } from "@ss/core";
import { StreamError, type Value } from "@ss/core";
import { describe, expect, test } from "vitest";
import { CollectingSink, sinkConformance } from "../src/index.js";

/** A sink that takes some batches for others: those whose ids it changes into the same. */
class ForgetfulSink extends CollectingSink {
  private readonly seenAs: (batch: SinkBatch) => SinkBatch;

  constructor(seenAs: (batch: SinkBatch) => SinkBatch) {
    super();
    this.seenAs = seenAs;
  }

  override async begin(batch: SinkBatch): ReturnType<CollectingSink["begin"]> {
    return super.begin(this.seenAs(batch));
  }
}

/** The names of the promises that a sink breaks. */
async function brokenBy(make: () => CollectingSink): Promise<string[]> {
  const cases: { name: string; run: () => Promise<void> }[] = [];
  sinkConformance((name, run) => cases.push({ name, run }), {
    create: () => {
      const sink = make();
      return { make: () => sink, rows: async (): Promise<(readonly Value[])[]> => sink.table() };
    },
  });
  const broken: string[] = [];
  for (const { name, run } of cases) await run().catch(() => broken.push(name));
  return broken;
}

const QUERIES = "keeps the batches of two queries apart, or refuses the second";
const OUTPUTS = "keeps the batches of two outputs of a query apart, or refuses the second";

describe("the suite for sinks finds", () => {
  test("one that remembers batches by their run", async () => {
    const byRun = () => new ForgetfulSink((batch) => ({ ...batch, queryId: batch.runId }));
    expect(await brokenBy(byRun)).toContain("commits a batch once when committed again after a restart");
  });

  test("one that takes the batches of another query for its own", async () => {
    expect(await brokenBy(() => new ForgetfulSink((batch) => ({ ...batch, queryId: "q" })))).toEqual([
      QUERIES,
    ]);
  });

  test("one that takes the batches of another output for its own", async () => {
    expect(await brokenBy(() => new ForgetfulSink((batch) => ({ ...batch, outputId: 0 })))).toEqual([
      OUTPUTS,
    ]);
  });

  test.each([
    [new StreamError({ condition: "SS_TAKEN", message: "The table belongs to another query." }), []],
    [new TypeError("batch is undefined"), [QUERIES]],
  ])("whether one means to refuse a second query: %s", async (error, broken) => {
    const make = (): CollectingSink => {
      let owner: string | undefined;
      return new ForgetfulSink((batch) => {
        owner ??= batch.queryId;
        if (owner !== batch.queryId) throw error;
        return batch;
      });
    };
    expect(await brokenBy(make)).toEqual(broken);
  });
});
