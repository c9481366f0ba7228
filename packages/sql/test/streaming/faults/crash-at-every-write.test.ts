import { crashAtEveryWrite, seededRandom } from "@ss/testkit";
import { expect, test } from "vitest";
import { listedRecords } from "./files-of-output.js";
import * as queries from "./queries.js";
import { Trial, type TrialOptions } from "./trial.js";

const SNAPSHOT_EACH_TIME = { "spark.sql.streaming.stateStore.minDeltasForSnapshot": "1" };

/** Crashes at every step of the disk, once with nothing surviving that was not synced, once with chance. */
async function survives(options: TrialOptions, expected: readonly string[], leastCrashes: number): Promise<void> {
  for (const random of [undefined, seededRandom(3)]) {
    let trial: Trial;
    const crashes = await crashAtEveryWrite({
      ...(random && { random }),
      prepare: async () => {
        trial = new Trial(options);
      },
      run: (disk) => trial.run(disk),
      check: async (disk) => {
        await trial.run(disk);
        expect(trial.table()).toEqual(expected);
      },
    });
    expect(crashes).toBeGreaterThan(leastCrashes);
  }
}

test("a stateless query writes every row into its files once, wherever the power goes", async () => {
  let trial: Trial;
  const options = { ...queries.STATELESS, output: "/out" };
  for (const random of [undefined, seededRandom(4)]) {
    const crashes = await crashAtEveryWrite({
      ...(random && { random }),
      prepare: async () => {
        trial = new Trial(options);
      },
      run: (disk) => trial.run(disk),
      check: async (disk) => {
        await trial.run(disk);
        const rows = listedRecords(disk, "/out").map(({ k, n }) => `${k} ${n}`);
        expect(rows.sort()).toEqual(queries.STATELESS_RESULT);
      },
    });
    expect(crashes).toBeGreaterThan(60);
  }
});

test("windows are given out once and with all their rows, wherever the power goes", async () => {
  await survives({ ...queries.WINDOWED, conf: SNAPSHOT_EACH_TIME }, queries.WINDOWED_RESULT, 100);
});

test("totals count every row once, wherever the power goes", async () => {
  await survives({ ...queries.TOTALS, conf: SNAPSHOT_EACH_TIME }, queries.TOTALS_RESULT, 60);
});

test("a limit lets as many rows through as it says, wherever the power goes", async () => {
  await survives(queries.FIRST_ROWS, queries.FIRST_ROWS_RESULT, 50);
});
