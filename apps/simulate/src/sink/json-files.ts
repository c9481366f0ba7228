import { fileSink } from "@ss/sink-file";
import type { FaultyFileSystem } from "@ss/testkit";
import { type OutputRow, outputRow } from "../query/row.js";
import { listedFiles } from "./listed-files.js";
import { compareRows, type ObservedSink } from "./observed-sink.js";

const OUTPUT = "sim://disk/out";

/** Files of JSON lines, of which those count that the manifest lists. */
export function jsonFiles(): ObservedSink {
  return {
    name: "file sink",
    plugins: [fileSink()],
    takes: ({ mode }) => mode === "append",
    start: (writer) => writer.format("json").start(OUTPUT),
    check: async (expected, terminal, disk) => {
      compareRows("the files", listedRows(disk, terminal.columns), [...expected.values()].flat());
    },
  };
}

/** The rows that the manifest makes visible, read without any of the engine. */
function listedRows(disk: FaultyFileSystem, columns: readonly string[]): OutputRow[] {
  const files = disk.files();
  const text = (path: string): string => new TextDecoder().decode(files.get(path));
  const manifest = [...files.keys()].filter((path) => path.includes("/_spark_metadata/"));
  const rows: OutputRow[] = [];
  for (const uri of listedFiles(manifest, text)) {
    for (const record of text(uri.replace("sim:/", ""))
      .split("\n")
      .filter((one) => one !== "")) {
      const values = JSON.parse(record) as Record<string, unknown>;
      rows.push(outputRow(columns.map((column) => values[column])));
    }
  }
  return rows;
}
