import type { SqlFunction } from "../../expression/function.js";
import { schemaOfVariantAgg } from "../variant/schema-of-variant-agg.js";
import { approxCountDistinct } from "./approx-count-distinct.js";
import { avg, tryAvg } from "./avg.js";
import { bitmapAndAgg, bitmapConstructAgg, bitmapOrAgg } from "./bitmap.js";
import { bitAnd, bitOr, bitXor } from "./bitwise.js";
import {
  corr,
  covarPop,
  covarSamp,
  regrCount,
  regrIntercept,
  regrMeans,
  regrR2,
  regrSlope,
  regrSums,
} from "./co-moments.js";
import { collectList, collectSet, collectUnion } from "./collect.js";
import { count, countIf } from "./count.js";
import { countMinSketch } from "./count-min-sketch.js";
import { max, min } from "./extremum.js";
import { maxBy, minBy } from "./extremum-by.js";
import { anyValue, first, last } from "./first-last.js";
import { histogramNumeric } from "./histogram-numeric.js";
import { listagg } from "./listagg.js";
import { boolAnd, boolOr } from "./logical.js";
import { mode } from "./mode.js";
import { kurtosis, skewness } from "./moments.js";
import { median, percentile, percentileCont, percentileDisc } from "./percentile.js";
import { percentileApprox } from "./percentile-approx.js";
import { stddev, stddevPop, varPop, varSamp } from "./statistics.js";
import { sum, trySum } from "./sum.js";
import { vectorAvg, vectorSum } from "./vector.js";

/** Every built-in aggregate function. */
export const aggregateFunctions: readonly SqlFunction[] = [
  count,
  countIf,
  approxCountDistinct,
  sum,
  trySum,
  avg,
  tryAvg,
  min,
  max,
  minBy,
  maxBy,
  first,
  anyValue,
  last,
  collectList,
  collectSet,
  collectUnion,
  listagg,
  boolAnd,
  boolOr,
  bitAnd,
  bitOr,
  bitXor,
  bitmapConstructAgg,
  bitmapOrAgg,
  bitmapAndAgg,
  varSamp,
  varPop,
  stddev,
  stddevPop,
  skewness,
  kurtosis,
  covarPop,
  covarSamp,
  corr,
  regrCount,
  regrSlope,
  regrIntercept,
  regrR2,
  ...regrSums,
  ...regrMeans,
  percentile,
  percentileCont,
  percentileDisc,
  median,
  percentileApprox,
  mode,
  histogramNumeric,
  countMinSketch,
  vectorSum,
  vectorAvg,
  schemaOfVariantAgg,
];
