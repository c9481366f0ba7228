import { sameType, type Value } from "@ss/core";
import { children } from "./children.js";
import type { Expression, ScalarCall } from "./expression.js";

/**
 * Whether two resolved expressions always have the same value. Origins and the names of columns do not count; calls that are
 * not deterministic are the same only as one object.
 */
export function sameExpression(a: Expression, b: Expression): boolean {
  if (a === b) return true;
  if (a.kind !== b.kind) return false;
  switch (a.kind) {
    case "literal": {
      const other = b as typeof a;
      return sameType(a.type, other.type) && sameValue(a.value, other.value);
    }
    case "attribute":
    case "lambdaVariable":
      return a.id === (b as typeof a).id;
    case "outerReference":
      return a.attribute.id === (b as typeof a).attribute.id;
    case "cast": {
      const other = b as typeof a;
      return (
        (a.mode === "try") === (other.mode === "try") && sameType(a.type, other.type) && sameChildren(a, b)
      );
    }
    case "alias":
      return a.id === (b as typeof a).id && sameChildren(a, b);
    case "sortOrder": {
      const other = b as typeof a;
      return a.ascending === other.ascending && a.nullsFirst === other.nullsFirst && sameChildren(a, b);
    }
    case "scalar":
      return sameScalar(a, b as ScalarCall);
    case "aggregate": {
      const other = b as typeof a;
      return (
        a.fn === other.fn &&
        a.distinct === other.distinct &&
        sameState(a.state, other.state) &&
        sameChildren(a, b)
      );
    }
    case "generator":
    case "windowFunction":
      return a.fn === (b as typeof a).fn && sameState(a.state, (b as typeof a).state) && sameChildren(a, b);
    case "window": {
      const frames = sameState(a.spec.frame, (b as typeof a).spec.frame);
      return frames && sameChildren(a, b);
    }
    case "userFunction":
      return a.deterministic && a.run === (b as typeof a).run && sameChildren(a, b);
    case "lambda":
      return sameData(a, b, new Map());
    case "subquery": {
      const other = b as typeof a;
      return a.form === other.form && sameChildren(a, b) && sameData(a.plan, other.plan, new Map());
    }
    default:
      return sameData(a, b, new Map());
  }
}

const COMMUTATIVE: ReadonlySet<string> = new Set(["+", "*", "and", "or", "=", "<=>", "&", "|", "^"]);

function sameScalar(a: ScalarCall, b: ScalarCall): boolean {
  if (
    a.fn !== b.fn ||
    a.checked !== b.checked ||
    a.fn.deterministic === false ||
    !sameState(a.state, b.state)
  )
    return false;
  if (sameChildren(a, b)) return true;
  if (a.args.length !== 2 || b.args.length !== 2 || !COMMUTATIVE.has(a.fn.names[0]!)) return false;
  return sameExpression(a.args[0]!, b.args[1]!) && sameExpression(a.args[1]!, b.args[0]!);
}

function sameChildren(a: Expression, b: Expression): boolean {
  const left = children(a);
  const right = children(b);
  return left.length === right.length && left.every((child, i) => sameExpression(child, right[i]!));
}

function sameState(a: unknown, b: unknown): boolean {
  return a === b || sameData(a, b, new Map());
}

function sameValue(a: Value, b: Value): boolean {
  return Object.is(a, b) || (typeof a === "object" && sameData(a, b, new Map()));
}

/** Plain data alike but for origins, where the attributes that it makes may have other ids in the same places. */
function sameData(a: unknown, b: unknown, ids: Map<number, number>): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) || ArrayBuffer.isView(a)) {
    const [left, right] = [a as ArrayLike<unknown>, b as ArrayLike<unknown>];
    return left.length === right.length && Array.from(left).every((one, i) => sameData(one, right[i], ids));
  }
  const keys = Object.keys(a).filter((key) => key !== "origin");
  return keys.every((key) => {
    const [left, right] = [(a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]];
    if (key !== "id" || typeof left !== "number" || typeof right !== "number")
      return sameData(left, right, ids);
    const known = ids.get(left);
    if (known === undefined) ids.set(left, right);
    return known === undefined || known === right;
  });
}
