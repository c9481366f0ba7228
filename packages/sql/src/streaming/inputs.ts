import { checkedPartitions, checkedReading, type OffsetRange, type Source, type Table } from "@ss/core";
import type { ScanInput } from "../execution/operator.js";

/** The rows of a table. */
export function tableInput(table: Table): ScanInput {
  return {
    worker: table.worker,
    partitions: async (scan) => checkedPartitions("table", table, await table.plan(scan)),
    read: (partition, scan, signal) => checkedReading("table", table, table.read(partition, scan, signal)),
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
    partitions: async () => {
      if (range === null) return [];
      return checkedPartitions("source", source, await source.plan(range.start, range.end));
    },
    read: (partition, scan, signal) => checkedReading("source", source, source.read(partition, scan, signal)),
  };
}
