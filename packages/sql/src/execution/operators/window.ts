import { assert, type Column, type ColumnBuilder, columnBuilder, takeColumn, valueAt } from "@ss/core";
import type {
  Alias,
  Expression,
  FrameBound,
  WindowCall,
  WindowExpression,
  WindowSpec,
} from "../../expression/expression.js";
import { sameExpression } from "../../expression/same-expression.js";
import { typeOf } from "../../expression/type-of.js";
import type { Rows } from "../../logical/rows.js";
import type { WindowPlan } from "../../physical/plan.js";
import { nodeText } from "../../physical/text.js";
import { shapesOf, truths } from "../aggregate/group-table.js";
import { Stage } from "../codegen/stage.js";
import type { StageSettings } from "../codegen/stage-writer.js";
import type { Operator, Run } from "../operator.js";
import { slices } from "../slices.js";
import { aggregateFrames } from "../window/frame-aggregate.js";
import { type BoundValue, type Frames, type FrameValue, frameBounds } from "../window/frame-bounds.js";
import { inOrder, type OrderedRows, orderRows } from "../window/ordered-rows.js";

/** Functions with one partitioning and ordering, computed in one pass. */
interface Group {
  readonly spec: WindowSpec;
  /** Their places among the expressions of the plan. */
  readonly members: number[];
}

/** The columns of a run: those of the child, then the computed ones. */
type Held = readonly Column[];

/**
 * Functions over windows. Holds all rows of a run; puts them in the order of each window in turn, rows that are equal for one keeping
 * the order of the one before, and hands them on in the order of the last.
 */
export class WindowOperator implements Operator {
  readonly output: WindowPlan["output"];
  private readonly plan: WindowPlan;
  private readonly child: Operator;
  private readonly settings: StageSettings;
  private readonly windows: readonly WindowExpression[];
  private readonly groups: readonly Group[];
  /** Expressions over the child's columns that windows read. */
  private readonly computed: Expression[] = [];
  private readonly stage: Stage;

  constructor(plan: WindowPlan, child: Operator, settings: StageSettings) {
    this.plan = plan;
    this.output = plan.output;
    this.child = child;
    this.settings = settings;
    this.windows = plan.expressions.map(windowOf);
    this.groups = grouped(this.windows);
    for (const { call, spec } of this.windows) {
      for (const e of [...inputsOf(call), ...spec.partitionBy, ...spec.orderBy.map((one) => one.child)]) {
        if (this.indexOf(e) < 0) this.computed.push(e);
      }
    }
    const outputs = [...child.output, ...this.computed];
    this.stage = new Stage({ input: child.output, conditions: [], outputs }, settings);
  }

  async *rows(run: Run): AsyncIterable<Rows> {
    const held = await this.hold(run);
    const rowCount = held.rowCount;
    const done: { readonly rows: OrderedRows; readonly results: Map<number, Column> }[] = [];
    let before = Int32Array.from({ length: rowCount }, (_, i) => i);
    for (const group of this.groups) {
      await run.breathe();
      const rows = this.order(group.spec, held.columns, before);
      done.push({ rows, results: this.results(group, held.columns, rows, run) });
      before = rows.positions as typeof before;
    }
    const results = new Map<number, Column>();
    for (const { rows, results: own } of done) {
      const places = rows.positions === before ? undefined : placesIn(rows, before);
      for (const [k, column] of own) results.set(k, places ? takeColumn(column, places, rowCount) : column);
    }
    const kept = held.columns.slice(0, this.child.output.length);
    const columns = [
      ...kept.map((column) => takeColumn(column, before, rowCount)),
      ...this.windows.map((_, k) => results.get(k)!),
    ];
    yield* slices(columns, rowCount);
  }

  private async hold(run: Run): Promise<Rows> {
    const types = [...this.child.output.map((attribute) => attribute.type), ...this.computed.map(typeOf)];
    const builders = types.map((type) => columnBuilder(type));
    let rowCount = 0;
    const holding = run.memory.hold(
      () => nodeText(this.plan),
      () => builders.reduce((sum, builder) => sum + builder.byteSize(), 0),
    );
    for await (const batch of this.child.rows(run)) {
      const made = this.stage.run(batch.columns, batch.rowCount, run);
      builders.forEach((builder, k) => {
        append(builder, made.columns[k]!, made.rowCount);
      });
      rowCount += made.rowCount;
      holding.added(made.rowCount);
    }
    return { columns: builders.map((builder) => builder.finish()), rowCount };
  }

  /** Where the values of an expression stand among the held columns; -1 if they are not held. */
  private indexOf(e: Expression): number {
    const { output } = this.child;
    if (e.kind === "attribute") {
      const own = output.findIndex((attribute) => attribute.id === e.id);
      if (own >= 0) return own;
    }
    const at = this.computed.findIndex((other) => sameExpression(other, e));
    return at < 0 ? -1 : output.length + at;
  }

  private columnOf(e: Expression, held: Held): Column {
    return held[this.indexOf(e)]!;
  }

  private order(spec: WindowSpec, held: Held, before: Int32Array): OrderedRows {
    const partitionBy = spec.partitionBy.map((e) => this.columnOf(e, held));
    const orderBy = spec.orderBy.map((one) => this.columnOf(one.child, held));
    return orderRows(before, partitionBy, orderBy, spec.orderBy);
  }

