import { sqlText } from "@ss/core";
import { callText } from "./call-text.js";
import type {
  AggregateCall,
  Attribute,
  Expression,
  SortOrder,
  UnresolvedCall,
  WindowSpec,
} from "./expression.js";
import { prettyLiteral, sqlLiteral } from "./literal-text.js";
import { typeOf } from "./type-of.js";

/** The name that a column gets from its expression: `(a + b)`, `sum(x)`, `CAST(x AS INT)`, `DATE '2019-01-01'`. */
export function prettyName(e: Expression): string {
  return text(e, true);
}

/** An expression as SQL text with qualified names and exact literals: `(t.a + 1L)`. */
export function plainSql(e: Expression): string {
  return text(e, false);
}

/** The name of the column that an expression makes in a select list; of a cast of a column, that column's name. */
export function columnName(e: Expression): string {
  if (e.kind === "alias") return e.names[0]!;
  if (e.kind === "cast" && (e.child.kind === "attribute" || e.child.kind === "alias")) {
    return columnName(e.child);
  }
  if (e.kind === "cast" && e.child.kind === "unresolvedAttribute")
    return e.child.parts[e.child.parts.length - 1]!;
  return prettyName(e);
}

/** A name in backquotes if it needs them. */
export function quoteIfNeeded(name: string): string {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? name : `\`${name.replaceAll("`", "``")}\``;
}

function text(e: Expression, pretty: boolean): string {
  if (e.shown !== undefined) return e.shown;
  switch (e.kind) {
    case "literal":
      return pretty || (e.text !== undefined && e.type.kind !== "decimal")
        ? prettyLiteral(e)
        : sqlLiteral(e.value, e.type);
    case "attribute":
      return pretty ? e.name : qualifiedName(e);
    case "unresolvedAttribute":
      return e.parts.map(quoteIfNeeded).join(".");
    case "star":
      return e.target ? `${e.target.map(quoteIfNeeded).join(".")}.*` : "*";
    case "regexColumns":
      return [...(e.target ?? []), `\`${e.pattern}\``].join(".");
    case "alias":
      return `${text(e.child, pretty)} AS ${e.names.map(quoteIfNeeded).join(", ")}`;
    case "cast":
      if (e.mode === "implicit") return text(e.child, pretty);
      return `${e.mode === "try" ? "TRY_CAST" : "CAST"}(${text(e.child, pretty)} AS ${sqlText(e.type)})`;
    case "lambda":
      return `lambdafunction(${[e.body, ...e.parameters].map((part) => text(part, pretty)).join(", ")})`;
    case "lambdaVariable":
      return "namedlambdavariable()";
    case "sortOrder":
      return sortOrderText(e, pretty);
    case "outerReference":
      return `outer(${qualifiedName(e.attribute)})`;
    case "parameter":
      return e.name === undefined ? "?" : `:${e.name}`;
    case "userFunction":
      return `${e.name}(${list(e.args, pretty)})`;
    case "call":
      return unresolvedCallText(e, pretty);
    case "scalar":
      return e.fn.pretty
        ? e.fn.pretty(texts(e.args, pretty), e.name)
        : callText(e.name, texts(e.args, pretty), firstIsStruct(e.args));
    case "generator":
      return `${e.name}(${list(e.args, pretty)})`;
    case "windowFunction":
      return e.fn.pretty ? e.fn.pretty(texts(e.args, pretty), e.name) : `${e.name}(${list(e.args, pretty)})`;
    case "aggregate":
      return aggregateText(e, pretty);
    case "window": {
      const ignores = ignoresNulls(e.call) ? " ignore nulls" : "";
      return `${text(e.call, pretty)}${ignores} OVER ${windowSpecText(e.spec, pretty)}`;
    }
    case "subquery": {
      const outer = (e.outer ?? []).map((attribute) => text(attribute, pretty)).join(", ");
      if (e.form !== "in") return `${e.form === "scalar" ? "scalarsubquery" : "exists"}(${outer})`;
      return `(${inValues(e.values ?? [], pretty)} IN (listquery(${outer})))`;
    }
  }
}

function qualifiedName(attribute: Attribute): string {
  return [...attribute.qualifier, attribute.name].map(quoteIfNeeded).join(".");
}

