import { StreamError, StringType, StructField, StructType, sameType } from "@ss/core";
import { references } from "../expression/conjuncts.js";
import { type Alias, type Attribute, type Expression, literal } from "../expression/expression.js";
import { CHECKED_REASON } from "../functions/malformed/checked-call.js";
import { refuseUnlessNull } from "../functions/malformed/refuse.js";
import { attributeOf, outputOf } from "../logical/output.js";
import type { LogicalPlan } from "../logical/plan.js";
import { childrenOf, expressionsOf, isStreaming, mapChildren, mapExpressions } from "../logical/transform.js";
import { fieldAt } from "./calls.js";
import { DecoderCalls, decodersOf, hasDecoder, misplaced } from "./decoder-calls.js";
import { type CallReads, reportedColumns, withColumns } from "./reported-columns.js";

/** The columns of a report that stand behind those of the record. */
const FUNCTION = "_function";
const REASON = "_reason";

/** A plan that reports rows which it cannot decode, and the columns of the reports. */
export interface MalformedRowsPlan {
  readonly plan: LogicalPlan;
  readonly report: StructType;
}

/**
 * An analyzed plan that reports the rows which a function could not decode, and goes on without them: below each node that calls such a
 * function stands a projection that makes the call, checked, and a filter that lets the rows pass for which there is no reason against it.
 * Above a grouping nothing is reported: rows are results there, and may come again.
 */
export function reportMalformedRows(plan: LogicalPlan): MalformedRowsPlan {
  const columns = new Map<string, Attribute>();
  collectColumns(plan, columns);
  if (columns.size === 0) throw noDecoders();
  const report = new StructType([
    ...[...columns.values()].map(({ name, type }) => StructField(name, type, true)),
    StructField(FUNCTION, StringType, false),
    StructField(REASON, StringType, false),
  ]);
  return { plan: rewrite(plan, report), report };
}

/** The plan of one node with a child, which is not a grouping of rows or stands below one. */
type Decoding = Extract<LogicalPlan, { readonly child: LogicalPlan }>;

/** A node that decodes records of a stream. */
function isDecoding(plan: LogicalPlan): plan is Decoding {
  if (!expressionsOf(plan).some(hasDecoder) || !isStreaming(plan)) return false;
  if (childrenOf(plan).some(isGrouped)) return false;
  if (plan.kind === "join") throw misplaced("the condition of a join");
  if (!("child" in plan)) throw misplaced("the keys of groups");
  return true;
}

function isGrouped(plan: LogicalPlan): boolean {
  if (!isStreaming(plan)) return false;
  const isGrouping =
    plan.kind === "aggregate" || (plan.kind === "keyed" && plan.program.kind !== "stateless");
  return isGrouping || childrenOf(plan).some(isGrouped);
}

/**
 * Where the rows are that a node decodes: below it, but before late ones are looked for, and before a row is there once for each of several
 * windows if it has what the functions read there already.
 */
function inputOf(node: Decoding): LogicalPlan {
  const read = new Set<number>();
  for (const e of expressionsOf(node)) for (const call of decodersOf(e)) references(call, read);
  return inputBelow(node.child, read);
}

function inputBelow(input: LogicalPlan, read: ReadonlySet<number>): LogicalPlan {
  if (input.kind === "lateRows") return inputBelow(input.child, read);
  const expand = input.kind === "filter" ? input.child : input;
  if (expand.kind !== "expand") return input;
  const known = new Set(outputOf(expand.child).map(({ id }) => id));
  return [...read].every((id) => known.has(id)) ? inputBelow(expand.child, read) : input;
}

