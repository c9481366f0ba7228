import { StreamError, type StreamingQuery } from "@ss/core";
import { FaultyFileSystem } from "@ss/testkit";
import { expect, test } from "vitest";
import { listedRecords } from "./files-of-output.js";
import * as queries from "./queries.js";
import { Trial, type TrialOptions } from "./trial.js";
import { WatchedFileSystem } from "./watched-file-system.js";

const PATIENCE = { timeout: 60_000 };

/**
 * Starts a second session before the first write of the first one, before its second, and so on. Whoever stops has to say
 * that the other one took over; a third session finishes, and the result has to be as if there had been one.
 */
async function withRivals(
  options: TrialOptions,
  check: (trial: Trial, disk: FaultyFileSystem, place: string) => void,
): Promise<number> {
  for (let rivalAt = 0; ; rivalAt++) {
    const trial = new Trial(options);
    const disk = new FaultyFileSystem();
    const queriesOfTrial: StreamingQuery[] = [];
    let step = 0;
    const watched = new WatchedFileSystem(disk, async () => {
      if (step++ !== rivalAt) return;
      const rival = await trial.start(await trial.session(disk));
      queriesOfTrial.push(rival);
      await rival.processAllAvailable().catch(() => {});
    });
    const first = await trial.start(await trial.session(watched));
    queriesOfTrial.push(first);
    while (trial.feed()) {
      for (const query of [...queriesOfTrial]) await query.processAllAvailable().catch(() => {});
    }
    const place = `rival at step ${rivalAt}`;
    for (const query of queriesOfTrial) {
      const cause = query.exception?.cause ?? null;
      expect(
        cause === null || StreamError.is(cause, "CONCURRENT_STREAM_LOG_UPDATE"),
        `${place}: ${cause}`,
      ).toBe(true);
      await query.stop();
    }
    if (queriesOfTrial.length === 1) return rivalAt;
    await trial.run(disk);
    check(trial, disk, place);
  }
}

test("of two sessions on one checkpoint each row gets into the files once", PATIENCE, async () => {
  const options = { ...queries.STATELESS, output: "/out" };
  const steps = await withRivals(options, (_, disk, place) => {
    const rows = listedRecords(disk, "/out").map(({ k, n }) => `${k} ${n}`);
    expect(rows.sort(), place).toEqual(queries.STATELESS_RESULT);
  });
  expect(steps).toBeGreaterThan(12);
});

test("of two sessions on one checkpoint the windows are given out once", PATIENCE, async () => {
  const steps = await withRivals(queries.WINDOWED, (trial, _, place) => {
    expect(trial.table(), place).toEqual(queries.WINDOWED_RESULT);
  });
  expect(steps).toBeGreaterThan(15);
});

test("of two sessions on one checkpoint the totals are right", PATIENCE, async () => {
  await withRivals(queries.TOTALS, (trial, _, place) =>
    expect(trial.table(), place).toEqual(queries.TOTALS_RESULT),
  );
});

test("a query that was started again elsewhere stops at its next batch, and says so", async () => {
  const trial = new Trial(queries.TOTALS);
  const disk = new FaultyFileSystem();
  trial.feed();
  const old = await trial.start(await trial.session(disk));
  await old.processAllAvailable();
  const young = await trial.start(await trial.session(disk));
  await young.processAllAvailable();
  trial.feed();
  const outcomes = await Promise.allSettled([old.processAllAvailable(), young.processAllAvailable()]);
  expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "fulfilled"]);
  expect(old.exception?.cause).toMatchObject({ condition: "CONCURRENT_STREAM_LOG_UPDATE" });
  expect(young.isActive).toBe(true);
  await young.stop();
});
