import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseDdl } from "@ss/core";
import { expect, onTestFinished, test } from "vitest";
import { JsonLinesSink } from "../src/json-lines-sink.js";
import { run } from "../src/run.js";

test("each error line is written once, over a stop and a new start, and half a line waits", async () => {
  const data = await mkdtemp(join(tmpdir(), "connector-"));
  onTestFinished(() => rm(data, { recursive: true, force: true }));
  expect(await run(data)).toEqual({
    "batch-0.jsonl": '{"position":"13","value":"ERROR disk full"}\n',
    "batch-1.jsonl": '{"position":"45","value":"ERROR out of memory"}\n',
  });
});

test("a folder of the sink refuses a second query", async () => {
  const data = await mkdtemp(join(tmpdir(), "connector-"));
  onTestFinished(() => rm(data, { recursive: true, force: true }));
  const schema = parseDdl("id BIGINT");
  const batch = { runId: "r", outputId: 0, batchId: 0, schema, mode: "append" } as const;
  const begin = (queryId: string) =>
    new JsonLinesSink(data).begin({ ...batch, queryId, signal: new AbortController().signal });
  await begin("first");
  await begin("first");
  await expect(begin("second")).rejects.toThrow("SS_JSONL_FOLDER_TAKEN");
});
