import { type Column, type ColumnEvaluator, columnBuilder, type Json } from "@ss/core";
import { typeOf } from "../../expression/type-of.js";
import type { Rows } from "../../logical/rows.js";
import type { ColumnCall, ColumnCallsPlan } from "../../physical/plan.js";
import type { StageSettings } from "../codegen/stage-writer.js";
import type { Operator, Run } from "../operator.js";

/** Calls functions of plug-ins, a batch at a time, and hands their results on behind the child's columns. */
export class ColumnCallsOperator implements Operator {
  readonly output: ColumnCallsPlan["output"];
  private readonly child: Operator;
  private readonly calls: readonly {
    readonly indexes: readonly number[];
    readonly evaluator: ColumnEvaluator;
  }[];

  constructor(plan: ColumnCallsPlan, child: Operator, settings: StageSettings) {
    this.output = plan.output;
    this.child = child;
    this.calls = plan.calls.map((call) => ({
      indexes: call.args.map(({ id }) => child.output.findIndex((attribute) => attribute.id === id)),
      evaluator: evaluatorOf(call, settings),
    }));
  }

  async *rows(run: Run): AsyncIterable<Rows> {
    for await (const { columns, rowCount } of this.child.rows(run)) {
      const results: Column[] = [];
      for (const { indexes, evaluator } of this.calls) {
        const args = indexes.map((index) => plain(columns[index]!));
        const result = evaluator.evaluate(args, rowCount, run.signal);
        results.push(result instanceof Promise ? await result : result);
      }
      const pause = run.breathe();
      if (pause) await pause;
      yield { columns: [...columns, ...results], rowCount };
    }
  }
}

function evaluatorOf(
  { fn, args, state, attribute }: ColumnCall,
  { timeZone }: StageSettings,
): ColumnEvaluator {
  return fn.columnar!.open({
    type: attribute.type,
    argTypes: args.map(typeOf),
    state: (state ?? null) as Json,
    timeZone,
  });
}

/** The column without dictionaries at any depth. */
function plain(column: Column): Column {
  if (!hasDictionary(column)) return column;
  const builder = columnBuilder(column.type);
  builder.appendRange(column, 0, column.length);
  return builder.finish();
}

function hasDictionary(column: Column): boolean {
  switch (column.layout) {
    case "dictionary":
      return true;
    case "list":
      return hasDictionary(column.elements);
    case "map":
      return hasDictionary(column.keys) || hasDictionary(column.mapValues);
    case "struct":
      return column.children.some(hasDictionary);
    default:
      return false;
  }
}
