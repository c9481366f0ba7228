import type { Validity } from "@ss/core";

/** A bitmap of a byte for each row, 0 for null; null where there is no null. */
export function validityOf(present: Uint8Array, rowCount: number): Validity {
  const first = present.indexOf(0);
  if (first < 0 || first >= rowCount) return null;
  const bits = new Uint8Array((rowCount + 7) >> 3);
  for (let row = 0; row < rowCount; row++) bits[row >> 3]! |= present[row]! << (row & 7);
  return bits;
}
