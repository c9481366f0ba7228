import assert from "node:assert/strict";
import type { StateVersion } from "@ss/core";
import { seededRandom } from "../../seeded-random.js";
import type { Guarantee } from "../guarantees.js";
import { textOf } from "../source-run.js";
import {
  allRows,
  put,
  type Row,
  remove,
  rowsOfPieces,
  type StateRun,
  textRows,
  UNFENCED,
} from "../state-run.js";
import { runOf, type StateStoreUnderTest } from "./subject.js";

/** All of it at once, against a plain map. */
export const modelGuarantees: Readonly<Record<string, Guarantee<StateStoreUnderTest>>> = {
  "behaves as a plain map under random changes, commits, aborts and restarts": async (subject) => {
    for (let seed = 1; seed <= 3; seed++) await compareWithMap(runOf(subject), seed);
  },
};

async function compareWithMap(run: StateRun, seed: number): Promise<void> {
  const random = seededRandom(seed);
  let model = new Map<string, Row>();
  let committed = new Map(model);
  let version: StateVersion | null = null;
  let { store, family } = await run.at(null);
  for (let step = 0; step < 150; step++) {
    const rows = Array.from({ length: random.integer(1, 20) }, (): Row => {
      const time = random.chance(0.1) ? null : BigInt(random.integer(-20, 20));
      return [`k${random.integer(0, 40)}`, time, BigInt(step)];
    });
    if (random.chance(0.6)) {
      put(family, ...rows);
      for (const row of rows) model.set(textOf(row.slice(0, 2)), row);
    } else {
      remove(family, ...rows.map((row) => row.slice(0, 2)));
      for (const row of rows) model.delete(textOf(row.slice(0, 2)));
    }
    const end = random.next();
    if (end < 0.3) {
      version = await store.commit((version?.version ?? 0) + 1, UNFENCED);
      committed = new Map(model);
    } else if (end < 0.4) {
      store.abort();
      await store.load(version);
      model = new Map(committed);
    } else if (end < 0.5) {
      await store.close();
      ({ store, family } = await run.at(version));
      model = new Map(committed);
    } else if (end < 0.6) {
      store.abort();
      await store.load(version);
      model = new Map(committed);
      await store.maintain(version?.version ?? 0);
    }
    assert.deepEqual(allRows(family), textRows(...model.values()), `seed ${seed}, step ${step}`);
    const bound = BigInt(random.integer(-25, 25));
    const below = [...model.values()].filter((row) => row[1] !== null && (row[1] as bigint) <= bound);
    assert.deepEqual(
      rowsOfPieces(family.scanBelow(bound)),
      textRows(...below),
      `seed ${seed}, step ${step}, ${bound}`,
    );
    if (!random.chance(0.2)) continue;
    assert.deepEqual(
      rowsOfPieces(family.removeBelow(bound)),
      textRows(...below),
      `seed ${seed}, step ${step}`,
    );
    for (const row of below) model.delete(textOf(row.slice(0, 2)));
  }
}
