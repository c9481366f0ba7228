import { DoubleType } from "@ss/core";
import type { AggregateFunction } from "../../expression/function.js";
import { requireType } from "./define.js";
import { NumberAccumulator, type NumberLogic } from "./number-table.js";

const COUNT = 0;
const MEAN = 1;
const M2 = 2;
const M3 = 3;
const M4 = 4;

type State = readonly Float64Array[];

/** Sums of powers of the distances from the mean, up to the fourth, kept up to date value by value. */
abstract class CentralMoments implements NumberLogic {
  readonly width = 5;

  add(state: State, slot: number, x: number): void {
    const n = state[COUNT]![slot]! + 1;
    const delta = x - state[MEAN]![slot]!;
    const part = delta / n;
    const square = delta * delta;
    const partSquare = part * part;
    const m2 = state[M2]![slot]! + delta * (delta - part);
    const m3 = state[M3]![slot]! - 3 * part * m2 + delta * (square - partSquare);
    state[M4]![slot] =
      state[M4]![slot]! - 4 * part * m3 - 6 * partSquare * m2 + delta * (delta * square - part * partSquare);
    state[M3]![slot] = m3;
    state[M2]![slot] = m2;
    state[MEAN]![slot]! += part;
    state[COUNT]![slot] = n;
  }

  merge(state: State, slot: number, other: State, i: number): void {
    const [n1, mean1, a2, a3, a4] = state.map((numbers) => numbers[slot]!) as [
      number,
      number,
      number,
      number,
      number,
    ];
    const [n2, mean2, b2, b3, b4] = other.map((numbers) => numbers[i]!) as [
      number,
      number,
      number,
      number,
      number,
    ];
    const n = n1 + n2;
    const delta = mean2 - mean1;
    const part = n === 0 ? 0 : delta / n;
    state[COUNT]![slot] = n;
    state[MEAN]![slot] = mean1 + part * n2;
    state[M2]![slot] = a2 + b2 + delta * part * n1 * n2;
    state[M3]![slot] = a3 + b3 + part * part * delta * n1 * n2 * (n1 - n2) + 3 * part * (n1 * b2 - n2 * a2);
    state[M4]![slot] =
      a4 +
      b4 +
      part * part * part * delta * n1 * n2 * (n1 * n1 - n1 * n2 + n2 * n2) +
      6 * part * part * (n1 * n1 * b2 + n2 * n2 * a2) +
      4 * part * (n1 * b3 - n2 * a3);
  }

  abstract result(state: State, slot: number): number | null;
}

class Skewness extends CentralMoments {
  result(state: State, slot: number): number | null {
    const m2 = state[M2]![slot]!;
    return m2 === 0 ? null : (Math.sqrt(state[COUNT]![slot]!) * state[M3]![slot]!) / Math.sqrt(m2 * m2 * m2);
  }
}

class Kurtosis extends CentralMoments {
  result(state: State, slot: number): number | null {
    const m2 = state[M2]![slot]!;
    return m2 === 0 ? null : (state[COUNT]![slot]! * state[M4]![slot]!) / (m2 * m2) - 3;
  }
}

function define(name: string, logic: NumberLogic): AggregateFunction {
  return {
    form: "aggregate",
    names: [name],
    arity: [1, 1],
    resolve: (args, context) => ({
      args: requireType(args, [DoubleType], context),
      type: DoubleType,
      nullable: true,
    }),
    buffer: () =>
      ["n", "avg", "m2", "m3", "m4"].map((part) => ({ name: part, type: DoubleType, nullable: false })),
    accumulator: () => new NumberAccumulator(logic),
  };
}

/** `skewness(x)`: how far the values lean to one side; null where they do not differ. */
export const skewness: AggregateFunction = define("skewness", new Skewness());
/** `kurtosis(x)`: how heavy the tails are, beyond those of a normal distribution; null where the values do not differ. */
export const kurtosis: AggregateFunction = define("kurtosis", new Kurtosis());
