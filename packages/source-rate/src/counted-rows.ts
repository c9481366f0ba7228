import {
  BATCH_ROWS,
  Batch,
  type Column,
  Int64Column,
  LongType,
  StructField,
  StructType,
  TimestampType,
} from "@ss/core";

/** The columns of both sources of this package. */
export const RATE_SCHEMA: StructType = new StructType([
  StructField("timestamp", TimestampType),
  StructField("value", LongType),
]);

/** Every `step`th value from `first` to below `end`, and the time of each: plain data, a partition of a range. */
export interface CountedRows {
  readonly first: number;
  readonly end: number;
  readonly step: number;
}

/** Splits the values of a range over partitions in turn, as Spark does; none for an empty range. */
export function splitValues(first: number, end: number, partitions: number): CountedRows[] {
  const count = Math.min(partitions, end - first);
  return Array.from({ length: count }, (_, p) => ({ first: first + p, end, step: partitions }));
}

/**
 * The rows of a partition, with the wanted columns. `timeMs` gives the time of a value. The arrays are filled again for every
 * batch.
 */
export function* countedBatches(
  { first, end, step }: CountedRows,
  columns: readonly string[],
  timeMs: (value: number) => number,
): Generator<Batch> {
  const schema = new StructType(columns.map((name) => RATE_SCHEMA.field(name)));
  const times = columns.includes("timestamp") ? new BigInt64Array(BATCH_ROWS) : null;
  const values = columns.includes("value") ? new BigInt64Array(BATCH_ROWS) : null;
  for (let from = first; from < end; from += BATCH_ROWS * step) {
    const rowCount = Math.min(BATCH_ROWS, Math.ceil((end - from) / step));
    if (times) fill(times, rowCount, (i) => timeMs(from + i * step) * 1000);
    if (values) fill(values, rowCount, (i) => from + i * step);
    const arrays = columns.map((name): Column => {
      const type = RATE_SCHEMA.field(name).type;
      return new Int64Column(type, rowCount, null, name === "value" ? values! : times!);
    });
    yield new Batch(schema, arrays, rowCount);
  }
}

const WORD = 0x1_0000_0000;

/** Writes whole doubles as 64-bit integers by their halves, so that no bigint is made per row. */
function fill(target: BigInt64Array, rowCount: number, valueOf: (i: number) => number): void {
  const words = new Int32Array(target.buffer);
  for (let i = 0; i < rowCount; i++) {
    const value = valueOf(i);
    words[2 * i] = value;
    words[2 * i + 1] = Math.floor(value / WORD);
  }
}
