import { expect, test } from "vitest";
import { chart } from "../src/report/chart.js";
import { table } from "../src/report/table.js";

const line = {
  work: "w1json",
  engine: "ss",
  threads: 1,
  rows: 10,
  cpuSecondsPerMillion: 0.5,
  wallSeconds: 1,
  peakRssMb: 100,
  answerRight: true,
};

test("the table names the ratio to ours on as many threads, and a wrong answer", () => {
  const text = table([
    line,
    { ...line, threads: 2, cpuSecondsPerMillion: 0.25 },
    { ...line, engine: "duckdb", cpuSecondsPerMillion: 1, answerRight: false },
    { ...line, engine: "duckdb", threads: 2, cpuSecondsPerMillion: 1 },
  ]);
  const rows = text.split("\n").map((row) => row.trim().split(/\s{2,}/));
  expect(rows[3]!.slice(-2)).toEqual(["2.00", "WRONG"]);
  expect(rows[4]!.slice(-2)).toEqual(["4.00", "right"]);
});

test("the longest bar of the chart is the dearest engine, the others in proportion", () => {
  const svg = chart([line, { ...line, engine: "spark", cpuSecondsPerMillion: 2 }]);
  const bars = [...svg.matchAll(/<rect x="[^"]+" y="[^"]+" width="([^"]+)"/g)].map((match) =>
    Number(match[1]),
  );
  expect(bars).toHaveLength(2);
  expect(bars[1]! / bars[0]!).toBeCloseTo(4, 2);
  expect(svg).toContain(">0.50</text>");
  expect(svg).toContain("this project, 1 thread");
});

test("each work has a scale of its own", () => {
  const svg = chart([line, { ...line, work: "w2", cpuSecondsPerMillion: 0.05 }]);
  const [first, second] = [...svg.matchAll(/<rect x="[^"]+" y="[^"]+" width="([^"]+)"/g)].map(
    (match) => match[1],
  );
  expect(second).toBe(first);
});

test("a wrong answer shows in the chart", () => {
  expect(chart([{ ...line, answerRight: false }])).toContain("wrong answer");
});
