import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { runNode } from "../src/engines/node.js";
import { runSs } from "../src/engines/ss.js";
import { WORKS } from "../src/works/index.js";
import { isRight } from "../src/works/work.js";

const root = mkdtempSync(join(tmpdir(), "bench-test-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

function scratch(name: string): string {
  const folder = join(root, "scratch", name);
  mkdirSync(folder, { recursive: true });
  return folder;
}

for (const work of WORKS.values()) {
  for (const threads of [1, 2]) {
    test(`${work.name} on local[${threads}] gives the answer of the program written by hand`, async () => {
      const input = await work.prepare(root, 5000);
      const expected = work.expected(input, root);
      const places = { input, root, scratch: scratch(`${work.name}-${threads}`) };
      const { answer, cpuSeconds } = await runSs(work, places, threads);
      expect(answer.groups).toBe(expected.groups);
      expect(isRight(work, answer, expected)).toBe(true);
      expect(cpuSeconds).toBeGreaterThan(0);
    });
  }
}

test("the program written by hand counts what a look at a few lines counts", async () => {
  const w1 = WORKS.get("w1json")!;
  const input = await w1.prepare(root, 300);
  const events = readFileSync(join(input, "part-000.json"), "utf8").trim().split("\n");
  const views = events.filter((line) => line.includes('"event_type":"view"'));
  const { answer } = await runNode(w1, { input, root, scratch: scratch("by-hand") });
  expect(answer.total).toBe(views.length);
  const w4 = WORKS.get("w4")!;
  const kept = events.filter((line) => !line.includes('"event_type":"click"'));
  expect(w4.expected(input, root).groups).toBe(kept.length);
  expect([...w1.agreed.keys()]).toContain(w1.defaultRows);
});

test("an answer is wrong when a group or an amount is missing", () => {
  const w3 = WORKS.get("w3")!;
  const expected = { groups: 3, total: 100 };
  expect(isRight(w3, { groups: 3, total: 100 + 1e-8 }, expected)).toBe(true);
  expect(isRight(w3, { groups: 2, total: 100 }, expected)).toBe(false);
  expect(isRight(w3, { groups: 3, total: 100.01 }, expected)).toBe(false);
});

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
