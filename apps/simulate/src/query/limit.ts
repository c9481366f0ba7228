import type { SeededRandom } from "@ss/testkit";
import { outputRow } from "./row.js";
import type { Terminal } from "./terminal.js";

/** A limit over all batches: the first rows, in the order in which they were added. */
export function randomLimit(random: SeededRandom): Terminal {
  const count = random.pick([0, 1, 2, 5, 10, 25, 1000]);
  return {
    operator: "limit",
    text: `limit(${count})`,
    mode: "append",
    evicts: false,
    needsWatermark: false,
    columns: ["id", "k", "n", "ts"],
    frame: (stream) => stream.limit(count).selectExpr("id", "k", "n", "CAST(t AS BIGINT) AS ts"),
    model: () => {
      let left = count;
      return {
        batch: (rows) => {
          const passed = rows.slice(0, left);
          left -= passed.length;
          return passed.map(({ id, k, n, t }) => outputRow([id, k, n, t]));
        },
      };
    },
  };
}
