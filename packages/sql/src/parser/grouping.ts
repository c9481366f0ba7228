import type { Expression, Origin } from "../expression/expression.js";
import type { Aggregate, LogicalPlan } from "../logical/plan.js";
import { parseExpr } from "./expressions.js";
import { parseError } from "./parse-error.js";
import { sameExpression } from "./same-expression.js";
import type { TokenCursor } from "./token-cursor.js";

/** What GROUP BY says. Sets hold the indexes of keys. */
export interface Grouping {
  readonly keys: readonly Expression[];
  readonly all?: boolean;
  readonly sets?: readonly (readonly number[])[];
  /** Of the clause alone, which Spark's messages show instead of the whole query. */
  readonly origin?: Origin;
}

/** An aggregate out of its parts. */
export function aggregateOf(
  child: LogicalPlan,
  grouping: Grouping,
  expressions: readonly Expression[],
  origin: Origin,
): Aggregate {
  return { kind: "aggregate", child, expressions, origin, ...grouping };
}

type KeySet = readonly Expression[];

/** `GROUP BY ...`; undefined when there is none. */
export function parseGroupBy(cursor: TokenCursor): Grouping | undefined {
  const start = cursor.index;
  if (!cursor.accept("GROUP", "BY")) return undefined;
  const parsed = parseKeys(cursor, start);
  return { ...parsed, origin: cursor.originFrom(start) };
}

function parseKeys(cursor: TokenCursor, start: number): Grouping {
  if (cursor.at("ALL") && !atNameBehind(cursor)) {
    cursor.next();
    return { keys: [], all: true };
  }
  const elements = cursor.list(parseElement);
  const plain = elements.every((element) => element.analytic === undefined);
  if (plain && cursor.at("WITH") && (cursor.peek().word === "ROLLUP" || cursor.peek().word === "CUBE")) {
    cursor.next();
    const keys = elements.map(keyOf);
    const sets = combined(
      cursor.next().word,
      keys.map((key) => [key]),
    );
    return grouping(keys, sets);
  }
  if (plain && cursor.at("GROUPING", "SETS")) {
    cursor.index += 2;
    const keys = elements.map(keyOf);
    return grouping(keys, cursor.parenthesized(parseSet));
  }
  if (plain) return { keys: elements.map(keyOf) };
  refuseEmptySets(cursor, start, elements);
  // Several analytics multiply: every set of the one with every set of the other.
  const sets = elements.reduce<readonly KeySet[]>(
    (left, element) => left.flatMap((set) => element.sets.map((other) => [...set, ...other])),
    [[]],
  );
  return grouping([], sets);
}

function atNameBehind(cursor: TokenCursor): boolean {
  const next = cursor.peek();
  return next.type === "mark" && next.word !== ")" && next.word !== ";" && next.word !== "|>";
}

interface Element {
  readonly analytic: string | undefined;
  readonly sets: readonly KeySet[];
  /** Whether ROLLUP or CUBE had `()` among its sets. */
  readonly hasEmpty?: boolean;
}

/** A key, or ROLLUP, CUBE or GROUPING SETS. */
function parseElement(cursor: TokenCursor): Element {
  return parseAnalytic(cursor) ?? { analytic: undefined, sets: [[parseExpr(cursor)]] };
}

/** The key that an element without analytics is. */
function keyOf(element: Element): Expression {
  return element.sets[0]?.[0] as Expression;
}

function parseAnalytic(cursor: TokenCursor): Element | undefined {
  if (cursor.at("GROUPING", "SETS", "(")) {
    cursor.index += 2;
    const elements = cursor.parenthesized(
      (c) => parseAnalytic(c) ?? { analytic: undefined, sets: [parseSet(c)] },
    );
    return { analytic: "GROUPING SETS", sets: elements.flatMap((element) => element.sets) };
  }
  if (!cursor.at("ROLLUP", "(") && !cursor.at("CUBE", "(")) return undefined;
  const analytic = cursor.next().word;
  const sets = cursor.parenthesized(parseSet);
  return { analytic, sets: combined(analytic, sets), hasEmpty: sets.some((set) => set.length === 0) };
}

/** `(a, b)`, `()` or a single key. */
function parseSet(cursor: TokenCursor): KeySet {
  const start = cursor.index;
  if (!cursor.accept("(")) return [parseExpr(cursor)];
  if (cursor.accept(")")) return [];
  const keys = cursor.list(parseExpr);
  if (cursor.accept(")") && cursor.atAny(",", ")")) return keys;
  // The parenthesis was the beginning of an expression.
  cursor.index = start;
  return [parseExpr(cursor)];
}

/** The sets of ROLLUP, ever fewer keys from the right, or of CUBE, all choices of keys. */
function combined(analytic: string, parts: readonly KeySet[]): KeySet[] {
  if (analytic === "ROLLUP") {
    return Array.from({ length: parts.length + 1 }, (_, i) => parts.slice(0, parts.length - i).flat());
  }
  const [first, ...rest] = parts;
  if (first === undefined) return [[]];
  const others = combined("CUBE", rest);
  return [...others.map((set) => [...first, ...set]), ...others];
}

function refuseEmptySets(cursor: TokenCursor, start: number, elements: readonly Element[]): void {
  const element = elements.find((candidate) => candidate.hasEmpty === true)?.analytic;
  if (element === undefined) return;
  const message = `${element} has no empty grouping sets.`;
  throw parseError("_LEGACY_ERROR_TEMP_0051", undefined, { element }, cursor.originFrom(start), message);
}

/** Keys are numbered in the order in which they are first named. */
function grouping(known: readonly Expression[], sets: readonly KeySet[]): Grouping {
  const keys = [...known];
  const indexes = sets.map((set) => {
    const members = set.map((key) => {
      const found = keys.findIndex((other) => sameExpression(key, other));
      return found >= 0 ? found : keys.push(key) - 1;
    });
    return [...new Set(members)];
  });
  return { keys, sets: indexes };
}
