import type { Expression, ScalarCall } from "../expression/expression.js";
import { caseWhen, isNotNull, not, nullLike } from "./calls.js";

/** Makes an argument null in rows that do not reach the place of a call. */
export type Guard = (arg: Expression) => Expression;

/** What tells the rows that reach argument `k` of a call from the others; undefined where all do. */
export function reached({ fn, args }: ScalarCall, k: number): Guard | undefined {
  switch (fn.names[0]) {
    case "when":
    case "if":
      return reachedInCase(args, k);
    case "coalesce":
      return k === 0 ? undefined : unless(args.slice(0, k).map(isNotNull));
    case "and":
      return k === 0 ? undefined : unless([not(args[0]!)]);
    case "or":
      return k === 0 ? undefined : unless([args[0]!]);
    default:
      return undefined;
  }
}

/** What tells the rows for which a condition is true from the others. */
export function reachedWhen(condition: Expression): Guard {
  return (arg) => caseWhen([[condition, arg]], nullLike(arg));
}

/** Arguments are `c1, v1, c2, v2, ..., [otherwise]`. */
function reachedInCase(args: readonly Expression[], k: number): Guard | undefined {
  const isCondition = k % 2 === 0;
  const before = args.slice(0, k).filter((_, at) => at % 2 === 0);
  if (isCondition) return before.length === 0 ? undefined : unless(before);
  const taken = args[k - 1]!;
  return (arg) => {
    const none = nullLike(arg);
    const others = before.slice(0, -1).map((condition) => [condition, none] as const);
    return caseWhen([...others, [taken, arg]], none);
  };
}

/** Null where one of the conditions is true. */
function unless(conditions: readonly Expression[]): Guard {
  return (arg) =>
    caseWhen(
      conditions.map((condition) => [condition, nullLike(arg)] as const),
      arg,
    );
}
