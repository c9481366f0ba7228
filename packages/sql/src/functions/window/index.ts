import type { WindowFunction } from "../../expression/function.js";
import { nthValue } from "./nth-value.js";
import { lag, lead } from "./offset.js";
import { cumeDist, denseRank, ntile, percentRank, rank, rowNumber } from "./ranking.js";

/** Every built-in function that needs an OVER clause. */
export const windowFunctions: readonly WindowFunction[] = [
  rowNumber,
  rank,
  denseRank,
  percentRank,
  cumeDist,
  ntile,
  lag,
  lead,
  nthValue,
];
