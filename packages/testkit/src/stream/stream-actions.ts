import assert from "node:assert/strict";
import { StreamError, type StreamingQueryProgress } from "@ss/core";
import type { CollectedBatch } from "../collecting-sink.js";
import { actualText, expectedText } from "./comparable-rows.js";
import type { StreamAction, StreamTestOptions, TestedQuery } from "./stream-test.js";

/** What takes rows by name: `MemorySource` of `@ss/source-memory`. */
export interface DataFeed {
  addData(name: string, ...rows: readonly unknown[]): unknown;
}

const action = (name: string, run: StreamAction["run"]): StreamAction => ({ name, run });

/** Adds rows to a named source. */
export function addData(feed: DataFeed, name: string, ...rows: readonly unknown[]): StreamAction {
  return action(`addData to '${name}'`, async () => {
    feed.addData(name, ...rows);
  });
}

/** Adds rows to several sources before the query can see any of them. */
export function addDataToAll(
  feed: DataFeed,
  rowsByName: Readonly<Record<string, readonly unknown[]>>,
): StreamAction {
  return action("addDataToAll", async () => {
    for (const [name, rows] of Object.entries(rowsByName)) feed.addData(name, ...rows);
  });
}

/** Waits until everything that was added is processed. */
export function processAllAvailable(): StreamAction {
  return action("processAllAvailable", (test) => test.settle());
}

/** The rows since the last check are these, in any order. */
export function checkNewRows(...rows: readonly unknown[]): StreamAction {
  return action("checkNewRows", async (test) => {
    await test.settle();
    assertRows(test.takeNewBatches(), rows);
  });
}

/** All rows so far (in mode complete those of the newest batch) are these, in any order. */
export function checkAllRows(...rows: readonly unknown[]): StreamAction {
  return action("checkAllRows", async (test) => {
    await test.settle();
    test.takeNewBatches();
    const { batches } = test.sink;
    assertRows(batches.at(-1)?.mode === "complete" ? batches.slice(-1) : batches, rows);
  });
}

/** The rows of the newest batch are these, in any order. */
export function checkLastBatch(...rows: readonly unknown[]): StreamAction {
  return action("checkLastBatch", async (test) => {
    await test.settle();
    test.takeNewBatches();
    assertRows(test.sink.batches.slice(-1), rows);
  });
}

/** Stops the query. */
export function stopStream(): StreamAction {
  return action("stopStream", (test) => test.stop());
}

/** Starts the query, again on the same checkpoint, with some options changed if given. */
export function startStream(
  changes: Partial<Omit<StreamTestOptions, "sink" | "checkpointLocation">> = {},
): StreamAction {
  return action("startStream", (test) => test.start(changes));
}

/** Waits until the query sleeps, and moves the clock. */
export function advanceClock(ms: number): StreamAction {
  return action(`advanceClock by ${ms} ms`, async (test) => {
    await test.settle();
    await test.clock.advance(ms);
  });
}

/** Waits until the query sleeps, and moves the clock at once: the query finds the new time, and none between. */
export function jumpClock(ms: number): StreamAction {
  return action(`jumpClock by ${ms} ms`, async (test) => {
    await test.settle();
    await test.clock.jump(ms);
  });
}

/**
 * The query fails: with an error of this condition, with a message that matches, or as a function finds right. The
 * condition may be that of the cause.
 */
export function expectFailure(expected?: string | RegExp | ((error: unknown) => void)): StreamAction {
  return action("expectFailure", async (test) => {
    const error = await test.failure();
    if (typeof expected === "function") expected(error);
    else if (typeof expected === "string")
      assert.ok(hasCondition(error, expected), `not ${expected}: ${String(error)}`);
    else if (expected) assert.match(String(error), expected);
  });
}

/** Looks at the newest progress report. */
export function checkProgress(
  check: (progress: StreamingQueryProgress, query: TestedQuery) => void,
): StreamAction {
  return action("checkProgress", async (test) => {
    await test.settle();
    const progress = test.query.lastProgress;
    assert.ok(progress, "there is no progress report");
    check(progress, test.query);
  });
}

/** Does anything else. */
export function perform(name: string, run: StreamAction["run"]): StreamAction {
  return action(name, run);
}

function hasCondition(error: unknown, condition: string): boolean {
  for (let at = error; at instanceof Error; at = at.cause) if (StreamError.is(at, condition)) return true;
  return false;
}

function assertRows(batches: readonly CollectedBatch[], expected: readonly unknown[]): void {
  const schema = batches[0]?.schema;
  const actual = batches.flatMap((batch) => batch.rows.map((row) => actualText(batch.schema, row)));
  if (schema === undefined) {
    assert.equal(expected.length, 0, `there is no batch, but ${expected.length} rows are expected`);
    return;
  }
  assert.deepEqual(actual.sort(), expected.map((row) => expectedText(schema, row)).sort());
}