/** A plan with another input somewhere below, which has more columns than the one it had. */
function withInput<P extends LogicalPlan>(
  plan: P,
  input: LogicalPlan,
  by: LogicalPlan,
  more: readonly Attribute[],
): P {
  if (!("child" in plan)) return plan;
  const child = plan.child === input ? by : withInput(plan.child, input, by, more);
  if (plan.kind === "lateRows") return { ...plan, child, output: outputOf(child) };
  if (plan.kind !== "expand" || plan.child === child) return { ...plan, child };
  const projections = plan.projections.map((projection) => [...projection, ...more]);
  return { ...plan, child, projections, output: [...plan.output, ...more] };
}

function collectColumns(plan: LogicalPlan, columns: Map<string, Attribute>): void {
  for (const child of childrenOf(plan)) collectColumns(child, columns);
  if (!isDecoding(plan)) return;
  const input = inputOf(plan);
  for (const call of expressionsOf(plan).flatMap(decodersOf)) {
    for (const [key, column] of reportedColumns(input, references(call), new Map())) {
      const known = columns.get(key);
      if (known === undefined) columns.set(key, column);
      if (key === FUNCTION || key === REASON || (known && !sameType(known.type, column.type, true))) {
        throw ambiguousColumn(column.name);
      }
    }
  }
}

function rewrite(plan: LogicalPlan, report: StructType): LogicalPlan {
  const node = mapChildren(plan, (child) => rewrite(child, report));
  return isDecoding(plan) ? withReports(node as Decoding, report) : node;
}

function withReports(node: Decoding, report: StructType): LogicalPlan {
  let result = node;
  const reads = new Map<number, ReadonlySet<number>>();
  // calls around others come in later passes
  for (;;) {
    const calls = new DecoderCalls(reads);
    const decoded = mapExpressions(result, calls.taken) as Decoding;
    if (calls.aliases.length === 0) break;
    const input = inputOf(result);
    const { aliases } = calls;
    result = withInput(decoded, input, refusing(input, aliases, reads, report), aliases.map(attributeOf));
  }
  const wanted = outputOf(node);
  const found = outputOf(result);
  const isSame = found.length === wanted.length && wanted.every(({ id }, k) => id === found[k]!.id);
  return isSame ? result : { kind: "project", child: result, expressions: wanted };
}

/** An input with the results of checked calls, and without the rows that they could not decode. */
function refusing(
  input: LogicalPlan,
  aliases: readonly Alias[],
  reads: CallReads,
  report: StructType,
): LogicalPlan {
  const reported = aliases.map(({ id }) => reportedColumns(input, reads.get(id)!, reads));
  const child = withColumns(input, distinct(reported.flatMap((columns) => [...columns.values()])));
  const checked: LogicalPlan = { kind: "project", child, expressions: [...outputOf(child), ...aliases] };
  return aliases.reduce<LogicalPlan>((below, alias, k) => {
    const reason = fieldAt(attributeOf(alias), CHECKED_REASON);
    const told = new Map<string, Expression>([
      ...reported[k]!,
      [FUNCTION, literal(alias.names[0]!, StringType)],
      [REASON, reason],
    ]);
    const row = report.fields.map(({ name, type }) => told.get(name.toLowerCase()) ?? literal(null, type));
    return { kind: "filter", child: below, condition: refuseUnlessNull(reason, row) };
  }, checked);
}

function distinct(columns: readonly Attribute[]): readonly Attribute[] {
  return [...new Map(columns.map((column) => [column.id, column])).values()];
}

function noDecoders(): StreamError {
  return new StreamError({
    condition: "SS_NO_MALFORMED_ROWS",
    message:
      "No function of this query decodes records of its streams (from_json, from_csv, from_avro, from_protobuf), or each has a field for corrupt records, so malformedRowsTo(...) would write none. Leave it out.",
  });
}

function ambiguousColumn(name: string): StreamError {
  return new StreamError({
    condition: "SS_MALFORMED_ROWS_COLUMN",
    parameters: { name },
    message: `Reports of malformed rows cannot have the column ${name}: it has two types among the rows that functions decode, or the name of a column of the report itself. Give it another name.`,
  });
}
