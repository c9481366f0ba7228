import type { SeededRandom } from "@ss/testkit";
import type { Row } from "./row.js";
import type { Step } from "./step.js";

/** A row of the static side. */
interface Weight {
  readonly key: string | null;
  readonly w: number;
}

type JoinKind = "inner" | "left" | "left_semi" | "left_anti";

/** A join of the stream with a random static table; what it finds is added to `n`. */
export function randomJoin(random: SeededRandom): Step {
  const kind = random.pick(["inner", "left", "left_semi", "left_anti"] as const);
  const keys = ["a", "b", "c", "", "__proto__", "nowhere", null];
  const weights: Weight[] = Array.from({ length: random.integer(0, 8) }, () => ({
    key: random.pick(keys),
    w: random.integer(1, 5) * 1000,
  }));
  return {
    operator: `join ${kind}`,
    text: `join(${JSON.stringify(weights)}, k = key, ${kind})`,
    frame: (stream, spark) => {
      const rows = weights.map(({ key, w }) => [key, w]);
      const table = spark.createDataFrame(rows, "key STRING, w INT");
      const joined = stream.join(table, stream.col("k").eq(table.col("key")), kind);
      return kind === "left_semi" || kind === "left_anti"
        ? joined
        : joined.selectExpr("id", "k", "n + coalesce(w, 0) AS n", "t");
    },
    model: (rows) => rows.flatMap((row) => joinedRows(row, weights, kind)),
  };
}

function joinedRows(row: Row, weights: readonly Weight[], kind: JoinKind): Row[] {
  const matches = weights.filter(({ key }) => key !== null && key === row.k);
  if (kind === "left_semi") return matches.length > 0 ? [row] : [];
  if (kind === "left_anti") return matches.length > 0 ? [] : [row];
  if (matches.length === 0) return kind === "left" ? [row] : [];
  return matches.map(({ w }) => ({ ...row, n: row.n === null ? null : row.n + w }));
}
