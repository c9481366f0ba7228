import { IntegerType, NullType, type Value } from "@ss/core";
import { literal } from "../../expression/expression.js";
import type { WindowFunction } from "../../expression/function.js";
import { nullableOf, typeOf } from "../../expression/type-of.js";
import { castArgument, constantArgument, windowFunction } from "./define.js";

/** The value some rows behind (`direction` -1) or ahead of each row, else the default as it is in the row itself. */
function offsetFunction(name: string, direction: 1 | -1): WindowFunction {
  return windowFunction({
    names: [name],
    arity: [1, 3],
    resolve: (args, context) => {
      const input = args[0]!;
      const type = typeOf(input);
      const offset = castArgument(args[1] ?? literal(1, IntegerType), 1, IntegerType, context);
      constantArgument(offset, "offset", context);
      const otherwise = castArgument(args[2] ?? literal(null, NullType), 2, type, context);
      const nullable = nullableOf(input) || nullableOf(otherwise);
      return { args: [input, offset, otherwise], type, nullable };
    },
    evaluate: ({ rowCount, args, ignoreNulls }) => {
      const [values, offsets, defaults] = args as [readonly Value[], readonly Value[], readonly Value[]];
      const distance = Number(offsets[0] ?? 0) * direction;
      const at = ignoreNulls && distance !== 0 ? presentAt(values, distance) : (i: number) => i + distance;
      return Array.from({ length: rowCount }, (_, i) => {
        const place = at(i);
        return place >= 0 && place < rowCount ? values[place]! : defaults[i]!;
      });
    },
  });
}

/** Where the value that is `distance` present values away from a row stands; -1 where there are not so many. */
function presentAt(values: readonly Value[], distance: number): (i: number) => number {
  const present: number[] = [];
  const before = values.map((value, i) => (value === null ? present.length : present.push(i) - 1));
  return (i) => {
    // a row without a value stands between the present one before it and the one after it
    const next = distance > 0 && values[i] === null ? before[i]! - 1 : before[i]!;
    return present[next + distance] ?? -1;
  };
}

/** `lag(x[, n[, default]])`: x of n rows before. */
export const lag: WindowFunction = offsetFunction("lag", -1);

/** `lead(x[, n[, default]])`: x of n rows later. */
export const lead: WindowFunction = offsetFunction("lead", 1);
