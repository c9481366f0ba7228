import { expect, test } from "vitest";
import { OPERATORS } from "../src/query/random-query.js";
import { simulate } from "../src/simulation.js";

const PATIENCE = { timeout: 60_000 };

test.each(OPERATORS)(
  "queries of %s come to the model's result whatever the disk does",
  PATIENCE,
  async (operator) => {
    for (let seed = 1; seed <= 5; seed++) await simulate(seed, [operator]);
  },
);

test("a seed gives the same run again", PATIENCE, async () => {
  const first = await simulate(20_240_101);
  expect(await simulate(20_240_101)).toEqual(first);
  expect(first.batches).toBeGreaterThan(1);
});

test("queries come to the model's result on several threads", PATIENCE, async () => {
  for (let seed = 900; seed < 903; seed++) await simulate(seed, ["tumbling", "count", "sliding"], 3);
});
