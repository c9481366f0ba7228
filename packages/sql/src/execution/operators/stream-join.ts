import { BATCH_ROWS, columnBuilder, type StateFamily, type StateMatches, takeColumn } from "@ss/core";
import type { Expression } from "../../expression/expression.js";
import { eventTimeColumn } from "../../logical/event-time-column.js";
import type { Rows } from "../../logical/rows.js";
import { JOIN_OPERATOR } from "../../physical/operator-names.js";
import type { StreamJoinPlan } from "../../physical/plan.js";
import { truths } from "../aggregate/group-table.js";
import { Stage } from "../codegen/stage.js";
import type { StageSettings } from "../codegen/stage-writer.js";
import { onTime } from "../event-times.js";
import type { Operator, Run } from "../operator.js";
import { JoinSide, type SideName } from "../stream-join/join-side.js";
import type { OperatorCounts, StreamRun } from "../stream-run.js";

/** Pairs that are given out at once, about. */
const PAIR_ROWS = 4 * BATCH_ROWS;

/** What a run of the operator needs at every turn. */
interface Turn {
  readonly run: Run;
  readonly stream: StreamRun;
  readonly counts: OperatorCounts;
}

/** One of the two inputs, with what happens to its rows. */
interface Input {
  readonly name: SideName;
  readonly child: Operator;
  readonly side: JoinSide;
  /** What a row must fulfil, by itself, to have partners. */
  readonly own: Stage | undefined;
  /** Whether its rows without a partner are given out, with nulls. */
  readonly outer: boolean;
  /** The column by which its rows are late; -1 without a watermark. */
  readonly time: number;
  /** How many rows of a run were numbered: its parts go on counting. */
  numbered: { readonly runId: number; count: number };
}

/**
 * A symmetric hash join of two streams. In each batch the rows of one side are joined with what is kept of the other, then those of the other
 * with what is kept of the first, those of this batch included; rows are kept as long as the watermark lets partners come. An outer join
 * gives a row without a partner out when its time has ended, or at once where a condition on it alone rules partners out; a semi join
 * gives a row of the left out once, with its first partner, and forgets it.
 */
export class StreamJoinOperator implements Operator {
  readonly output: StreamJoinPlan["output"];
  readonly families: readonly [JoinSide["spec"], JoinSide["spec"]];
  private readonly plan: StreamJoinPlan;
  private readonly left: Input;
  private readonly right: Input;
  private readonly both: Stage | undefined;

  constructor(plan: StreamJoinPlan, left: Operator, right: Operator, settings: StageSettings) {
    this.output = plan.output;
    this.plan = plan;
    const { type } = plan;
    const input = (name: SideName, child: Operator, outer: boolean): Input => ({
      name,
      child,
      side: new JoinSide(plan, name, outer),
      own: conditionStage(child.output, plan.own[name], settings),
      outer,
      time: eventTimeColumn(child.output),
      numbered: { runId: -1, count: 0 },
    });
    this.left = input("left", left, type === "left" || type === "full");
    this.right = input("right", right, type === "right" || type === "full");
    this.both = conditionStage([...left.output, ...right.output], plan.conditions, settings);
    this.families = [this.left.side.spec, this.right.side.spec];
  }

  async *rows(run: Run): AsyncIterable<Rows> {
    const stream = run.stream!;
    const turn = { run, stream, counts: stream.counts(this.plan.operatorId, JOIN_OPERATOR) };
    // a row of the left that finds its partner need not be kept for a semi join
    const [first, second] = this.plan.type === "leftSemi" ? [this.right, this.left] : [this.left, this.right];
    yield* this.take(turn, first, second, true);
    yield* this.take(turn, second, first, false);
    const start = stream.monotonicMs();
    for (const input of [this.left, this.right]) yield* this.forget(turn, input);
    turn.counts.removalsMs += stream.monotonicMs() - start;
  }

  /** Joins the rows of an input with what is kept of the other, and keeps them; the other's are `stillToCome` in this batch, or have been. */
  private async *take(turn: Turn, input: Input, other: Input, stillToCome: boolean): AsyncGenerator<Rows> {
    const { run, stream, counts } = turn;
    if (input.numbered.runId !== run.runId) input.numbered = { runId: run.runId, count: 0 };
    const { numbered } = input;
    for await (const batch of input.child.rows(run)) {
      const start = stream.monotonicMs();
      const rows = this.withoutLate(turn, input, batch);
      const { able, unable } = this.divided(run, input, rows);
      if (unable !== undefined && input.outer) yield* this.padded(input, unable);
      if (able.rowCount > 0) {
        const matched = new Uint8Array(able.rowCount);
        yield* this.join(turn, input, other, able, matched);
        yield* this.keep(turn, input, able, matched, numbered.count, stillToCome);
        numbered.count += able.rowCount;
      }
      counts.updatesMs += stream.monotonicMs() - start;
      stream.checkState(batch.rowCount);
      const pause = run.breathe();
      if (pause) await pause;
    }
  }

