import { isDeepStrictEqual } from "node:util";
import type { StateOperatorProgress, StreamingQueryProgress } from "@ss/core";
import { sortedRows } from "./plain-value.js";
import type { Step } from "./scenario.js";
import type { StreamRun } from "./stream-run.js";

/** Where the checks of a scenario stand: what they have seen already. */
export interface CheckPosition {
  rowBatches: number;
  stateBatches: number;
}

type Check = (
  run: StreamRun,
  position: CheckPosition,
  args: readonly unknown[],
  mode: string,
) => string | undefined;

/** Carries out a step that checks. Returns undefined if it holds, `null` if the step is not a check, else what differs. */
export function checkStep(
  step: Step,
  run: StreamRun,
  position: CheckPosition,
  mode: string,
): string | undefined | null {
  const [name, ...args] = step;
  const check = checks[name];
  if (check === undefined) return null;
  const problem = check(run, position, args, mode);
  return problem === undefined ? undefined : `${name}: ${problem}`;
}

const checks: Readonly<Record<string, Check>> = {
  new: (run, position, [rows]) => {
    const actual = run.rows(position.rowBatches);
    position.rowBatches = run.batchCount;
    return sameRows(rows as unknown[], actual);
  },
  all: (run, _, [rows], mode) => sameRows(rows as unknown[], allRows(run, mode)),
  allSorted: (run, _, [rows], mode) => same(rows, allRows(run, mode)),
  countAll: (run, _, [count], mode) => same(count, allRows(run, mode).length),
  sumCount: (run, _, [sum], mode) =>
    same(
      sum,
      allRows(run, mode).reduce((total, row) => total + Number(row.at(-1)), 0),
    ),
  state: (run, position, [wanted]) => {
    const since = run.batches.slice(position.stateBatches);
    position.stateBatches = run.batches.length;
    return checkState(wanted as Readonly<Record<string, readonly number[]>>, run.batches, since);
  },
  watermark: (run, _, [seconds]) => same(seconds, secondsOf(run.batches.at(-1)?.eventTime?.["watermark"])),
  eventTime: (run, _, [wanted]) => {
    const eventTime = run.batches.findLast(({ numInputRows }) => numInputRows > 0)?.eventTime;
    const names = Object.keys(wanted as object);
    return same(wanted, Object.fromEntries(names.map((name) => [name, secondsOf(eventTime?.[name])])));
  },
  customMetric: (run, _, [name, value]) => {
    const batch = run.batches.findLast(({ numInputRows }) => numInputRows > 0);
    const total = batch?.stateOperators.map(({ customMetrics }) => customMetrics[name as string]);
    return same([value], total);
  },
};

function allRows(run: StreamRun, mode: string): unknown[][] {
  return mode === "complete" ? run.lastRows() : run.rows();
}

/** The counters that a scenario adds up since its last look, by its names for them. */
const SUMMED: Readonly<Record<string, keyof StateOperatorProgress>> = {
  updated: "numRowsUpdated",
  removed: "numRowsRemoved",
  dropped: "numRowsDroppedByWatermark",
};

function checkState(
  wanted: Readonly<Record<string, readonly number[]>>,
  all: readonly StreamingQueryProgress[],
  since: readonly StreamingQueryProgress[],
): string | undefined {
  const last = all.at(-1)?.stateOperators ?? [];
  const actual: Record<string, readonly number[]> = {};
  for (const name of Object.keys(wanted)) {
    const counter = SUMMED[name];
    actual[name] = last.map((operator, i) =>
      counter === undefined
        ? operator.numRowsTotal
        : since.reduce((sum, { stateOperators }) => sum + Number(stateOperators[i]?.[counter] ?? 0), 0),
    );
  }
  return same(wanted, actual);
}

function secondsOf(isoTime: string | undefined): number | undefined {
  return isoTime === undefined ? undefined : Date.parse(isoTime) / 1000;
}

function sameRows(expected: readonly unknown[], actual: readonly unknown[]): string | undefined {
  return same(sortedRows(expected), sortedRows(actual), () => [expected, actual]);
}

function same(expected: unknown, actual: unknown, show?: () => readonly unknown[]): string | undefined {
  if (isDeepStrictEqual(expected, actual)) return undefined;
  const [wanted, got] = show?.() ?? [expected, actual];
  return `expected ${JSON.stringify(wanted)}, got ${JSON.stringify(got)}`;
}
