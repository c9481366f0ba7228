import type { JournalBatch } from "./disk/journal.js";
import { QueryModel } from "./query/model.js";
import type { RandomQuery } from "./query/random-query.js";
import type { OutputRow, Row } from "./query/row.js";

/** What the batches of a run depend on beside its rows. */
export interface CheckSettings {
  readonly policy: "min" | "max";
  /** Whether batches without data run. */
  readonly withoutData: boolean;
}

/** What a run has to come to. */
export interface ExpectedRun {
  /** The rows of each batch, by its id. */
  readonly batches: ReadonlyMap<number, readonly OutputRow[]>;
  readonly late: readonly OutputRow[];
}

/**
 * The rows that each batch has to give, by the model. Throws where the logs are wrong already: rows left out or taken twice, a
 * batch without data that had no reason or did not come, another watermark than the rows ask for.
 */
export function checkRun(
  query: RandomQuery,
  batches: readonly JournalBatch[],
  fed: readonly (readonly (readonly Row[])[])[],
  { policy, withoutData }: CheckSettings,
): ExpectedRun {
  const model = new QueryModel(query, policy);
  const expected = new Map<number, readonly OutputRow[]>();
  const late: OutputRow[] = [];
  let starts: readonly number[] = fed.map(() => -1);
  for (const { batchId, ends, watermarkMs, run, skipped } of batches) {
    if (run === null) throw new Error(`batch ${batchId} was not committed`);
    const hasData = ends.some((end, k) => end > starts[k]!);
    if (skipped) {
      if (hasData) throw new Error(`batch ${batchId} was skipped with the rows that it has`);
      expected.set(batchId, []);
      continue;
    }
    if (!hasData && !(withoutData && model.needsBatch)) throw new Error(`batch ${batchId} had nothing to do`);
    const rows = fed.map((additions, k) => additions.slice(starts[k]! + 1, ends[k]! + 1).flat());
    const result = model.next({ rows, run });
    if (result.watermarkMs !== watermarkMs) {
      throw new Error(`batch ${batchId} ran with the watermark ${watermarkMs}, not ${result.watermarkMs}`);
    }
    expected.set(batchId, result.output);
    late.push(...result.late);
    starts = ends;
  }
  const lost = fed.findIndex((additions, k) => additions.length - 1 !== starts[k]);
  if (lost >= 0) throw new Error(`source ${lost} stands at ${starts[lost]}, not at ${fed[lost]!.length - 1}`);
  if (withoutData && model.needsBatch) throw new Error("a batch without data did not come");
  return { batches: expected, late };
}
