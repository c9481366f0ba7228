import { BATCH_ROWS, BooleanColumn, BooleanType, type Column, columnBuilder, takeColumn } from "@ss/core";
import type { Attribute } from "../../expression/expression.js";
import type { Rows } from "../../logical/rows.js";
import type { JoinPlan } from "../../physical/plan.js";
import { nodeText } from "../../physical/text.js";
import { truths } from "../aggregate/group-table.js";
import { Stage } from "../codegen/stage.js";
import type { StageSettings } from "../codegen/stage-writer.js";
import { BuildSide } from "../join/build-side.js";
import { NONE, Pairs, repeats, singlePairs, withUnmatched } from "../join/pairs.js";
import { SteadyInputs } from "../join/steady-inputs.js";
import type { Holding, MemoryScope } from "../memory-budget.js";
import type { Operator, Run } from "../operator.js";
import { splittingRead } from "../parallel/fragment.js";
import { scalarSubqueryTooManyRows } from "../subquery-errors.js";

/** A hash join (of all pairs where there is no equality): one side is held, the other flows by. */
export class JoinOperator implements Operator {
  readonly output: JoinPlan["output"];
  private readonly plan: JoinPlan;
  private readonly probe: Operator;
  private readonly build: Operator;
  private readonly probeKeys: readonly number[];
  private readonly buildKeys: readonly number[];
  private readonly residual: Stage | undefined;
  /** Filled anew by each run. */
  private readonly side: BuildSide;
  /** Whether the held side's rows come from inputs alone, so that they are the same for every pass of a run. */
  private readonly isFixed: boolean;
  /** The run whose rows are held, if they are fixed. */
  private heldFor = -1;
  /** Tells when the rows of a side that stands beside a stream may be kept from batch to batch. */
  private readonly inputs: SteadyInputs | undefined;
  /** What a side that is kept from batch to batch has of the memory. */
  private kept: Holding | undefined;
  private slots: Int32Array = new Int32Array(0);
  /** Whether rows of a side without a partner are given out, with nulls. */
  private readonly keepProbe: boolean;
  private readonly keepBuild: boolean;

  constructor(plan: JoinPlan, left: Operator, right: Operator, settings: StageSettings) {
    this.output = plan.output;
    this.plan = plan;
    const buildsLeft = plan.build === "left";
    this.probe = buildsLeft ? right : left;
    this.build = buildsLeft ? left : right;
    const [probeKeys, buildKeys] = buildsLeft
      ? [plan.keys.right, plan.keys.left]
      : [plan.keys.left, plan.keys.right];
    const held = buildsLeft ? plan.left : plan.right;
    this.isFixed = splittingRead(held) !== undefined;
    this.inputs = plan.beside === "steady" ? new SteadyInputs(held) : undefined;
    this.probeKeys = positions(probeKeys, this.probe.output);
    this.buildKeys = positions(buildKeys, this.build.output);
    this.side = new BuildSide(
      this.build.output,
      this.buildKeys.map((k) => this.build.output[k]!),
    );
    this.keepProbe =
      plan.type === "full" || plan.type === "leftSingle" || plan.type === (buildsLeft ? "right" : "left");
    this.keepBuild = plan.type === "full" || plan.type === (buildsLeft ? "left" : "right");
    if (plan.conditions.length > 0) {
      const input = [...this.probe.output, ...this.build.output];
      const outputs = plan.conditions;
      this.residual = new Stage({ input, conditions: [], outputs }, settings);
    }
  }

  async *rows(run: Run): AsyncIterable<Rows> {
    const side = await this.hold(run);
    const matched = this.keepBuild ? new Uint8Array(side.rowCount) : undefined;
    for await (const batch of this.probe.rows(run)) yield* this.join(batch, side, matched, run);
    if (matched) yield* this.unmatched(side, matched);
  }

  private async hold(run: Run): Promise<BuildSide> {
    const { side } = this;
    if (this.heldFor === run.runId) return side;
    const isKnown = this.inputs?.look(run) === true;
    if (isKnown && this.inputs!.isUnchanged) return side;
    this.heldFor = -1;
    this.inputs?.forget();
    side.reset();
    const batchMemory = run.stream?.batchMemory;
    const holding = isKnown ? this.keptHolding(run) : this.holding(batchMemory ?? run.memory);
    for await (const batch of this.build.rows(run)) {
      const keys = this.buildKeys.map((k) => batch.columns[k]!);
      side.add(batch, keys, this.usable(keys, batch.rowCount));
      holding.added(batch.rowCount);
    }
    side.finish();
    holding.look();
    if (isKnown) this.inputs!.taken();
    if (this.isFixed || batchMemory !== undefined) this.heldFor = run.runId;
    return side;
  }

  private holding(memory: MemoryScope): Holding {
    return memory.hold(
      () => nodeText(this.plan),
      () => this.side.byteSize(),
    );
  }

  private keptHolding(run: Run): Holding {
    this.kept ??= this.holding(run.tables!.memory);
    return this.kept;
  }

  /** 0 for rows whose key cannot match, as null equals null only for `<=>`; undefined where all can. */
  private usable(keys: readonly Column[], rowCount: number): Uint8Array | undefined {
    let usable: Uint8Array | undefined;
    keys.forEach((key, k) => {
      if (this.plan.keys.nullSafe[k] || (key.validity === null && key.layout !== "null")) return;
      usable ??= new Uint8Array(rowCount).fill(1);
      for (let i = 0; i < rowCount; i++) if (key.isNull(i)) usable[i] = 0;
    });
    return usable;
  }

