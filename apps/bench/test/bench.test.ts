import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { runSs } from "../src/engines/ss.js";
import { readOptions } from "../src/options.js";
import { table } from "../src/report.js";
import { WORKS } from "../src/works/index.js";

const root = mkdtempSync(join(tmpdir(), "bench-test-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

for (const work of WORKS.values()) {
  test(`${work.name} gives the answer of the plain program`, async () => {
    const input = await work.prepare(root, 5000);
    const expected = await work.expected(input, root);
    const { answer, cpuSeconds } = await runSs(work, input, root, 1);
    expect(answer.groups).toBe(expected.groups);
    expect(Math.abs(answer.total - expected.total)).toBeLessThanOrEqual(
      Math.abs(expected.total) * work.tolerance,
    );
    expect(cpuSeconds).toBeGreaterThan(0);
  });
}

test("the generated events are those of the published description", async () => {
  const input = await WORKS.get("w1json")!.prepare(root, 10);
  const [first] = readFileSync(join(input, "part-000.json"), "utf8").split("\n");
  expect(Object.keys(JSON.parse(first!))).toEqual([
    "user_id",
    "page_id",
    "ad_id",
    "ad_type",
    "event_type",
    "event_time",
    "ip_address",
  ]);
});

test("an unknown work or engine is refused with the usage", () => {
  expect(() => readOptions(["w99"])).toThrow(/no work 'w99'[\s\S]*usage:/);
  expect(() => readOptions(["w1json", "--against", "abacus"])).toThrow(/no engine 'abacus'/);
  expect(() => readOptions(["w1json", "--rows", "-1"])).toThrow(/--rows/);
});

test("the table names the ratio to the other engine and a wrong answer", () => {
  const line = { work: "w1json", threads: 1, rows: 10, wallSeconds: 1, peakRssMb: 100 };
  const text = table([
    { ...line, engine: "ss", cpuSecondsPerMillion: 0.5, answerRight: true },
    { ...line, engine: "duckdb", cpuSecondsPerMillion: 1, answerRight: false },
  ]);
  expect(text).toContain("2.00");
  expect(text).toContain("WRONG");
});
