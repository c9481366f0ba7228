import { DoubleType, LongType } from "@ss/core";
import type { Origin } from "../../expression/expression.js";
import type { AggregateFunction } from "../../expression/function.js";
import { divideByZero } from "../runtime-error.js";
import { count } from "./count.js";
import { requireType } from "./define.js";
import { NumberAccumulator, type NumberLogic } from "./number-table.js";

const COUNT = 0;
const MEAN_X = 1;
const MEAN_Y = 2;
/** Sum of products of the distances from the means. */
const CXY = 3;
/** Sums of squares of the distances from the means. */
const CXX = 4;
const CYY = 5;

type State = readonly Float64Array[];
type Finish = (part: (index: number) => number, ansi: boolean, origin: Origin | undefined) => number | null;

/** Means and products of distances of pairs, kept up to date pair by pair. */
class CoMoments implements NumberLogic {
  readonly width = 6;
  private readonly finish: (part: (index: number) => number) => number | null;
  /** Squares are summed in the form of the variance, which rounds otherwise than that of the correlation. */
  private readonly asVariance: boolean;

  constructor(finish: (part: (index: number) => number) => number | null, asVariance: boolean) {
    this.finish = finish;
    this.asVariance = asVariance;
  }
  add(state: State, slot: number, x: number, y: number): void {
    const n = state[COUNT]![slot]! + 1;
    const dx = x - state[MEAN_X]![slot]!;
    const dy = y - state[MEAN_Y]![slot]!;
    const meanX = state[MEAN_X]![slot]! + dx / n;
    const meanY = state[MEAN_Y]![slot]! + dy / n;
    state[COUNT]![slot] = n;
    state[MEAN_X]![slot] = meanX;
    state[MEAN_Y]![slot] = meanY;
    state[CXY]![slot]! += dx * (y - meanY);
    state[CXX]![slot]! += dx * (this.asVariance ? dx - dx / n : x - meanX);
    state[CYY]![slot]! += dy * (this.asVariance ? dy - dy / n : y - meanY);
  }
  merge(state: State, slot: number, other: State, i: number): void {
    const n1 = state[COUNT]![slot]!;
    const n2 = other[COUNT]![i]!;
    const n = n1 + n2;
    const dx = other[MEAN_X]![i]! - state[MEAN_X]![slot]!;
    const dy = other[MEAN_Y]![i]! - state[MEAN_Y]![slot]!;
    const partX = n === 0 ? 0 : dx / n;
    const partY = n === 0 ? 0 : dy / n;
    state[COUNT]![slot] = n;
    state[MEAN_X]![slot]! += partX * n2;
    state[MEAN_Y]![slot]! += partY * n2;
    state[CXY]![slot]! += other[CXY]![i]! + dx * partY * n1 * n2;
    state[CXX]![slot]! += other[CXX]![i]! + dx * partX * n1 * n2;
    state[CYY]![slot]! += other[CYY]![i]! + dy * partY * n1 * n2;
  }
  result(state: State, slot: number): number | null {
    return this.finish((index) => state[index]![slot]!);
  }
}

/** A function of pairs; null where there is none. */
function define(name: string, finish: Finish, form?: "swapped" | "asVariance"): AggregateFunction {
  return {
    form: "aggregate",
    names: [name],
    arity: [2, 2],
    resolve: (args, context) => ({
      args: requireType(args, [DoubleType, DoubleType], context),
      type: DoubleType,
      nullable: true,
      state: { origin: context.origin },
    }),
    buffer: () =>
      ["n", "xAvg", "yAvg", "ck", "xMk", "yMk"].map((part) => ({
        name: part,
        type: DoubleType,
        nullable: false,
      })),
    accumulator: ({ ansi, state }) => {
      const { origin } = state as { readonly origin?: Origin };
      const orNull = (part: (index: number) => number): number | null =>
        part(COUNT) === 0 ? null : finish(part, ansi, origin);
      const logic = new CoMoments(orNull, form !== undefined);
      return new NumberAccumulator(form === "swapped" ? swap(logic) : logic);
    },
  };
}

