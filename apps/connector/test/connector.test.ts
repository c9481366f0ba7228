import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { run } from "../src/run.js";

test("each error line is written once, over a stop and a new start, and half a line waits", async () => {
  const data = await mkdtemp(join(tmpdir(), "connector-"));
  onTestFinished(() => rm(data, { recursive: true, force: true }));
  expect(await run(data)).toEqual({
    "batch-0.jsonl": '{"position":"13","value":"ERROR disk full"}\n',
    "batch-1.jsonl": '{"position":"45","value":"ERROR out of memory"}\n',
  });
});
