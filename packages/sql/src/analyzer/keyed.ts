import { type StreamError, type StructType, sameType } from "@ss/core";
import { castTo } from "../expression/coercion/implicit-cast.js";
import { analysisError, quotedName, quotedType } from "../expression/errors.js";
import {
  type Alias,
  type Attribute,
  type Expression,
  freshId,
  type SortOrder,
} from "../expression/expression.js";
import { prettyName } from "../expression/expression-text.js";
import { typeOf } from "../expression/type-of.js";
import { isGroupable } from "../expression/type-predicates.js";
import { DELAY_MARK, eventTimeColumn } from "../logical/event-time-column.js";
import type { GroupsProgram, Keyed } from "../logical/keyed.js";
import { attributeOf } from "../logical/output.js";
import type { LogicalPlan } from "../logical/plan.js";
import { isSessionWindow } from "../logical/session-window.js";
import { type Analyzer, materialize, resolved } from "./analyzer.js";
import type { PlanContext } from "./context.js";
import { unresolvedColumn } from "./errors.js";
import { resolveExpression, resolveSortOrder } from "./resolve-expression.js";
import { columnsNamed, type Resolved } from "./scope.js";
import { applyTimeWindows } from "./time-window.js";

/** One of the inputs of a program, with its keys among its columns. */
interface KeyedInput {
  readonly plan: LogicalPlan;
  readonly keys: readonly Attribute[];
  /** The columns that it had without them. */
  readonly all: readonly Attribute[];
  /** Those that the program sees. */
  readonly columns: readonly Attribute[];
  readonly order: readonly SortOrder[];
}

/** `groupByKey` and the program that runs over the groups. */
export function resolveKeyed(node: Keyed, context: PlanContext, analyzer: Analyzer): Resolved {
  const input = withKeys(node, 0, context, analyzer);
  const output = outputColumns(node, input.all);
  const { orders } = node;
  if (node.children.length === 1) {
    const { plan: child, keys, columns, order } = input;
    const ordered = orders && { orders: [order] };
    return resolved(
      { ...node, children: [child], keys: [keys], inputs: [columns], ...ordered, output },
      output,
    );
  }
  const initial = secondInput(node, input, context, analyzer);
  const plan: LogicalPlan = {
    ...node,
    children: [input.plan, initial.plan],
    keys: [input.keys, initial.keys],
    inputs: [input.columns, initial.columns],
    ...(orders && { orders: [input.order, initial.order] }),
    output,
  };
  return resolved(plan, output);
}

function withKeys(node: Keyed, which: 0 | 1, context: PlanContext, analyzer: Analyzer): KeyedInput {
  const child = analyzer.resolve(node.children[which]!, context);
  const scope = { scope: child, plan: context };
  const values = node.keys[which]!.map((e) => resolveExpression(e, scope, analyzer));
  const order = (node.orders?.[which] ?? []).map((one) => resolveSortOrder(one, scope, analyzer));
  const windowed = applyTimeWindows(child, values, scope, analyzer);
  const base = materialize(windowed.child);
  const all = child.columns;
  const value = node.values?.[which];
  const columns = value === undefined ? all : all.filter((column) => column.name === value);
  const added: Alias[] = [];
  const keys = windowed.expressions.map((e): Attribute => {
    checkKey(e);
    if (e.kind === "attribute") return e;
    const alias: Alias =
      e.kind === "alias" ? e : { kind: "alias", child: e, names: [prettyName(e)], id: freshId() };
    added.push(alias);
    return attributeOf(alias);
  });
  if (added.length === 0) return { plan: base.plan, keys, all, columns, order };
  return {
    plan: { kind: "project", child: base.plan, expressions: [...base.columns, ...added] },
    keys,
    all,
    columns,
    order,
  };
}

function checkKey(key: Expression): void {
  if (isSessionWindow(key)) {
    throw analysisError(
      "SS_SESSION_WINDOW_AS_KEY",
      "0A000",
      "groupByKey() cannot take session_window(...), whose windows grow with their rows: keep the session in the state of the key.",
      {},
    );
  }
  const type = typeOf(key);
  if (isGroupable(type)) return;
  throw analysisError(
    "GROUP_EXPRESSION_TYPE_IS_NOT_ORDERABLE",
    "42822",
    `${quotedName(prettyName(key))} has the type ${quotedType(type)}, by which rows cannot be grouped.`,
    { sqlExpr: `"${prettyName(key)}"`, dataType: quotedType(type) },
  );
}

/** What the state begins as, with the columns of the state where the program tells them, or the other rows of `cogroup`: under the same keys. */
function secondInput(node: Keyed, input: KeyedInput, context: PlanContext, analyzer: Analyzer): KeyedInput {
  const second = withKeys(node, 1, context, analyzer);
  const same =
    second.keys.length === input.keys.length &&
    second.keys.every((key, k) => sameType(key.type, input.keys[k]!.type, true));
  const { program } = node;
  if (!same) throw otherKeys(program.kind === "stateless", input.keys, second.keys);
  if (program.kind !== "groups") return second;
  if (node.values?.[1] !== undefined) return mappedState(program, second, context, analyzer);
  return stateColumns(program, second, analyzer);
}

