/** One engine on one work. */
export interface Line {
  readonly work: string;
  readonly engine: string;
  readonly threads: number;
  readonly rows: number;
  readonly cpuSecondsPerMillion: number;
  readonly wallSeconds: number;
  readonly peakRssMb: number;
  readonly answerRight: boolean;
}

const HEADER = [
  "work",
  "engine",
  "threads",
  "rows",
  "CPU-s/M",
  "wall s",
  "peak MB",
  "ratio",
  "answer",
] as const;

/** The lines as a table; the ratio is another engine's processor time to ours. */
export function table(lines: readonly Line[]): string {
  const rows = lines.map((line) => {
    const own = lines.find((other) => other.work === line.work && other.engine === "ss");
    const ratio = own ? line.cpuSecondsPerMillion / own.cpuSecondsPerMillion : Number.NaN;
    return [
      line.work,
      line.engine,
      String(line.threads),
      String(line.rows),
      line.cpuSecondsPerMillion.toFixed(3),
      line.wallSeconds.toFixed(2),
      line.peakRssMb.toFixed(0),
      line.engine === "ss" ? "1.00" : ratio.toFixed(2),
      line.answerRight ? "right" : "WRONG",
    ];
  });
  const all = [[...HEADER], ...rows];
  const widths = HEADER.map((_, k) => Math.max(...all.map((row) => row[k]!.length)));
  return all
    .map((row) =>
      row.map((cell, k) => (k < 2 ? cell.padEnd(widths[k]!) : cell.padStart(widths[k]!))).join("  "),
    )
    .join("\n");
}
