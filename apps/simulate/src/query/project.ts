import type { SeededRandom } from "@ss/testkit";
import type { Row } from "./row.js";
import type { Step } from "./step.js";

/** Replacements of a column in SQL, and the same of a row. */
const PROJECTIONS: readonly (readonly [column: "k" | "n" | "t", expression: string, (row: Row) => Row])[] = [
  ["n", "n * 2 + 1", (row) => ({ ...row, n: row.n === null ? null : row.n * 2 + 1 })],
  ["n", "coalesce(n, -1)", (row) => ({ ...row, n: row.n ?? -1 })],
  ["n", "CASE WHEN k = 'a' THEN 100 ELSE n END", (row) => ({ ...row, n: row.k === "a" ? 100 : row.n })],
  ["k", "concat(k, '!')", (row) => ({ ...row, k: row.k === null ? null : `${row.k}!` })],
  [
    "k",
    "CASE WHEN n > 4 THEN 'many' ELSE k END",
    (row) => ({ ...row, k: row.n !== null && row.n > 4 ? "many" : row.k }),
  ],
];

/** A projection that replaces a random column. */
export function randomProject(random: SeededRandom): Step {
  const [column, expression, model] = random.pick(PROJECTIONS);
  const columns = ["id", "k", "n", "t"].map((name) => (name === column ? `${expression} AS ${name}` : name));
  return {
    operator: "project",
    text: `selectExpr(${columns.join(", ")})`,
    frame: (stream) => stream.selectExpr(...columns),
    model: (rows) => rows.map(model),
  };
}