  private withoutLate({ stream, counts }: Turn, input: Input, batch: Rows): Rows {
    if (input.time < 0) return batch;
    const kept = onTime(
      batch.columns[input.time]!,
      batch.rowCount,
      stream.watermarksOf(this.plan.operatorId).lateWatermarkMs,
    );
    if (kept === undefined) return batch;
    counts.droppedByWatermark += batch.rowCount - kept.length;
    return taken(batch, kept);
  }

  /** The rows that can have partners by themselves, and those that cannot. */
  private divided(run: Run, { own }: Input, rows: Rows): { readonly able: Rows; readonly unable?: Rows } {
    if (own === undefined || rows.rowCount === 0) return { able: rows };
    const passing = fulfilled(own, rows, run);
    const [able, unable] = [positionsOf(passing, 1), positionsOf(passing, 0)];
    return unable.length === 0 ? { able: rows } : { able: taken(rows, able), unable: taken(rows, unable) };
  }

  /** Gives out the pairs of rows with what is kept of the other input; `matched` notes which rows have some. */
  private *join(turn: Turn, input: Input, other: Input, rows: Rows, matched: Uint8Array): Generator<Rows> {
    const family = familyOf(turn.stream, other);
    const usable = input.side.usable(rows);
    const asking = usable === undefined ? rows : taken(rows, usable);
    if (asking.rowCount === 0 || family.rowCount === 0) return;
    const state = family.match(input.side.keysOf(asking), asking.rowCount);
    const { questions, positions } = state;
    if (usable !== undefined)
      for (let p = 0; p < questions.length; p++) questions[p] = usable[questions[p]!]!;
    const partners = new Int32Array(this.remembersPartners(input, other) ? questions.length : 0);
    let partnerCount = 0;
    for (let from = 0; from < questions.length; from += PAIR_ROWS) {
      const to = Math.min(questions.length, from + PAIR_ROWS);
      const pairs = this.pairs(input, other, rows, state, from, to);
      const passing = this.both && positionsOf(fulfilled(this.both, pairs, turn.run), 1);
      const count = passing?.length ?? pairs.rowCount;
      for (let k = 0; k < count; k++) {
        const p = from + (passing === undefined ? k : passing[k]!);
        matched[questions[p]!] = 1;
        if (partners.length > 0) partners[partnerCount++] = positions[p]!;
      }
      if (this.plan.type === "leftSemi" || count === 0) continue;
      yield passing === undefined || count === pairs.rowCount ? pairs : taken(pairs, passing);
    }
    yield* this.settle(turn, input, other, rows, state, partners.subarray(0, partnerCount), matched);
  }

  /** Whether it matters which of the rows that are kept have had a partner. */
  private remembersPartners(input: Input, other: Input): boolean {
    return this.plan.type === "leftSemi" ? input.name === "right" : other.outer;
  }

  /** The pairs `from .. to)` with the columns of both sides. */
  private pairs(input: Input, other: Input, rows: Rows, state: StateMatches, from: number, to: number): Rows {
    const rowCount = to - from;
    const questions = state.questions.subarray(from, to);
    const mine = rows.columns.map((column) => takeColumn(column, questions, rowCount));
    const theirs = other.side.rowsAt(state, state.positions.subarray(from, to), rowCount);
    return { columns: input.name === "left" ? [...mine, ...theirs] : [...theirs, ...mine], rowCount };
  }

  /** Notes what has had a partner among the rows that are kept; a semi join gives it out and forgets it. */
  private *settle(
    turn: Turn,
    input: Input,
    other: Input,
    rows: Rows,
    state: StateMatches,
    partners: Int32Array,
    matched: Uint8Array,
  ): Generator<Rows> {
    if (this.plan.type === "leftSemi") {
      if (input.name === "left") {
        const found = positionsOf(matched, 1);
        if (found.length > 0) yield taken(rows, found);
        return;
      }
      const found = distinct(partners);
      if (found.length === 0) return;
      yield { columns: other.side.rowsAt(state, found, found.length), rowCount: found.length };
      const keys = state.keys.map((column) => takeColumn(column, found, found.length));
      turn.counts.removed += familyOf(turn.stream, other).remove(keys, found.length);
      return;
    }
    if (!other.outer) return;
    const found = distinct(partners).filter((position) => !other.side.isMatched(state, position));
    if (found.length > 0) other.side.markMatched(familyOf(turn.stream, other), state, found, found.length);
  }

