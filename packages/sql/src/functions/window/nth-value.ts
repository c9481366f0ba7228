import type { Value } from "@ss/core";
import { valueOutOfRange } from "../../expression/errors.js";
import type { WindowFunction } from "../../expression/function.js";
import { typeOf } from "../../expression/type-of.js";
import { castArgument, constantArgument, windowFunction } from "./define.js";

/** `nth_value(x, n)`: x of the n-th row of the frame, or of the n-th with a value; null where there are not so many. */
export const nthValue: WindowFunction = windowFunction({
  names: ["nth_value"],
  arity: [2, 2],
  resolve: (args, context) => {
    const offset = castArgument(args[1]!, 1, "integral", context);
    const n = constantArgument(offset, "offset", context);
    if (n !== null && (n as number | bigint) <= 0) {
      throw valueOutOfRange(context, "offset", "(0, 9223372036854775807]", `${String(n)}L`);
    }
    return { args: [args[0]!, offset], type: typeOf(args[0]!), nullable: true };
  },
  evaluate: ({ rowCount, args, ignoreNulls, frames }) => {
    const values = args[0]!;
    const n = Number(args[1]![0] ?? 0);
    const { lower, upper } = frames();
    const find = ignoreNulls ? presentFinder(values) : (from: number) => from + n - 1;
    return Array.from({ length: rowCount }, (_, i): Value => {
      const place = find(lower[i]!, n);
      return place < upper[i]! ? (values[place] ?? null) : null;
    });
  },
});

/** Finds the place of the n-th present value from a place on; Infinity where there are not so many. */
function presentFinder(values: readonly Value[]): (from: number, n: number) => number {
  const present: number[] = [];
  const before = values.map((value, i) => (value === null ? present.length : present.push(i) - 1));
  return (from, n) => present[(before[from] ?? present.length) + n - 1] ?? Number.POSITIVE_INFINITY;
}
