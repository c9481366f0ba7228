import { w1json, w1parquet } from "./ad-campaigns.js";
import { w4 } from "./clean-events.js";
import { w6 } from "./clicked-impressions.js";
import { w8 } from "./many-keys.js";
import { w7 } from "./repeated-events.js";
import { w3 } from "./retail.js";
import { w2 } from "./word-count.js";
import type { Work } from "./work.js";

/** Every piece of work, by name. */
export const WORKS: ReadonlyMap<string, Work> = new Map(
  [w1json, w1parquet, w2, w3, w4, w6, w7, w8].map((work) => [work.name, work]),
);
