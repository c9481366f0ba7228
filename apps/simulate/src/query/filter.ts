import type { SeededRandom } from "@ss/testkit";
import type { Row } from "./row.js";
import type { Step } from "./step.js";

/** Conditions in SQL, and when they are true; unknown is not true. */
const CONDITIONS: readonly (readonly [string, (row: Row) => boolean])[] = [
  ["n > 2", ({ n }) => n !== null && n > 2],
  ["n IS NOT NULL", ({ n }) => n !== null],
  ["k <> 'b'", ({ k }) => k !== null && k !== "b"],
  ["id % 3 = 0", ({ id }) => id % 3 === 0],
  [
    "k IN ('a', '__proto__', '\"q\"') OR n < 0",
    ({ k, n }) => (k !== null && ["a", "__proto__", '"q"'].includes(k)) || (n !== null && n < 0),
  ],
  ["NOT (n = 1 AND k = 'a')", ({ n, k }) => (n !== 1 && n !== null ? true : k !== "a" && k !== null)],
  [
    "t >= TIMESTAMP '2024-01-01 00:00:30 UTC'",
    ({ t }) => t !== null && t >= Date.UTC(2024, 0, 1, 0, 0, 30) / 1000,
  ],
];

/** A filter with a random condition. */
export function randomFilter(random: SeededRandom): Step {
  const [condition, holds] = random.pick(CONDITIONS);
  return {
    operator: "filter",
    text: `filter(${condition})`,
    frame: (stream) => stream.filter(condition),
    model: (rows) => rows.filter(holds),
  };
}
