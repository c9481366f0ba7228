import type { Expression } from "../../src/expression/expression.js";
import type { LogicalPlan } from "../../src/logical/plan.js";
import { type ParserConf, parseExpression, parseStatement } from "../../src/parser/parser.js";

/** A tree without places in the text, as short as it can be written: `["+", "a", 1]`. */
export type Short = string | number | boolean | null | undefined | readonly Short[];

/** An expression in short form: columns by name, literals by value, calls as lists. */
export function short(e: Expression): Short {
  switch (e.kind) {
    case "literal":
      if (e.text !== undefined) return e.text;
      return typeof e.value === "bigint" ? `${e.value}n` : (e.value as Short);
    case "unresolvedAttribute":
      return `$${e.parts.join(".")}`;
    case "star":
      return [...(e.target ?? []), "*", ...(e.except ?? []).map((path) => `-${path.join(".")}`)].join(".");
    case "alias":
      return ["as", short(e.child), ...e.names];
    case "call":
      return [e.name.join("."), ...e.args.map(short)];
    case "cast":
      return [e.mode, short(e.child), e.type.kind];
    case "lambda":
      return ["->", e.parameters.map((p) => p.name), short(e.body)];
    case "sortOrder":
      return [short(e.child), e.ascending ? "asc" : "desc", e.nullsFirst ? "first" : "last"];
    case "window":
      return [
        "over",
        short(e.call),
        e.spec.partitionBy.map(short),
        e.spec.orderBy.map(short),
        e.spec.reference,
      ];
    case "subquery":
      return [e.form, ...(e.values ?? []).map(short)];
    case "parameter":
      return e.name === undefined ? `?${e.position}` : `:${e.name}`;
    default:
      return e.kind;
  }
}

/** An expression's text in short form. */
export function expr(text: string, conf?: ParserConf): Short {
  return short(parseExpression(text, conf));
}

/** The plan of a query. */
export function query(sql: string, conf?: ParserConf): LogicalPlan {
  const statement = parseStatement(sql, conf);
  if (statement.kind !== "query") throw new Error(`${sql} is no query but ${statement.kind}`);
  return statement.plan;
}

/** The same value without anything that tells where it stood. */
export function withoutOrigin<T>(value: T): T {
  return JSON.parse(
    JSON.stringify(value, (key, v: unknown) => {
      if (key === "origin") return undefined;
      return typeof v === "bigint" ? `${v}n` : v;
    }),
  ) as T;
}
