import { type Column, col, expr, session_window } from "@ss/sql";
import type { SeededRandom } from "@ss/testkit";
import { type OutputRow, outputRow, type Row } from "./row.js";
import { spreadCall, spreadOf } from "./spread.js";
import type { BatchWatermarks, Terminal, TerminalModel } from "./terminal.js";

/** How long a session lasts after a row, in seconds; null: the row is in none. */
interface Gap {
  readonly text: string;
  readonly column: string | Column;
  of(row: Row): number | null;
}

interface Session {
  readonly k: string | null;
  readonly from: number;
  readonly to: number;
  readonly rows: number;
  readonly values: readonly number[];
}

const RESULTS = ["rows", "sum_n", "max_n"];

/** Groups by the text column and by sessions whose gap is a constant, or differs from row to row. */
export function sessionWindow(random: SeededRandom): Terminal {
  const mode = random.pick(["append", "append", "complete"] as const);
  const withSpread = random.chance(0.3);
  const results = withSpread ? [...RESULTS, "spread"] : RESULTS;
  const gap = random.chance(0.7) ? constantGap(random.pick([1, 5, 20, 60])) : gapByRow();
  return {
    operator: `session window ${mode}`,
    text: `groupBy(k, session_window(t, ${gap.text})).agg(...${withSpread ? ", spread" : ""}) ${mode}`,
    mode,
    evicts: mode === "append",
    needsWatermark: mode === "append",
    columns: ["k", "ss", "se", ...results],
    lateTimes: (row) => {
      const seconds = gap.of(row);
      return row.t === null || seconds === null ? [] : [(row.t + seconds) * 1000];
    },
    frame: (stream) =>
      stream
        .groupBy(col("k"), session_window("t", gap.column))
        .agg(
          expr("count(1) AS rows"),
          expr("sum(n) AS sum_n"),
          expr("max(n) AS max_n"),
          ...(withSpread ? [spreadCall()] : []),
        )
        .selectExpr(
          "k",
          "CAST(session_window.start AS BIGINT) AS ss",
          "CAST(session_window.end AS BIGINT) AS se",
          ...results,
        ),
    model: () => new SessionModel(gap, mode === "complete", withSpread),
  };
}

function constantGap(seconds: number): Gap {
  return { text: `${seconds} seconds`, column: `${seconds} seconds`, of: () => seconds };
}

function gapByRow(): Gap {
  const text = "CASE n % 4 WHEN 0 THEN '3 seconds' WHEN 1 THEN '40 seconds' WHEN 2 THEN '0 seconds' END";
  return {
    text,
    column: expr(text),
    of: ({ n }) => (n === null ? null : n % 4 === 0 ? 3 : n % 4 === 1 ? 40 : null),
  };
}

/** The sessions in a list; those that touch are joined until none do. */
class SessionModel implements TerminalModel {
  private readonly gap: Gap;
  private readonly givesAll: boolean;
  private readonly withSpread: boolean;
  private sessions: Session[] = [];

  constructor(gap: Gap, givesAll: boolean, withSpread: boolean) {
    this.gap = gap;
    this.givesAll = givesAll;
    this.withSpread = withSpread;
  }

  batch(rows: readonly Row[], { lateMs, nowMs }: BatchWatermarks): readonly OutputRow[] {
    for (const row of rows) {
      const seconds = this.gap.of(row);
      if (row.t === null || seconds === null || (row.t + seconds) * 1000 <= lateMs) continue;
      const values = row.n === null ? [] : [row.n];
      this.add({ k: row.k, from: row.t, to: row.t + seconds, rows: 1, values });
    }
    const result = (session: Session): OutputRow => resultOf(session, this.withSpread);
    if (this.givesAll) return this.sessions.map(result);
    const completed = this.sessions.filter(({ to }) => to * 1000 <= nowMs);
    this.sessions = this.sessions.filter((session) => !completed.includes(session));
    return completed.map(result);
  }

  private add(session: Session): void {
    const other = this.sessions.find(
      ({ k, from, to }) => k === session.k && from <= session.to && session.from <= to,
    );
    if (other === undefined) {
      this.sessions.push(session);
      return;
    }
    this.sessions = this.sessions.filter((one) => one !== other);
    this.add({
      k: session.k,
      from: Math.min(session.from, other.from),
      to: Math.max(session.to, other.to),
      rows: session.rows + other.rows,
      values: [...session.values, ...other.values],
    });
  }
}

function resultOf({ k, from, to, rows, values }: Session, withSpread: boolean): OutputRow {
  const some = values.length > 0;
  return outputRow([
    k,
    from,
    to,
    rows,
    some ? values.reduce((total, value) => total + value, 0) : null,
    some ? Math.max(...values) : null,
    ...(withSpread ? [spreadOf(rows, values)] : []),
  ]);
}
