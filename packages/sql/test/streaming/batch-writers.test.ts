import type { BatchWrite, PartitionWriter, Sink } from "@ss/core";
import { expect, test } from "vitest";
import { BatchWriters } from "../../src/streaming/batch-writers.js";

const sink = { description: "a sink" } as Sink;

function writeOf(writer: Partial<PartitionWriter>): BatchWrite {
  return {
    alreadyCommitted: false,
    writer: async () => ({
      write: async () => {},
      finish: async () => null,
      abort: async () => {},
      ...writer,
    }),
    commit: async () => ({ numOutputRows: 0 }),
    abort: async () => {},
  };
}

test("a writer is not aborted while it finishes, also where another one has failed to", async () => {
  const calls: string[] = [];
  const failing = writeOf({
    finish: async () => {
      throw new Error("disk full");
    },
    abort: async () => void calls.push("the failed one is aborted"),
  });
  const slow = writeOf({
    finish: async () => {
      await new Promise((resolve) => setImmediate(resolve));
      calls.push("the slow one has finished");
      return null;
    },
    abort: async () => void calls.push("the slow one is aborted"),
  });
  const writers = new BatchWriters(async () => [failing, slow], [{ sink }, { sink }]);
  await expect(writers.finish()).rejects.toThrow("disk full");
  await writers.abort(new Error("disk full"), () => {});
  expect(calls).toEqual([
    "the slow one has finished",
    "the failed one is aborted",
    "the slow one is aborted",
  ]);
});
