import type { SqlFunction } from "../../expression/function.js";
import { avg, tryAvg } from "./avg.js";
import { collectList, collectSet } from "./collect.js";
import { count, countIf } from "./count.js";
import { max, min } from "./extremum.js";
import { anyValue, first, last } from "./first-last.js";
import { boolAnd, boolOr } from "./logical.js";
import { stddev, stddevPop, varPop, varSamp } from "./statistics.js";
import { sum, trySum } from "./sum.js";

/** Every built-in aggregate function. */
export const aggregateFunctions: readonly SqlFunction[] = [
  count,
  countIf,
  sum,
  trySum,
  avg,
  tryAvg,
  min,
  max,
  first,
  anyValue,
  last,
  collectList,
  collectSet,
  boolAnd,
  boolOr,
  varSamp,
  varPop,
  stddev,
  stddevPop,
];
