import {
  type Column,
  type ColumnEvaluator,
  columnBuilder,
  type DataType,
  type Json,
  type OpenColumnCall,
  type StreamError,
  StringType,
  StructColumn,
  sliceColumn,
} from "@ss/core";
import { typeOf } from "../../expression/type-of.js";
import { reasonOfError, valueType } from "../../functions/malformed/checked-call.js";
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

function evaluatorOf(call: ColumnCall, { timeZone }: StageSettings): ColumnEvaluator {
  const { fn, args, state, attribute } = call;
  const open = (more: Pick<OpenColumnCall, "type" | "onMalformed">): ColumnEvaluator =>
    fn.columnar!.open({ argTypes: args.map(typeOf), state: (state ?? null) as Json, timeZone, ...more });
  return call.checked ? new CheckedEvaluator(attribute.type, open) : open({ type: attribute.type });
}

/** Gives values along with the reasons why there are none, as {@link checkedType} tells. */
class CheckedEvaluator implements ColumnEvaluator {
  private readonly type: DataType;
  private readonly values: ColumnEvaluator;
  /** By row; there may be none behind the last one that was told. */
  private malformed: string[] = [];
  /** The reasons of batches that have none, which all share them. */
  private none: Column = columnBuilder(StringType).finish();

  constructor(type: DataType, open: (call: Pick<OpenColumnCall, "type" | "onMalformed">) => ColumnEvaluator) {
    this.type = type;
    const onMalformed = (row: number, error: StreamError): void => {
      this.malformed[row] ??= reasonOfError(error);
    };
    this.values = open({ type: valueType(type), onMalformed });
  }

  evaluate(args: readonly Column[], rowCount: number, signal: AbortSignal): Column | Promise<Column> {
    this.malformed = [];
    const values = this.values.evaluate(args, rowCount, signal);
    return values instanceof Promise
      ? values.then((column) => this.checked(column, rowCount))
      : this.checked(values, rowCount);
  }

  private checked(values: Column, rowCount: number): Column {
    return new StructColumn(this.type, rowCount, null, [values, this.reasons(rowCount)]);
  }

  private reasons(rowCount: number): Column {
    const { malformed } = this;
    if (malformed.length > 0) return textsOrNulls(malformed, rowCount);
    if (this.none.length < rowCount) this.none = textsOrNulls([], rowCount);
    return sliceColumn(this.none, 0, rowCount);
  }
}

function textsOrNulls(texts: readonly (string | undefined)[], rowCount: number): Column {
  const builder = columnBuilder(StringType);
  for (let row = 0; row < rowCount; row++) {
    const text = texts[row];
    if (text === undefined) builder.appendNull();
    else builder.append(text);
  }
  return builder.finish();
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