function otherKeys(cogroup: boolean, keys: readonly Attribute[], others: readonly Attribute[]): StreamError {
  const text = (list: readonly Attribute[]): string => list.map((key) => quotedType(key.type)).join(", ");
  const [condition, what] = cogroup
    ? ["SS_COGROUP_KEYS", "other table"]
    : ["SS_INITIAL_STATE_KEYS", "initial state"];
  return analysisError(
    condition,
    "42K09",
    `The ${what} is grouped by ${text(others)}, the rows by ${text(keys)}: group both by the same types.`,
    cogroup ? { otherKeys: text(others), keys: text(keys) } : { initialKeys: text(others), keys: text(keys) },
  );
}

function stateColumns({ stateType }: GroupsProgram, initial: KeyedInput, analyzer: Analyzer): KeyedInput {
  const { ansi, caseSensitive } = analyzer.environment;
  const wanted =
    stateType.kind === "struct"
      ? stateType.fields.map(({ name, type }) => {
          const column = columnsNamed(initial.columns, name, caseSensitive)[0];
          if (column === undefined) throw unresolvedColumn([name], resolved(initial.plan), undefined);
          return { column, type, name };
        })
      : [{ column: onlyColumn(initial), type: stateType, name: "state" }];
  const values = wanted.map(({ column, type, name }): Alias => {
    const child = sameType(column.type, type, true) ? column : castTo(column, type, ansi);
    return { kind: "alias", child, names: [name], id: freshId() };
  });
  return withState(values, initial);
}

/** The state that `mapValues` made of each row: one value, or a struct with the fields of the state. */
function mappedState(
  { stateType }: GroupsProgram,
  initial: KeyedInput,
  context: PlanContext,
  analyzer: Analyzer,
): KeyedInput {
  const { ansi } = analyzer.environment;
  const column = initial.columns[0]!;
  const scope = { scope: resolved(initial.plan, [column]), plan: context };
  const part = (...path: readonly string[]): Expression =>
    resolveExpression({ kind: "unresolvedAttribute", parts: [column.name, ...path] }, scope, analyzer);
  const wanted =
    stateType.kind === "struct"
      ? stateType.fields.map(({ name, type }) => ({ value: part(name), type, name }))
      : [{ value: part(), type: stateType, name: "state" }];
  const values = wanted.map(({ value, type, name }): Alias => {
    return { kind: "alias", child: castTo(value, type, ansi), names: [name], id: freshId() };
  });
  return withState(values, initial);
}

function withState(values: readonly Alias[], initial: KeyedInput): KeyedInput {
  const columns = values.map(attributeOf);
  return {
    plan: { kind: "project", child: initial.plan, expressions: [...initial.keys, ...values] },
    keys: initial.keys,
    all: columns,
    columns,
    order: [],
  };
}

/** The column of the state beside those of the key. */
function onlyColumn({ columns, keys }: KeyedInput): Attribute {
  const others = columns.filter((column) => keys.every((key) => key.id !== column.id));
  if (others.length === 1) return others[0]!;
  throw analysisError(
    "SS_INITIAL_STATE_COLUMNS",
    "42K09",
    `The state is one value, so its initial state has one column beside the key, not ${others.length}: select the key and that column.`,
    { columns: others.map((column) => quotedName(column.name)).join(", ") },
  );
}

/** The columns of what the user's code gives out. */
export function givenColumns(schema: StructType): readonly Attribute[] {
  return schema.fields.map(({ name, type }): Attribute => {
    return { kind: "attribute", id: freshId(), name, type, nullable: true, qualifier: [] };
  });
}

/** A program may leave any column of its rows out. */
function outputColumns({ schema, program }: Keyed, input: readonly Attribute[]): readonly Attribute[] {
  const columns = givenColumns(schema);
  const eventTime = program.kind === "processor" ? program.eventTimeColumn : undefined;
  return eventTime === undefined ? columns : withEventTime(columns, eventTime, input);
}

/** The columns with one of them as event time, which goes on by the watermark of the input. */
function withEventTime(
  columns: readonly Attribute[],
  name: string,
  input: readonly Attribute[],
): readonly Attribute[] {
  const marked = columns.find((column) => column.name === name);
  if (marked === undefined) {
    throw unresolvedColumn([name], { columns, hidden: [] }, undefined);
  }
  if (marked.type.kind !== "timestamp" && marked.type.kind !== "timestamp_ntz") {
    throw analysisError(
      "EVENT_TIME_IS_NOT_ON_TIMESTAMP_TYPE",
      "42K09",
      `The event time ${quotedName(name)} has the type ${quotedType(marked.type)}, but it has to be a TIMESTAMP.`,
      { eventName: quotedName(name), eventType: quotedType(marked.type) },
    );
  }
  const before = input[eventTimeColumn(input)];
  if (before === undefined) {
    throw analysisError(
      "CANNOT_ASSIGN_EVENT_TIME_COLUMN_WITHOUT_WATERMARK",
      "42611",
      "Watermark needs to be defined to reassign event time column. Failed to find watermark definition in the streaming query: call withWatermark(...) on the input.",
      {},
    );
  }
  const delay = { [DELAY_MARK]: before.metadata![DELAY_MARK] };
  return columns.map((column) => (column === marked ? { ...column, metadata: delay } : column));
}
