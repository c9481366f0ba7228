import type { Line } from "./line.js";

/** Rows of cells as text in columns; the first `left` columns are flush left, the others flush right. */
export function columns(rows: readonly (readonly string[])[], left: number): string {
  const widths = rows[0]!.map((_, k) => Math.max(...rows.map((row) => row[k]!.length)));
  return rows
    .map((row) =>
      row
        .map((cell, k) => (k < left ? cell.padEnd(widths[k]!) : cell.padStart(widths[k]!)))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

const HEADER = ["work", "engine", "threads", "rows", "CPU-s/M", "wall s", "peak MB", "ratio", "answer"];

/** The lines as a table; the ratio is an engine's processor time to ours on as many threads. */
export function table(lines: readonly Line[]): string {
  const rows = lines.map((line) => {
    const own = lines.find(
      ({ work, engine, threads }) => work === line.work && engine === "ss" && threads === line.threads,
    );
    return [
      line.work,
      line.engine,
      String(line.threads),
      String(line.rows),
      line.cpuSecondsPerMillion.toFixed(3),
      line.wallSeconds.toFixed(2),
      line.peakRssMb.toFixed(0),
      own ? (line.cpuSecondsPerMillion / own.cpuSecondsPerMillion).toFixed(2) : "",
      line.answerRight ? "right" : "WRONG",
    ];
  });
  return columns([HEADER, ...rows], 2);
}
