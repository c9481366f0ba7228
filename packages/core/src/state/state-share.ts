import type { StateDivision } from "./partition-hash.js";

/** The part of a family that one owner has: the logical partitions `p` of a division with `p % owners === owner`. */
export interface StateShare extends StateDivision {
  readonly owner: number;
}

/** What some rows of a share have to do with another share of the same family. */
export type ShareRelation = "all" | "some" | "none";

/** Which rows of `rows` are in `share`; `null` stands for the whole family. */
export function relationOf(rows: StateShare | null, share: StateShare | null): ShareRelation {
  if (share === null || share.owners === 1) return "all";
  if (rows === null || rows.partitions !== share.partitions) return "some";
  const common = greatestCommonDivisor(rows.owners, share.owners);
  if ((rows.owner - share.owner) % common !== 0) return "none";
  return common === share.owners ? "all" : "some";
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
