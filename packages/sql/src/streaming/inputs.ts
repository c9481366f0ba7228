import type { OffsetRange, Source, Table } from "@ss/core";
import type { ScanInput } from "../execution/operator.js";

/** The rows of a table. */
export function tableInput(table: Table): ScanInput {
  return {
    partitions: (scan) => table.plan(scan),
    read: (partition, scan, signal) => table.read(partition, scan, signal),
  };
}

/** The rows of a range of a source. */
export function sourceInput(source: Source, range: OffsetRange | null): ScanInput {
  return {
    partitions: async () => (range === null ? [] : source.plan(range.start, range.end)),
    read: (partition, scan, signal) => source.read(partition, scan, signal),
  };
}