/** The same over pairs the other way round. */
function swap(logic: NumberLogic): NumberLogic {
  return {
    width: logic.width,
    add: (state, slot, x, y) => logic.add(state, slot, y, x),
    merge: (state, slot, other, i) => logic.merge(state, slot, other, i),
    result: (state, slot) => logic.result(state, slot),
  };
}

/** The coefficient of correlation of more than one pair; a side without differences divides by zero. */
const correlation: Finish = (part, ansi, origin) => {
  const scale = Math.sqrt(part(CXX) * part(CYY));
  if (scale !== 0) return part(CXY) / scale;
  if (ansi) throw divideByZero(origin);
  return null;
};

/** `covar_pop(x, y)`. */
export const covarPop: AggregateFunction = define("covar_pop", (part) => part(CXY) / part(COUNT));
/** `covar_samp(x, y)`: null for fewer than two pairs. */
export const covarSamp: AggregateFunction = define("covar_samp", (part) =>
  part(COUNT) === 1 ? null : part(CXY) / (part(COUNT) - 1),
);
/** `corr(x, y)`: null for fewer than two pairs. */
export const corr: AggregateFunction = define("corr", (part, ansi, origin) =>
  part(COUNT) === 1 ? null : correlation(part, ansi, origin),
);

/** `regr_slope(y, x)`: null where x does not differ. */
export const regrSlope: AggregateFunction = define(
  "regr_slope",
  (part) => (part(CXX) === 0 ? null : part(CXY) / part(CXX)),
  "swapped",
);
/** `regr_intercept(y, x)`: null where x does not differ. */
export const regrIntercept: AggregateFunction = define(
  "regr_intercept",
  (part) => (part(CXX) === 0 ? null : part(MEAN_Y) - (part(CXY) / part(CXX)) * part(MEAN_X)),
  "swapped",
);
/** `regr_r2(y, x)`: null where the first argument does not differ, 1 where the second does not. */
export const regrR2: AggregateFunction = define("regr_r2", (part, ansi, origin) => {
  if (part(CXX) === 0) return null;
  if (part(CYY) === 0) return 1;
  const r = correlation(part, ansi, origin)!;
  return r * r;
});
/** `regr_sxx(y, x)`, `regr_sxy(y, x)`, `regr_syy(y, x)`: sums of squares and products of the distances from the means. */
export const regrSums: readonly AggregateFunction[] = [
  define("regr_sxx", (part) => part(CYY), "asVariance"),
  define("regr_sxy", (part) => part(CXY)),
  define("regr_syy", (part) => part(CXX), "asVariance"),
];

/** The mean of one side of the pairs, from a sum. */
class SideMean implements NumberLogic {
  readonly width = 2;
  private readonly second: boolean;

  constructor(second: boolean) {
    this.second = second;
  }
  add([sum, n]: State, slot: number, x: number, y: number): void {
    sum![slot]! += this.second ? y : x;
    n![slot]! += 1;
  }
  merge([sum, n]: State, slot: number, other: State, i: number): void {
    sum![slot]! += other[0]![i]!;
    n![slot]! += other[1]![i]!;
  }
  result([sum, n]: State, slot: number): number | null {
    return n![slot] === 0 ? null : sum![slot]! / n![slot]!;
  }
}

function defineMean(name: string, second: boolean): AggregateFunction {
  return {
    form: "aggregate",
    names: [name],
    arity: [2, 2],
    resolve: (args, context) => ({
      args: requireType(args, [DoubleType, DoubleType], context),
      type: DoubleType,
      nullable: true,
    }),
    buffer: () => ["sum", "count"].map((part) => ({ name: part, type: DoubleType, nullable: false })),
    accumulator: () => new NumberAccumulator(new SideMean(second)),
  };
}

/** `regr_avgx(y, x)`, `regr_avgy(y, x)`: means over the pairs. */
export const regrMeans: readonly AggregateFunction[] = [
  defineMean("regr_avgx", true),
  defineMean("regr_avgy", false),
];

/** `regr_count(y, x)`: the number of pairs. */
export const regrCount: AggregateFunction = {
  ...count,
  names: ["regr_count"],
  arity: [2, 2],
  resolve: (args) => ({ args, type: LongType, nullable: false }),
};
