import type { OffsetRange, Source, Table } from "@ss/core";
import type { ScanInput } from "../execution/operator.js";

/** The rows of a table. */
export function tableInput(table: Table): ScanInput {
  return {
    worker: table.worker,
    partitions: (scan) => table.plan(scan),
    read: (partition, scan, signal) => table.read(partition, scan, signal),
  };
}

/** Tells tables that the query which has read them is over. */
export async function releaseAll(tables: Iterable<Table>): Promise<void> {
  await Promise.allSettled([...tables].map((table) => table.release?.()));
}

/** An input that tells how long its planning takes. */
export function timedInput(
  input: ScanInput,
  monotonicMs: () => number,
  spent: (ms: number) => void,
): ScanInput {
  return {
    ...input,
    partitions: async (scan) => {
      const from = monotonicMs();
      try {
        return await input.partitions(scan);
      } finally {
        spent(monotonicMs() - from);
      }
    },
  };
}

/** The rows of a range of a source. */
export function sourceInput(source: Source, range: OffsetRange | null): ScanInput {
  return {
    worker: source.worker,
    partitions: async () => (range === null ? [] : source.plan(range.start, range.end)),
    read: (partition, scan, signal) => source.read(partition, scan, signal),
  };
}