  private results(group: Group, held: Held, rows: OrderedRows, run: Run): Map<number, Column> {
    const results = new Map<number, Column>();
    for (const k of group.members) results.set(k, this.result(this.windows[k]!, held, rows, run));
    return results;
  }

  private result({ call, spec }: WindowExpression, held: Held, rows: OrderedRows, run: Run): Column {
    const frames = (): Frames => this.frames(spec, held, rows, run);
    const ordered = (e: Expression): Column => inOrder(this.columnOf(e, held), rows);
    if (call.kind === "windowFunction") return evaluateCall(call, call.args.map(ordered), frames, rows);
    assert(call.kind === "aggregate", `a window over an expression of kind ${call.kind}`);
    const attribute = {
      kind: "attribute",
      id: 0,
      name: call.name,
      type: call.type,
      nullable: true,
      qualifier: [],
    } as const;
    const [shape] = shapesOf([{ call, attribute }], this.settings.ansi);
    const args = [...call.args, ...(call.orderBy ?? []).map((one) => one.child)].map(ordered);
    const passing = call.filter && truths(ordered(call.filter), rows.rowCount);
    return aggregateFrames(call.fn.accumulator(shape!), call.type, args, passing, frames(), rows);
  }

  private frames(spec: WindowSpec, held: Held, rows: OrderedRows, run: Run): Frames {
    const frame = spec.frame ?? defaultFrame(spec);
    const value: FrameValue = {
      type: frame.type,
      lower: this.bound(frame.lower, run),
      upper: this.bound(frame.upper, run),
    };
    const order = spec.orderBy[0];
    const { ansi, timeZone } = this.settings;
    const measured = order && {
      column: inOrder(this.columnOf(order.child, held), rows),
      order,
      ansi,
      timeZone,
    };
    return frameBounds(value, rows, measured);
  }

  /** Offsets are constants: computed once, over no columns. */
  private bound({ bound, offset }: FrameBound, run: Run): BoundValue {
    if (!offset) return { bound };
    if (offset.kind === "literal") return { bound, offset: offset.value, offsetType: offset.type };
    const constant = new Stage({ input: [], conditions: [], outputs: [offset] }, this.settings);
    return { bound, offset: valueAt(constant.run([], 1, run).columns[0]!, 0), offsetType: typeOf(offset) };
  }
}

function windowOf(alias: Alias): WindowExpression {
  assert(alias.child.kind === "window", `an expression of kind ${alias.child.kind} among those over windows`);
  return alias.child;
}

/** What a call reads of each row. */
function inputsOf(call: Expression): readonly Expression[] {
  if (call.kind === "windowFunction") return call.args;
  assert(call.kind === "aggregate", `a window over an expression of kind ${call.kind}`);
  return [
    ...call.args,
    ...(call.filter ? [call.filter] : []),
    ...(call.orderBy ?? []).map((one) => one.child),
  ];
}

function grouped(windows: readonly WindowExpression[]): readonly Group[] {
  const groups: Group[] = [];
  windows.forEach(({ spec }, k) => {
    const known = groups.find((group) => sameOrdering(group.spec, spec));
    if (known) known.members.push(k);
    else groups.push({ spec, members: [k] });
  });
  return groups;
}

function sameOrdering(a: WindowSpec, b: WindowSpec): boolean {
  return sameList(a.partitionBy, b.partitionBy) && sameList(a.orderBy, b.orderBy);
}

function sameList(a: readonly Expression[], b: readonly Expression[]): boolean {
  return a.length === b.length && a.every((e, i) => sameExpression(e, b[i]!));
}

/** With an ordering everything up to the current row and its peers, without one the whole partition. */
function defaultFrame(spec: WindowSpec): NonNullable<WindowSpec["frame"]> {
  const lower = { bound: "unboundedPreceding" } as const;
  return spec.orderBy.length > 0
    ? { type: "range", lower, upper: { bound: "currentRow" } }
    : { type: "rows", lower, upper: { bound: "unboundedFollowing" } };
}

/** For each row of `order`, its place among `rows`. */
function placesIn(rows: OrderedRows, order: Int32Array): Int32Array {
  const places = new Int32Array(rows.rowCount);
  rows.positions.forEach((row, place) => {
    places[row] = place;
  });
  return order.map((row) => places[row]!);
}

function evaluateCall(
  call: WindowCall,
  args: readonly Column[],
  frames: () => Frames,
  rows: OrderedRows,
): Column {
  const { starts, peers } = rows;
  const out = columnBuilder(call.type);
  let all: Frames | undefined;
  for (let p = 0; p + 1 < starts.length; p++) {
    const [start, end] = [starts[p]!, starts[p + 1]!];
    const relative = (places: Int32Array): Int32Array =>
      places.subarray(start, end).map((place) => place - start);
    const values = call.fn.evaluate({
      rowCount: end - start,
      peers: relative(peers),
      frames: () => {
        all ??= frames();
        return { lower: relative(all.lower), upper: relative(all.upper) };
      },
      args: args.map((arg) => Array.from({ length: end - start }, (_, i) => valueAt(arg, start + i))),
      ignoreNulls: call.ignoreNulls === true,
      state: call.state,
      argTypes: call.args.map(typeOf),
      type: call.type,
    });
    for (const value of values) out.append(value);
  }
  return out.finish();
}

function append(builder: ColumnBuilder, column: Column, rowCount: number): void {
  for (let i = 0; i < rowCount; i++) builder.appendFrom(column, i);
}
