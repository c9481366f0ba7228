import type { OutputMode } from "@ss/core";
import { type Column, col, expr, window } from "@ss/sql";
import type { SeededRandom } from "@ss/testkit";
import { type OutputRow, outputRow, type Row } from "./row.js";
import { spreadCall, spreadOf } from "./spread.js";
import type { BatchWatermarks, Terminal, TerminalModel } from "./terminal.js";

/** How rows are grouped. */
interface Grouping {
  readonly operator: string;
  readonly text: string;
  /** Whether event time is among the keys, so that a watermark completes groups. */
  readonly timed: boolean;
  readonly keys: readonly Column[];
  /** The keys of the result, in SQL. */
  readonly outputs: readonly string[];
  readonly columns: readonly string[];
  /** The groups of a row: one, several, or none. */
  groupsOf(row: Row): readonly Group[];
}

interface Group {
  readonly keys: readonly (string | number | null)[];
  /** When the group is complete, in milliseconds; null: never. */
  readonly endMs: number | null;
}

interface Totals {
  readonly group: Group;
  rows: number;
  readonly values: number[];
}

const CALLS = [
  "count(1) AS rows",
  "count(n) AS count_n",
  "sum(n) AS sum_n",
  "min(n) AS min_n",
  "max(n) AS max_n",
  "avg(n) AS avg_n",
];
const RESULTS = ["rows", "count_n", "sum_n", "min_n", "max_n", "avg_n"];

/** Groups by the text column. */
export function countByKey(random: SeededRandom): Terminal {
  const mode = random.pick(["update", "complete"] as const);
  return aggregation(random, mode, {
    operator: "count by key",
    text: "groupBy(k)",
    timed: false,
    keys: [col("k")],
    outputs: ["k"],
    columns: ["k"],
    groupsOf: ({ k }) => [{ keys: [k], endMs: null }],
  });
}

/** No keys: one group, which is there from the start. */
export function countAll(random: SeededRandom): Terminal {
  const mode = random.pick(["update", "complete"] as const);
  return aggregation(random, mode, {
    operator: "count of all",
    text: "groupBy()",
    timed: false,
    keys: [],
    outputs: [],
    columns: [],
    groupsOf: () => [{ keys: [], endMs: null }],
  });
}

/** Groups by the event time itself. */
export function countByTime(random: SeededRandom): Terminal {
  return aggregation(random, random.pick(["append", "update", "complete"] as const), {
    operator: "count by event time",
    text: "groupBy(t)",
    timed: true,
    keys: [col("t")],
    outputs: ["CAST(t AS BIGINT) AS ts"],
    columns: ["ts"],
    groupsOf: ({ t }) => [{ keys: [t], endMs: t === null ? null : t * 1000 }],
  });
}

/** Groups by windows that follow one another, and perhaps by the text column. */
export function tumblingWindow(random: SeededRandom): Terminal {
  const size = random.pick([5, 10, 30, 60]);
  return windowed(random, "tumbling window", size, size, random.pick([0, 0, 3]));
}

/** Groups by windows that overlap, or leave gaps, and perhaps by the text column. */
export function slidingWindow(random: SeededRandom): Terminal {
  const [size, slide] = random.pick([
    [10, 5],
    [30, 10],
    [60, 25],
    [20, 20],
  ] as const);
  return windowed(random, "sliding window", size, slide, random.pick([0, 0, 2]));
}

function windowed(
  random: SeededRandom,
  operator: string,
  size: number,
  slide: number,
  start: number,
): Terminal {
  const withKey = random.chance();
  const seconds = (count: number): string => `${count} seconds`;
  return aggregation(random, random.pick(["append", "append", "update", "complete"] as const), {
    operator,
    text: `groupBy(window(t, ${size}, ${slide}, ${start})${withKey ? ", k" : ""})`,
    timed: true,
    keys: [window(col("t"), seconds(size), seconds(slide), seconds(start)), ...(withKey ? [col("k")] : [])],
    outputs: [
      "CAST(window.start AS BIGINT) AS ws",
      "CAST(window.end AS BIGINT) AS we",
      ...(withKey ? ["k"] : []),
    ],
    columns: ["ws", "we", ...(withKey ? ["k"] : [])],
    groupsOf: ({ t, k }) => {
      if (t === null) return [];
      const groups: Group[] = [];
      for (let from = lastStart(t, slide, start); from > t - size; from -= slide) {
        groups.push({ keys: [from, from + size, ...(withKey ? [k] : [])], endMs: (from + size) * 1000 });
      }
      return groups;
    },
  });
}

