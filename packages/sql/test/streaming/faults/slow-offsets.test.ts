import { FaultyFileSystem } from "@ss/testkit";
import { expect, test } from "vitest";
import { listedRecords } from "./files-of-output.js";
import * as queries from "./queries.js";
import { Trial, type TrialOptions } from "./trial.js";
import { WatchedFileSystem } from "./watched-file-system.js";

const OFFSETS = /^\/checkpoint\/offsets\/\d+$/;
/** What a batch before has left to be done beside the next one. */
const SNAPSHOT = /\.snapshot$/;

/** Rounds of the event loop in which a batch of some rows comes to its end. */
const ROUNDS = 60;

test.each<[string, TrialOptions]>([
  ["a stateless query", { ...queries.STATELESS, output: "/out" }],
  ["malformed rows", { ...queries.DECODED, output: "/out", malformed: "/malformed" }],
  ["windows and late rows", { ...queries.WINDOWED, output: "/out", late: "/late" }],
  ["sessions and late rows", { ...queries.SESSIONS, output: "/out", late: "/late" }],
  ["a limit", { ...queries.FIRST_ROWS, output: "/out" }],
  ["first rows of keys", { ...queries.FIRST_OF_KEY, output: "/out" }],
  ["a join of streams and late rows", { ...queries.PAIRS, output: "/out", late: "/late" }],
  ["states of groups", queries.VISITS],
  ["a processor", queries.DIARY],
  ["totals", queries.TOTALS],
])("%s: nothing is written before the offsets are there", async (_, options) => {
  const disk = new FaultyFileSystem();
  let isHeld = false;
  let held = 0;
  const early: string[] = [];
  const watched = new WatchedFileSystem(disk, async (path) => {
    if (isHeld && !SNAPSHOT.test(path)) early.push(path);
    if (!OFFSETS.test(path)) return;
    isHeld = true;
    held++;
    for (let k = 0; k < ROUNDS; k++) await new Promise((resolve) => setImmediate(resolve));
    isHeld = false;
  });
  const conf = { "spark.sql.streaming.stateStore.minDeltasForSnapshot": "1" };
  const trial = new Trial({ ...options, conf });
  await trial.run(watched);
  expect(early).toEqual([]);
  expect(held).toBeGreaterThan(2);
  const rows = options.output === undefined ? trial.table() : listedRecords(disk, options.output);
  expect(rows).not.toEqual([]);
});
