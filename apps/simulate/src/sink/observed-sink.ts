import type { Plugin, StreamingQuery } from "@ss/core";
import type { DataFrame, DataStreamWriter, SparkSession } from "@ss/sql";
import type { FaultyFileSystem } from "@ss/testkit";
import type { RandomQuery } from "../query/random-query.js";
import type { OutputRow } from "../query/row.js";
import type { Terminal } from "../query/terminal.js";
import { LATE_OUTPUT } from "./late-files.js";

/** The expected rows of each batch, by its id. */
export type ExpectedBatches = ReadonlyMap<number, readonly OutputRow[]>;

/** A sink of the simulation: how a query writes to it, and whether what it holds is right. It outlives crashes. */
export interface ObservedSink {
  readonly name: string;
  readonly plugins: readonly Plugin[];
  /** Whether it can be written to in the query's mode. */
  takes(terminal: Terminal): boolean;
  start(writer: DataStreamWriter): Promise<StreamingQuery>;
  /** Throws where the sink does not hold exactly the expected rows. */
  check(
    expected: ExpectedBatches,
    terminal: Terminal,
    disk: FaultyFileSystem,
    spark: SparkSession,
  ): Promise<void>;
}

/** The writer of a query, with all that every sink has in common. */
export function writerOf(frame: DataFrame, query: RandomQuery, checkpoint: string): DataStreamWriter {
  const writer = frame.writeStream.outputMode(query.terminal.mode).option("checkpointLocation", checkpoint);
  return query.reportsLate ? writer.lateRowsTo("json", { path: LATE_OUTPUT }) : writer;
}

/** Throws unless two lists hold the same rows, in any order. */
export function compareRows(
  place: string,
  actual: readonly OutputRow[],
  expected: readonly OutputRow[],
): void {
  const rest = new Map<OutputRow, number>();
  for (const row of expected) rest.set(row, (rest.get(row) ?? 0) + 1);
  for (const row of actual) rest.set(row, (rest.get(row) ?? 0) - 1);
  const wrong = [...rest].filter(([, count]) => count !== 0);
  if (wrong.length === 0) return;
  const list = wrong
    .slice(0, 8)
    .map(([row, count]) => `${count > 0 ? `lacks ${count} x` : `has ${-count} x too many`} ${row}`);
  throw new Error(`${place}: ${wrong.length} rows are wrong: ${list.join("; ")}`);
}
