import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { statefulBatches, statelessBatches } from "../src/measures/small-batches.js";

const root = mkdtempSync(join(tmpdir(), "bench-small-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

test("stateful batches are counted, right, and have the durable writes of a batch beside them", async () => {
  const found = await statefulBatches(root, 25);
  expect(found.isRight).toBe(true);
  expect(found.batches).toBe(25);
  // an offset, a delta of the state and a commit
  expect(found.writesPerBatch).toBeGreaterThanOrEqual(3);
  expect(found.medianMs).toBeGreaterThan(0);
  expect(found.writesMedianMs).toBeGreaterThan(0);
  expect(found.outsideWritesMedianMs).toBeGreaterThan(0);
  expect(found.outsideWritesMedianMs).toBeLessThan(found.p99Ms);
  expect(found.p99Ms).toBeGreaterThanOrEqual(found.medianMs);
});

test("stateless batches with a checkpoint in memory write nothing to disk", async () => {
  expect(await statelessBatches(30)).toMatchObject({ isRight: true, batches: 30, writesPerBatch: 0 });
});
