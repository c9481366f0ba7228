import {
  BATCH_ROWS,
  BooleanColumn,
  BooleanType,
  type Column,
  type ColumnBuilder,
  columnBuilder,
  KeyTable,
  takeColumn,
} from "@ss/core";
import type { Attribute } from "../../expression/expression.js";
import { typeOf } from "../../expression/type-of.js";
import type { Rows } from "../../logical/rows.js";
import type { JoinPlan } from "../../physical/plan.js";
import { truths } from "../aggregate/group-table.js";
import { Stage } from "../codegen/stage.js";
import type { StageSettings } from "../codegen/stage-writer.js";
import type { Operator, Run } from "../operator.js";
import { scalarSubqueryTooManyRows } from "../subquery-errors.js";

const NONE = -1;

/** The held side: its rows, a table of its keys, and chains of rows with equal keys. */
class BuildSide {
  readonly columns: readonly ColumnBuilder[];
  readonly table: KeyTable;
  /** First row of a key's slot, and the next row of the same key. */
  heads: Int32Array = new Int32Array(1024).fill(NONE);
  next: Int32Array = new Int32Array(1024);
  rowCount = 0;
  /** Whether some row has a null in its key. */
  hasNullKey = false;
  private tails: Int32Array = new Int32Array(1024);
  private slots: Int32Array = new Int32Array(0);
  private views: readonly Column[] = [];

  constructor(output: readonly Attribute[], keys: readonly Attribute[]) {
    this.columns = output.map((attribute) => columnBuilder(attribute.type));
    this.table = new KeyTable(keys.map(typeOf));
  }

  add(batch: Rows, keys: readonly Column[], usable: (i: number) => boolean): void {
    const { rowCount } = batch;
    if (this.slots.length < rowCount) this.slots = new Int32Array(rowCount);
    const before = this.table.slotCount;
    this.table.findOrAdd(keys, rowCount, this.slots);
    this.reserve(this.rowCount + rowCount, this.table.slotCount, before);
    for (let i = 0; i < rowCount; i++) {
      for (let k = 0; k < this.columns.length; k++) this.columns[k]!.appendFrom(batch.columns[k]!, i);
      const row = this.rowCount++;
      this.next[row] = NONE;
      // a row whose key is null matches nothing, but an outer join still gives it out
      if (!usable(i)) {
        this.hasNullKey = true;
        continue;
      }
      const slot = this.slots[i]!;
      if (this.heads[slot] === NONE) this.heads[slot] = row;
      else this.next[this.tails[slot]!] = row;
      this.tails[slot] = row;
    }
  }

  private reserve(rows: number, slots: number, from: number): void {
    if (this.next.length < rows) this.next = grown(this.next, rows);
    if (this.heads.length < slots) {
      this.heads = grown(this.heads, slots);
      this.tails = grown(this.tails, slots);
    }
    this.heads.fill(NONE, from, slots);
  }

  finish(): void {
    this.views = this.columns.map((column) => column.view());
  }

  take(positions: Int32Array, count: number): readonly Column[] {
    return this.views.map((column) => takeColumn(column, positions, count));
  }
}

function grown(old: Int32Array, length: number): Int32Array {
  const larger = new Int32Array(Math.max(length, old.length * 2));
  larger.set(old);
  return larger;
}

/** Pairs of rows, collected until they make a batch. */
class Pairs {
  probe: Int32Array = new Int32Array(BATCH_ROWS);
  build: Int32Array = new Int32Array(BATCH_ROWS);
  count = 0;
  push(probe: number, build: number): void {
    if (this.count === this.probe.length) {
      this.probe = grown(this.probe, this.count * 2);
      this.build = grown(this.build, this.count * 2);
    }
    this.probe[this.count] = probe;
    this.build[this.count++] = build;
  }
}

/** A hash join (of all pairs where there is no equality): one side is held, the other flows by. */
export class JoinOperator implements Operator {
  readonly output: JoinPlan["output"];
  private readonly plan: JoinPlan;
  private readonly probe: Operator;
  private readonly build: Operator;
  private readonly probeKeys: readonly number[];
  private readonly buildKeys: readonly number[];
  private readonly residual: Stage | undefined;
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
    this.probeKeys = positions(probeKeys, this.probe.output);
    this.buildKeys = positions(buildKeys, this.build.output);
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
    const side = new BuildSide(
      this.build.output,
      this.buildKeys.map((k) => this.build.output[k]!),
    );
    for await (const batch of this.build.rows(run)) {
      const keys = this.buildKeys.map((k) => batch.columns[k]!);
      side.add(batch, keys, this.usable(keys));
    }
    side.finish();
    return side;
  }

  /** Whether a row's key can match: null equals null only for `<=>`. */
  private usable(keys: readonly Column[]): (i: number) => boolean {
    const strict = keys.filter(
      (key, k) => !this.plan.keys.nullSafe[k] && (key.validity !== null || key.layout === "null"),
    );
    if (strict.length === 0) return () => true;
    return (i) => !strict.some((key) => key.isNull(i));
  }

  private *join(batch: Rows, side: BuildSide, matched: Uint8Array | undefined, run: Run): Generator<Rows> {
    const keys = this.probeKeys.map((k) => batch.columns[k]!);
    const slots = new Int32Array(batch.rowCount);
    side.table.find(keys, batch.rowCount, slots);
    const usable = this.usable(keys);
    let pairs = new Pairs();
    let from = 0;
    for (let i = 0; i < batch.rowCount; i++) {
      if (slots[i] !== NONE && usable(i)) {
        for (let row = side.heads[slots[i]!]!; row !== NONE; row = side.next[row]!) pairs.push(i, row);
      }
      // many partners: hand on what there is, in whole probe rows
      if (pairs.count >= BATCH_ROWS * 4) {
        yield* this.emit(batch, side, pairs, from, i + 1, matched, run);
        pairs = new Pairs();
        from = i + 1;
      }
    }
    yield* this.emit(batch, side, pairs, from, batch.rowCount, matched, run);
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
    const probe = batch.columns.map((column) => takeColumn(column, all.probe, all.count));
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
    const usable = this.usable(this.probeKeys.map((k) => batch.columns[k]!));
    for (let i = 0; i < batch.rowCount; i++) if (!usable(i)) has[i] = 1;
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

/** Whether a probe row has two partners; the pairs of a row are neighbours. */
function repeats(pairs: Pairs): boolean {
  for (let p = 1; p < pairs.count; p++) if (pairs.probe[p] === pairs.probe[p - 1]) return true;
  return false;
}

/** The pairs, and each probe row of `from .. to)` that has none with nothing, in order. */
function withUnmatched(pairs: Pairs, from: number, to: number): Pairs {
  const all = new Pairs();
  let p = 0;
  for (let i = from; i < to; i++) {
    if (p === pairs.count || pairs.probe[p] !== i) all.push(i, NONE);
    for (; p < pairs.count && pairs.probe[p] === i; p++) all.push(i, pairs.build[p]!);
  }
  return all;
}
