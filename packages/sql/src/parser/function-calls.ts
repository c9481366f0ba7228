import type { Expression, SortOrder, UnresolvedCall, WindowSpec } from "../expression/expression.js";
import { parseExpr, parseSortItem } from "./expressions.js";
import { parseFieldName } from "./identifiers.js";
import type { TokenCursor } from "./token-cursor.js";
import { parseWindowSpec } from "./windows.js";

/** The arguments of a call, with the names that some of them have. */
export interface Arguments {
  readonly args: readonly Expression[];
  readonly argNames?: readonly (string | undefined)[];
}

/** A call; the cursor is at its opening parenthesis and `start` is the token at which the name began. */
export function parseFunctionCall(cursor: TokenCursor, start: number, name: readonly string[]): Expression {
  cursor.expect("(");
  const distinct = atQuantifier(cursor) && cursor.next().word === "DISTINCT";
  return finishFunctionCall(cursor, start, name, distinct);
}

/** The rest of a call from its arguments on; `first` is one that has been read already. */
export function finishFunctionCall(
  cursor: TokenCursor,
  start: number,
  name: readonly string[],
  distinct: boolean,
  first?: Expression,
): Expression {
  const list = parseList(cursor, first);
  const innerNulls = parseNulls(cursor);
  cursor.expect(")");
  const withinGroup = parseWithinGroup(cursor);
  const filter = parseFilter(cursor);
  const ignoreNulls = parseNulls(cursor) ?? innerNulls;
  const spec = parseOver(cursor);
  const origin = cursor.originFrom(start);
  const call: UnresolvedCall = {
    kind: "call",
    name,
    ...list,
    ...(distinct ? { distinct } : {}),
    ...(filter === undefined ? {} : { filter }),
    ...(withinGroup === undefined ? {} : { withinGroup }),
    ...(ignoreNulls === undefined ? {} : { ignoreNulls }),
    origin,
  };
  return spec === undefined ? call : { kind: "window", call, spec, origin };
}

function parseList(cursor: TokenCursor, first: Expression | undefined): Arguments {
  if (first === undefined) return cursor.at(")") ? { args: [] } : parseArguments(cursor);
  if (!cursor.accept(",")) return { args: [first] };
  const { args, argNames } = parseArguments(cursor);
  return {
    args: [first, ...args],
    ...(argNames === undefined ? {} : { argNames: [undefined, ...argNames] }),
  };
}

/** DISTINCT or ALL before the arguments, and not as a name among them. */
function atQuantifier(cursor: TokenCursor): boolean {
  if (!cursor.atAny("DISTINCT", "ALL")) return false;
  const next = cursor.peek();
  return next.word !== ")" && next.word !== "," && next.word !== ".";
}

/** `a, name => b`. */
export function parseArguments(cursor: TokenCursor): Arguments {
  const args: Expression[] = [];
  const names: (string | undefined)[] = [];
  do {
    const named = cursor.isName() && cursor.peek().word === "=>";
    names.push(named ? parseFieldName(cursor) : undefined);
    if (named) cursor.expect("=>");
    args.push(parseExpr(cursor));
  } while (cursor.accept(","));
  return names.some((name) => name !== undefined) ? { args, argNames: names } : { args };
}

function parseNulls(cursor: TokenCursor): boolean | undefined {
  if (cursor.accept("IGNORE", "NULLS")) return true;
  return cursor.accept("RESPECT", "NULLS") ? false : undefined;
}

function parseWithinGroup(cursor: TokenCursor): readonly SortOrder[] | undefined {
  if (!cursor.accept("WITHIN", "GROUP")) return undefined;
  cursor.expect("(", "ORDER", "BY");
  const order = cursor.list(parseSortItem);
  cursor.expect(")");
  return order;
}

function parseFilter(cursor: TokenCursor): Expression | undefined {
  if (!cursor.accept("FILTER", "(")) return undefined;
  cursor.expect("WHERE");
  const condition = parseExpr(cursor);
  cursor.expect(")");
  return condition;
}

function parseOver(cursor: TokenCursor): WindowSpec | undefined {
  if (!cursor.at("OVER") || (cursor.peek().word !== "(" && !cursor.isName(cursor.peek()))) return undefined;
  cursor.next();
  return parseWindowSpec(cursor);
}