/** The latest start of a window at or before a time. */
function lastStart(t: number, slide: number, start: number): number {
  return Math.floor((t - start) / slide) * slide + start;
}

/** The aggregates that are built in, and sometimes one of the program's beside them. */
function aggregation(random: SeededRandom, mode: OutputMode, grouping: Grouping): Terminal {
  const { operator, text, timed, keys, outputs, columns } = grouping;
  const withSpread = random.chance(0.3);
  const calls = [...CALLS.map((call) => expr(call)), ...(withSpread ? [spreadCall()] : [])];
  const results = withSpread ? [...RESULTS, "spread"] : RESULTS;
  return {
    operator: `${operator} ${mode}`,
    text: `${text}.agg(...${withSpread ? ", spread" : ""}) ${mode}`,
    mode,
    evicts: timed && mode !== "complete",
    needsWatermark: mode === "append",
    columns: [...columns, ...results],
    ...(timed && mode !== "complete" && { lateTimes: (row: Row) => timesOf(grouping.groupsOf(row)) }),
    frame: (stream) =>
      stream
        .groupBy(...keys)
        .agg(...calls)
        .selectExpr(...outputs, ...results),
    model: () => new AggregateModel(mode, grouping, withSpread),
  };
}

function timesOf(groups: readonly Group[]): number[] {
  return groups.flatMap(({ endMs }) => (endMs === null ? [] : [endMs]));
}

/** The aggregation with a Map from the keys' text to what the group has seen. */
class AggregateModel implements TerminalModel {
  private readonly mode: OutputMode;
  private readonly grouping: Grouping;
  private readonly withSpread: boolean;
  private readonly state = new Map<string, Totals>();

  constructor(mode: OutputMode, grouping: Grouping, withSpread: boolean) {
    this.mode = mode;
    this.grouping = grouping;
    this.withSpread = withSpread;
    if (grouping.keys.length === 0) this.totalsOf({ keys: [], endMs: null });
  }

  batch(rows: readonly Row[], { lateMs, nowMs }: BatchWatermarks): readonly OutputRow[] {
    const changed = new Set<Totals>();
    if (this.grouping.keys.length === 0) changed.add(this.totalsOf({ keys: [], endMs: null }));
    for (const row of rows) {
      for (const group of this.grouping.groupsOf(row)) {
        if (this.mode !== "complete" && group.endMs !== null && group.endMs <= lateMs) continue;
        const totals = this.totalsOf(group);
        totals.rows++;
        if (row.n !== null) totals.values.push(row.n);
        changed.add(totals);
      }
    }
    const result = (totals: Totals): OutputRow => resultOf(totals, this.withSpread);
    if (this.mode === "complete") return [...this.state.values()].map(result);
    const completed = [...this.state].filter(([, { group }]) => group.endMs !== null && group.endMs <= nowMs);
    for (const [key] of completed) this.state.delete(key);
    return this.mode === "update" ? [...changed].map(result) : completed.map(([, totals]) => result(totals));
  }

  private totalsOf(group: Group): Totals {
    const key = JSON.stringify(group.keys);
    let totals = this.state.get(key);
    if (!totals) this.state.set(key, (totals = { group, rows: 0, values: [] }));
    return totals;
  }
}

function resultOf({ group, rows, values }: Totals, withSpread: boolean): OutputRow {
  const sum = values.reduce((total, value) => total + value, 0);
  const some = values.length > 0;
  return outputRow([
    ...group.keys,
    rows,
    values.length,
    some ? sum : null,
    some ? Math.min(...values) : null,
    some ? Math.max(...values) : null,
    some ? sum / values.length : null,
    ...(withSpread ? [spreadOf(rows, values)] : []),
  ]);
}
