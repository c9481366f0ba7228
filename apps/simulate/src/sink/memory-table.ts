import type { AnyRow } from "@ss/sql";
import { outputRow } from "../query/row.js";
import { compareRows, type ObservedSink } from "./observed-sink.js";

const TABLE = "result";

/** The memory sink: it forgets with its session, so only mode complete, which says all in each batch, can be compared. */
export function memoryTable(): ObservedSink {
  return {
    name: "memory sink",
    plugins: [],
    takes: ({ mode }) => mode === "complete",
    start: (writer) => writer.format("memory").queryName(TABLE).start(),
    check: async (expected, terminal, _disk, spark) => {
      const rows: AnyRow[] = await spark.table(TABLE).collect();
      const actual = rows.map((row) => outputRow(terminal.columns.map((column) => row[column])));
      compareRows("the table of the memory sink", actual, [...expected.values()].at(-1) ?? []);
    },
  };
}
