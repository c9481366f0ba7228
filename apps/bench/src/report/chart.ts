import type { Line } from "./line.js";

const LABEL_WIDTH = 190;
const BAR_WIDTH = 520;
const VALUE_WIDTH = 90;
const BAR_HEIGHT = 18;
const BAR_STEP = 23;
const WORK_GAP = 34;
const TOP = 58;
const COLOURS: Readonly<Record<string, string>> = {
  ss: "#2266aa",
  duckdb: "#d9a400",
  spark: "#d1602b",
  node: "#6f8f5a",
};
const NAMES: Readonly<Record<string, string>> = {
  ss: "this project",
  duckdb: "DuckDB, batch",
  spark: "Spark",
  node: "Node by hand",
};
const WORKS: Readonly<Record<string, string>> = {
  w1json: "W1: JSON, join, count per window",
  w1parquet: "W1 from Parquet",
  w2: "W2: words of text, counted; per million words",
  w3: "W3: CSV, sum per customer and day",
  w4: "W4: JSON to Parquet files",
  w6: "W6: stream joined with stream, 1 minute",
  w7: "W7: repeated events dropped",
  w8: "W8: 5M keys counted and summed",
};

const TITLE = "CPU-seconds per million rows; less is better";

/**
 * Lines as a bar chart in SVG: processor seconds per million rows, a group of bars for each work. Each work has a scale of its own:
 * engines are compared within it.
 */
export function chart(lines: readonly Line[]): string {
  const parts: string[] = [];
  let y = TOP;
  for (const work of new Set(lines.map((line) => line.work))) {
    const group = lines.filter((line) => line.work === work);
    const largest = Math.max(...group.map((line) => line.cpuSecondsPerMillion));
    parts.push(text(16, y, `${WORKS[work] ?? work}, ${rowsText(group[0]!.rows)}`, 'font-weight="600"'));
    y += 10;
    for (const line of group) {
      parts.push(...bar(line, y, largest));
      y += BAR_STEP;
    }
    y += WORK_GAP - 10;
  }
  const width = LABEL_WIDTH + BAR_WIDTH + VALUE_WIDTH;
  const height = y;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="13" fill="#24292f" role="img">`,
    `<title>${TITLE}</title>`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    text(16, 26, TITLE, 'font-size="16" font-weight="600"'),
    ...parts,
    "</svg>\n",
  ].join("\n");
}

function rowsText(rows: number): string {
  return rows % 100_000 === 0 ? `${rows / 1_000_000}M rows` : `${rows} rows`;
}

function bar(line: Line, y: number, largest: number): string[] {
  const length = Math.max(1, (line.cpuSecondsPerMillion / largest) * BAR_WIDTH);
  const middle = y + BAR_HEIGHT / 2 + 4.5;
  const threads = line.threads === 1 ? "1 thread" : `${line.threads} threads`;
  const name = `${NAMES[line.engine] ?? line.engine}, ${threads}`;
  const value = line.cpuSecondsPerMillion.toFixed(line.cpuSecondsPerMillion < 0.1 ? 3 : 2);
  return [
    text(LABEL_WIDTH - 8, middle, name, 'text-anchor="end"'),
    `<rect x="${LABEL_WIDTH}" y="${y}" width="${length.toFixed(1)}" height="${BAR_HEIGHT}" rx="2" fill="${COLOURS[line.engine] ?? "#888888"}"/>`,
    text(LABEL_WIDTH + length + 6, middle, line.answerRight ? value : `${value} (wrong answer)`),
  ];
}

function text(x: number, y: number, content: string, attributes = ""): string {
  const escaped = content.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}"${attributes && ` ${attributes}`}>${escaped}</text>`;
}
