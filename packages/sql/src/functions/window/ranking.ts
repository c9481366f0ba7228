import { DoubleType, IntegerType } from "@ss/core";
import { valueOutOfRange } from "../../expression/errors.js";
import { literal } from "../../expression/expression.js";
import type { WindowFunction, WindowPartition } from "../../expression/function.js";
import { castArgument, constantArgument, windowFunction } from "./define.js";

/** `row_number()`: 1, 2, 3 in the order of the window. */
export const rowNumber: WindowFunction = windowFunction({
  names: ["row_number"],
  arity: [0, 0],
  resolve: () => ({ args: [], type: IntegerType, nullable: false }),
  evaluate: ({ rowCount }) => Array.from({ length: rowCount }, (_, i) => i + 1),
});

/** A function of a row's peers; arguments may be given and mean nothing, since the ordering is what counts. */
function ranking(
  name: string,
  type: typeof IntegerType | typeof DoubleType,
  evaluate: (partition: WindowPartition) => number[],
): WindowFunction {
  return windowFunction({
    names: [name],
    arity: [0, Number.MAX_SAFE_INTEGER],
    resolve: () => ({ args: [], type, nullable: false }),
    evaluate,
    pretty: () => `${name.toUpperCase()}()`,
  });
}

/** `rank()`: 1 and the number of rows before the row's peers. */
export const rank: WindowFunction = ranking("rank", IntegerType, ({ peers }) =>
  Array.from(peers, (first) => first + 1),
);

/** `dense_rank()`: which group of peers the row is in. */
export const denseRank: WindowFunction = ranking("dense_rank", IntegerType, ({ peers }) => {
  let groups = 0;
  return Array.from(peers, (first, i) => (first === i ? ++groups : groups));
});

/** `percent_rank()`: (rank - 1) / (rows - 1), 0 in a partition of one row. */
export const percentRank: WindowFunction = ranking("percent_rank", DoubleType, ({ peers, rowCount }) =>
  Array.from(peers, (first) => (rowCount > 1 ? first / (rowCount - 1) : 0)),
);

/** `cume_dist()`: the part of the rows that come up to the row's last peer. */
export const cumeDist: WindowFunction = windowFunction({
  names: ["cume_dist"],
  arity: [0, 0],
  resolve: () => ({ args: [], type: DoubleType, nullable: false }),
  evaluate: ({ peers, rowCount }) => {
    const results = new Array<number>(rowCount);
    let end = rowCount;
    for (let i = rowCount - 1; i >= 0; i--) {
      results[i] = end / rowCount;
      if (peers[i] === i) end = i;
    }
    return results;
  },
});

/** `ntile(n)`: which of n buckets the row falls in; sizes differ by one at most, larger ones first. */
export const ntile: WindowFunction = windowFunction({
  names: ["ntile"],
  arity: [0, 1],
  resolve: (args, context) => {
    const buckets = castArgument(args[0] ?? literal(1, IntegerType), 0, IntegerType, context);
    const count = constantArgument(buckets, "buckets", context);
    if (typeof count === "number" && count <= 0) {
      throw valueOutOfRange(context, "buckets", "(0, 2147483647]", String(count));
    }
    return { args: [buckets], type: IntegerType, nullable: false };
  },
  evaluate: ({ rowCount, args }) => {
    const buckets = args[0]![0] as number;
    const size = Math.floor(rowCount / buckets);
    const larger = rowCount % buckets;
    const inLarger = larger * (size + 1);
    return Array.from({ length: rowCount }, (_, i) =>
      i < inLarger ? Math.floor(i / (size + 1)) + 1 : larger + Math.floor((i - inLarger) / size) + 1,
    );
  },
});
