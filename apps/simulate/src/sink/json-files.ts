import { fileSink } from "@ss/sink-file";
import type { FaultyFileSystem } from "@ss/testkit";
import { type OutputRow, outputRow } from "../query/row.js";
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
  const rows: OutputRow[] = [];
  for (const line of manifestLines([...files.keys()], text)) {
    const { path } = JSON.parse(line) as { path: string };
    const content = text(decodeURIComponent(path.replace("sim:/", "")));
    for (const record of content.split("\n").filter((one) => one !== "")) {
      const values = JSON.parse(record) as Record<string, unknown>;
      rows.push(outputRow(columns.map((column) => values[column])));
    }
  }
  return rows;
}

/** The lines of the newest compact entry and of those after it. */
function manifestLines(paths: readonly string[], text: (path: string) => string): string[] {
  const entries = paths.flatMap((path) => {
    const match = /\/_spark_metadata\/(\d+)(\.compact)?$/.exec(path);
    return match ? [{ path, batch: Number(match[1]), compact: match[2] !== undefined }] : [];
  });
  const start = Math.max(-1, ...entries.filter(({ compact }) => compact).map(({ batch }) => batch));
  return entries
    .filter(({ batch, compact }) => batch > start || (batch === start && compact))
    .flatMap(({ path }) => text(path).split("\n").slice(1));
}