  /** Keeps the rows that later ones may be partners of; those of an outer side that can have none any more are given out. */
  private *keep(
    turn: Turn,
    input: Input,
    rows: Rows,
    matched: Uint8Array,
    number: number,
    stillToCome: boolean,
  ): Generator<Rows> {
    const { stream, counts } = turn;
    let kept = rows;
    let flags = matched;
    if (this.plan.type === "leftSemi" && input.name === "left") {
      const waiting = positionsOf(matched, 0);
      kept = waiting.length === rows.rowCount ? rows : taken(rows, waiting);
      flags = new Uint8Array(kept.rowCount);
    }
    const lasting = stillToCome
      ? undefined
      : input.side.lasting(kept, stream.watermarksOf(this.plan.operatorId).watermarkMs);
    if (lasting !== undefined) {
      if (input.outer) yield* this.padded(input, taken(kept, withoutPartner(flags, lasting)));
      flags = flags.length === 0 ? flags : Uint8Array.from(lasting, (i) => flags[i]!);
      kept = taken(kept, lasting);
    }
    if (kept.rowCount === 0) return;
    input.side.keep(familyOf(stream, input), kept, number, stream.batchId, flags);
    counts.updated += kept.rowCount;
  }

  /** Forgets the rows of an input whose time has ended; of an outer side those without a partner are given out. */
  private *forget({ stream, counts }: Turn, input: Input): Generator<Rows> {
    const bound = input.side.boundAt(stream.watermarksOf(this.plan.operatorId).watermarkMs);
    if (bound === undefined) return;
    const family = familyOf(stream, input);
    for (const rows of family.removeBelow(bound)) {
      if (input.outer) {
        const lonely: number[] = [];
        for (let i = 0; i < rows.rowCount; i++) if (!input.side.isMatched(rows, i)) lonely.push(i);
        const positions = Int32Array.from(lonely);
        const columns = input.side.rowsAt(rows, positions, positions.length);
        yield* this.padded(input, { columns, rowCount: positions.length });
      }
      counts.removed += rows.rowCount;
    }
  }

  /** Rows without a partner, with nulls in its place. */
  private *padded(input: Input, { columns, rowCount }: Rows): Generator<Rows> {
    if (rowCount === 0) return;
    const other = input.name === "left" ? this.right : this.left;
    const nothing = new Int32Array(rowCount).fill(-1);
    const nulls = other.side.columns.map(({ type }) =>
      takeColumn(columnBuilder(type).finish(), nothing, rowCount),
    );
    yield { columns: input.name === "left" ? [...columns, ...nulls] : [...nulls, ...columns], rowCount };
  }
}

function familyOf(stream: StreamRun, { side, name }: Input): StateFamily {
  return stream.family(side.spec.operatorId, name);
}

function conditionStage(
  input: StreamJoinPlan["output"],
  outputs: readonly Expression[],
  settings: StageSettings,
): Stage | undefined {
  return outputs.length === 0 ? undefined : new Stage({ input, conditions: [], outputs }, settings);
}

/** 1 for rows that fulfil all outputs of a stage. */
function fulfilled(stage: Stage, rows: Rows, run: Run): Uint8Array {
  const tests = stage.run(rows.columns, rows.rowCount, run).columns;
  const all = new Uint8Array(rows.rowCount).fill(1);
  for (const test of tests) {
    const truth = truths(test, rows.rowCount);
    for (let i = 0; i < all.length; i++) all[i]! &= truth[i]!;
  }
  return all;
}

function positionsOf(flags: Uint8Array, wanted: number): Int32Array {
  const positions = new Int32Array(flags.length);
  let count = 0;
  for (let i = 0; i < flags.length; i++) if (flags[i] === wanted) positions[count++] = i;
  return positions.subarray(0, count);
}

/** The rows that are not in `lasting` (ascending) and have no partner. */
function withoutPartner(matched: Uint8Array, lasting: Int32Array): Int32Array {
  const found: number[] = [];
  let next = 0;
  for (let i = 0; i < matched.length; i++) {
    if (lasting[next] === i) next++;
    else if (matched[i] === 0) found.push(i);
  }
  return Int32Array.from(found);
}

function distinct(positions: Int32Array): Int32Array {
  const sorted = positions.slice().sort();
  return sorted.filter((position, k) => k === 0 || position !== sorted[k - 1]);
}

function taken({ columns }: Rows, rows: Int32Array): Rows {
  const rowCount = rows.length;
  return { columns: columns.map((column) => takeColumn(column, rows, rowCount)), rowCount };
}
