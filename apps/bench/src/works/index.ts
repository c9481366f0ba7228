import { w1json, w1parquet } from "./ad-campaigns.js";
import { w4 } from "./clean-events.js";
import { w3 } from "./retail.js";
import { w2 } from "./word-count.js";
import type { Work } from "./work.js";

/** Every piece of work, by name. */
export const WORKS: ReadonlyMap<string, Work> = new Map(
  [w1json, w1parquet, w2, w3, w4].map((work) => [work.name, work]),
);
