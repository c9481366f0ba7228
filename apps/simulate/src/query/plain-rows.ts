import { outputRow } from "./row.js";
import type { Terminal } from "./terminal.js";

/** No operator: the rows as they are. */
export function plainRows(): Terminal {
  return {
    operator: "stateless",
    text: "",
    mode: "append",
    evicts: false,
    needsWatermark: false,
    columns: ["id", "k", "n", "ts"],
    frame: (stream) => stream.selectExpr("id", "k", "n", "CAST(t AS BIGINT) AS ts"),
    model: () => ({ batch: (rows) => rows.map(({ id, k, n, t }) => outputRow([id, k, n, t])) }),
  };
}