function texts(args: readonly Expression[], pretty: boolean): string[] {
  return args.map((arg) => text(arg, pretty));
}

function list(args: readonly Expression[], pretty: boolean): string {
  return texts(args, pretty).join(", ");
}

function firstIsStruct(args: readonly Expression[]): boolean {
  const first = args[0];
  if (first === undefined) return false;
  const type = typeOf(first);
  const key = args[1];
  const named = key?.kind === "literal" && key.type.kind === "string";
  return type.kind === "struct" || (type.kind === "array" && named);
}

function inValues(values: readonly Expression[], pretty: boolean): string {
  if (values.length === 1) return text(values[0]!, pretty);
  const fields = values.map((value) => {
    const name = value.kind === "attribute" ? value.name : columnName(value);
    return `'${name}', ${text(value, pretty)}`;
  });
  return `named_struct(${fields.join(", ")})`;
}

function unresolvedCallText(e: UnresolvedCall, pretty: boolean): string {
  const name = e.name.map((part, i) => (i === 0 ? part : quoteIfNeeded(part))).join(".");
  const stars =
    e.args.length === 1 && e.args[0]!.kind === "star" && name.toLowerCase() === "count" && !e.distinct;
  const args = stars ? ["1"] : texts(e.args, pretty);
  if (e.distinct && args.length > 0) args[0] = `DISTINCT ${args[0]}`;
  const filter = e.filter ? ` FILTER (WHERE ${text(e.filter, pretty)})` : "";
  const within = e.withinGroup ? ` WITHIN GROUP (ORDER BY ${list(e.withinGroup, pretty)})` : "";
  return callText(name, args, false) + within + filter;
}

function aggregateText(e: AggregateCall, pretty: boolean): string {
  const args = texts(e.args, pretty);
  if (e.distinct && args.length > 0) args[0] = `DISTINCT ${args[0]}`;
  const body = e.fn.pretty ? e.fn.pretty(args, e.name, e.state) : `${e.name}(${args.join(", ")})`;
  const within =
    e.orderBy && e.orderBy.length > 0 ? ` WITHIN GROUP (ORDER BY ${list(e.orderBy, pretty)})` : "";
  return body + within + (e.filter ? ` FILTER (WHERE ${text(e.filter, pretty)})` : "");
}

function ignoresNulls(call: Expression): boolean {
  return (call.kind === "windowFunction" || call.kind === "call") && call.ignoreNulls === true;
}

function sortOrderText(e: SortOrder, pretty: boolean): string {
  const direction = e.ascending ? "ASC" : "DESC";
  return `${text(e.child, pretty)} ${direction} ${e.nullsFirst ? "NULLS FIRST" : "NULLS LAST"}`;
}

/** A window's specification as text: `(PARTITION BY a ORDER BY b ASC NULLS FIRST ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)`. */
export function windowSpecText(spec: WindowSpec, pretty = true): string {
  const parts: string[] = [];
  if (spec.partitionBy.length > 0) parts.push(`PARTITION BY ${list(spec.partitionBy, pretty)}`);
  if (spec.orderBy.length > 0) parts.push(`ORDER BY ${list(spec.orderBy, pretty)}`);
  if (spec.frame) parts.push(frameText(spec.frame, pretty));
  return `(${parts.join(" ")})`;
}

/** A window's frame as text: `ROWS BETWEEN 1 PRECEDING AND CURRENT ROW`. */
export function frameText(frame: NonNullable<WindowSpec["frame"]>, pretty = true): string {
  return `${frame.type.toUpperCase()} BETWEEN ${boundText(frame.lower, pretty)} AND ${boundText(frame.upper, pretty)}`;
}

function boundText(bound: NonNullable<WindowSpec["frame"]>["lower"], pretty: boolean): string {
  switch (bound.bound) {
    case "unboundedPreceding":
      return "UNBOUNDED PRECEDING";
    case "unboundedFollowing":
      return "UNBOUNDED FOLLOWING";
    case "currentRow":
      return "CURRENT ROW";
    default:
      return `${bound.offset ? text(bound.offset, pretty) : ""} ${bound.bound === "preceding" ? "PRECEDING" : "FOLLOWING"}`;
  }
}
