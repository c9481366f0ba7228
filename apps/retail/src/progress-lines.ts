import type { StreamingQueryListener, StreamingQueryProgress } from "@ss/core";
import { count, duration, type Story } from "./story.js";

/** Tells of each batch that went through, in a line that a person can read. */
export function progressLines(story: Story): StreamingQueryListener {
  return {
    onQueryProgress({ progress }) {
      if (progress.numInputRows > 0) story.aside(progressLine(progress));
    },
  };
}

/** `totals       batch 3    20,000 rows    87 ms    229,885 rows/s   9,871 sums in state`. */
export function progressLine(progress: StreamingQueryProgress): string {
  const { name, batchId, numInputRows, batchDuration, processedRowsPerSecond, stateOperators } = progress;
  const state = stateOperators[0];
  const cells = [
    (name ?? "").padEnd(12),
    `batch ${batchId}`.padEnd(9),
    `${count(numInputRows)} rows`.padStart(14),
    duration(batchDuration).padStart(9),
    `${count(processedRowsPerSecond)} rows/s`.padStart(18),
  ];
  if (state) cells.push(`   ${count(state.numRowsTotal)} sums in state`);
  return cells.join("");
}