  private *join(batch: Rows, side: BuildSide, matched: Uint8Array | undefined, run: Run): Generator<Rows> {
    const { rowCount } = batch;
    const keys = this.probeKeys.map((k) => batch.columns[k]!);
    if (this.slots.length < rowCount) this.slots = new Int32Array(Math.max(rowCount, BATCH_ROWS));
    const { slots } = this;
    side.table.find(keys, rowCount, slots);
    const usable = this.usable(keys, rowCount);
    if (side.unique) {
      const pairs = singlePairs(slots, side.heads, usable, rowCount);
      return yield* this.emit(batch, side, pairs, 0, rowCount, matched, run);
    }
    let pairs = new Pairs();
    let from = 0;
    for (let i = 0; i < rowCount; i++) {
      if (slots[i] !== NONE && usable?.[i] !== 0) {
        for (let row = side.heads[slots[i]!]!; row !== NONE; row = side.next[row]!) pairs.push(i, row);
      }
      // many partners: hand on what there is, in whole probe rows
      if (pairs.count >= BATCH_ROWS * 4) {
        yield* this.emit(batch, side, pairs, from, i + 1, matched, run);
        pairs = new Pairs();
        from = i + 1;
      }
    }
    yield* this.emit(batch, side, pairs, from, rowCount, matched, run);
  }

  /** Checks what else a pair must fulfil and gives out rows `from .. to)` of the probe batch. */
  private *emit(
    batch: Rows,
    side: BuildSide,
    candidates: Pairs,
    from: number,
    to: number,
    matched: Uint8Array | undefined,
    run: Run,
  ): Generator<Rows> {
    const pairs = this.residual ? this.fulfilling(batch, side, candidates, run) : candidates;
    if (matched) for (let p = 0; p < pairs.count; p++) matched[pairs.build[p]!] = 1;
    const { type, subqueryOrigin } = this.plan;
    if (type === "leftSemi" || type === "leftAnti" || type === "existence") {
      return yield* this.test(batch, this.partnered(batch, side, pairs), from, to);
    }
    if (type === "leftSingle" && repeats(pairs)) throw scalarSubqueryTooManyRows(subqueryOrigin);
    const all = this.keepProbe ? withUnmatched(pairs, from, to) : pairs;
    if (all.count === 0) return;
    // every probe row has its one partner: the batch is as it was
    const whole = side.unique && all.count === batch.rowCount && from === 0;
    const probe = whole
      ? batch.columns
      : batch.columns.map((column) => takeColumn(column, all.probe, all.count));
    yield this.combine(probe, side.take(all.build, all.count), all.count);
  }

  private fulfilling(batch: Rows, side: BuildSide, pairs: Pairs, run: Run): Pairs {
    const { count } = pairs;
    if (count === 0) return pairs;
    const probe = batch.columns.map((column) => takeColumn(column, pairs.probe, count));
    const columns = [...probe, ...side.take(pairs.build, count)];
    const tests = this.residual!.run(columns, count, run).columns.map((column) => truths(column, count));
    const kept = new Pairs();
    for (let p = 0; p < count; p++) {
      if (tests.every((test) => test[p] === 1)) kept.push(pairs.probe[p]!, pairs.build[p]!);
    }
    return kept;
  }

  /** 1 for rows of the probe batch that have a partner; where nulls count as partners, for those too. */
  private partnered(batch: Rows, side: BuildSide, pairs: Pairs): Uint8Array {
    const has = new Uint8Array(batch.rowCount);
    for (let p = 0; p < pairs.count; p++) has[pairs.probe[p]!] = 1;
    if (!this.plan.nullAware || side.rowCount === 0) return has;
    if (side.hasNullKey) return has.fill(1);
    const usable = this.usable(
      this.probeKeys.map((k) => batch.columns[k]!),
      batch.rowCount,
    );
    if (usable) for (let i = 0; i < batch.rowCount; i++) if (usable[i] === 0) has[i] = 1;
    return has;
  }

  /** Semi and anti joins keep the rows that have a partner, or have none; an existence join tells it in a column. */
  private *test(batch: Rows, has: Uint8Array, from: number, to: number): Generator<Rows> {
    const { type } = this.plan;
    const wanted = type === "leftAnti" ? 0 : 1;
    const kept = new Int32Array(to - from);
    let count = 0;
    for (let i = from; i < to; i++) if (type === "existence" || has[i] === wanted) kept[count++] = i;
    if (count === 0) return;
    const columns = batch.columns.map((column) => takeColumn(column, kept, count));
    if (type === "existence") columns.push(new BooleanColumn(BooleanType, count, null, has.slice(from, to)));
    yield { columns, rowCount: count };
  }

  private *unmatched(side: BuildSide, matched: Uint8Array): Generator<Rows> {
    for (let from = 0; from < side.rowCount; from += BATCH_ROWS) {
      const rows = new Int32Array(BATCH_ROWS);
      let count = 0;
      const to = Math.min(side.rowCount, from + BATCH_ROWS);
      for (let row = from; row < to; row++) if (matched[row] === 0) rows[count++] = row;
      if (count === 0) continue;
      const nothing = new Int32Array(count).fill(NONE);
      const probe = this.probe.output.map((attribute) => {
        const empty = columnBuilder(attribute.type).finish();
        return takeColumn(empty, nothing, count);
      });
      yield this.combine(probe, side.take(rows, count), count);
    }
  }

  private combine(probe: readonly Column[], build: readonly Column[], rowCount: number): Rows {
    const columns = this.plan.build === "left" ? [...build, ...probe] : [...probe, ...build];
    return { columns, rowCount };
  }
}

function positions(keys: readonly Attribute[], output: readonly Attribute[]): readonly number[] {
  return keys.map((key) => output.findIndex((attribute) => attribute.id === key.id));
}
