// What worker threads import, too.
import {
  type Batch,
  batchFromRows,
  type Partition,
  type PartitionReader,
  parseDdl,
  type ScanRequest,
  StructType,
  type Value,
} from "@ss/core";
import { ROW_SCHEMA } from "../query/row.js";

/** The cells of rows as plain data, in the order of their columns. */
export type RowsOfAddition = (number | string | null)[][];

/** Reads partitions that carry their rows. */
export function rowReader(): PartitionReader {
  return {
    async *read(partition: Partition, scan: ScanRequest): AsyncIterable<Batch> {
      yield* readRows(partition, scan);
    },
  };
}

/** The wanted columns of a partition that carries its rows. */
export function* readRows(partition: Partition, { columns }: ScanRequest): Iterable<Batch> {
  const rows = partition as RowsOfAddition;
  if (rows.length === 0) return;
  const all = parseDdl(ROW_SCHEMA);
  const places = columns.map((name) => all.indexOf(name));
  const wanted = new StructType(places.map((place) => all.fields[place]!));
  yield batchFromRows(
    wanted,
    rows.map((row) => {
      const cells = cellsOf(row);
      return places.map((place) => cells[place]!);
    }),
  );
}

function cellsOf([id, k, n, t]: RowsOfAddition[number]): Value[] {
  return [BigInt(id!), k!, n!, t === null ? null : BigInt(t!) * 1_000_000n];
}
