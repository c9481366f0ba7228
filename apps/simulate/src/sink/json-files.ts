import { outputRow } from "../query/row.js";
import { listedRecords } from "./listed-files.js";
import { compareRows, type ObservedSink } from "./observed-sink.js";

const OUTPUT = "sim://disk/out";

/** Files of JSON lines, of which those count that the manifest lists. */
export function jsonFiles(): ObservedSink {
  return {
    name: "file sink",
    plugins: [],
    takes: ({ mode }) => mode === "append",
    start: (writer) => writer.format("json").start(OUTPUT),
    check: async (expected, terminal, disk) => {
      const rows = listedRecords(disk, "/disk/out").map((values) =>
        outputRow(terminal.columns.map((column) => values[column])),
      );
      compareRows("the files", rows, [...expected.values()].flat());
    },
  };
}
