import { batchFromRows, parseDdl, type SinkBatch } from "@ss/core";
import { describe, expect, test } from "vitest";
import { type CollectingSink, collectingSink, sinkConformance } from "../src/index.js";

describe("the collecting sink", () => {
  sinkConformance(test, {
    create: () => {
      const sink = collectingSink();
      return { make: () => sink, rows: async () => sink.table(), completeReplaces: true };
    },
  });
});

const schema = parseDdl("id BIGINT");

async function deliver(sink: CollectingSink, batchId: number, queryId = "q"): Promise<void> {
  const signal = new AbortController().signal;
  const batch: SinkBatch = { queryId, runId: "r", outputId: 0, batchId, schema, mode: "append", signal };
  const write = await sink.begin(batch);
  const writer = await write.writer(0);
  await writer.write(batchFromRows(schema, [[BigInt(batchId)]]));
  await write.commit([await writer.finish()]);
}

test("fails once, at the call and for the batch that a test names", async () => {
  const sink = collectingSink();
  const order: string[] = [];
  sink.failAt("commit", { batchId: 1, error: new Error("no"), before: () => order.push("struck") });
  await deliver(sink, 0);
  await expect(deliver(sink, 1)).rejects.toThrow("no");
  expect(order).toEqual(["struck"]);
  expect(sink.rows()).toEqual([[0n]]);
  await deliver(sink, 1);
  expect(sink.rows(1)).toEqual([[1n]]);
});

test("an answer lost after the commit does not double the batch", async () => {
  const sink = collectingSink();
  sink.failAt("committed");
  await expect(deliver(sink, 0)).rejects.toThrow("committed");
  await deliver(sink, 0);
  expect(sink.rows()).toEqual([[0n]]);
});

test("batches of another query are others", async () => {
  const sink = collectingSink();
  await deliver(sink, 0, "one");
  await deliver(sink, 0, "other");
  expect(sink.batches.map(({ queryId }) => queryId)).toEqual(["one", "other"]);
});
