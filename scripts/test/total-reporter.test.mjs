import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import TotalReporter, { countResults, totalLine } from "../total-reporter.mjs";

const testWith = (state) => ({ result: () => ({ state }) });
const moduleWith = (states, errors = [], suiteErrors = []) => ({
  errors: () => errors,
  children: { allTests: () => states.map(testWith), allSuites: () => [{ errors: () => suiteErrors }] },
});

afterEach(() => vi.unstubAllEnvs());

test("counts tests over all modules, and those that did not run as skipped", () => {
  const modules = [moduleWith(["passed", "passed", "failed"]), moduleWith(["skipped", "pending", "passed"])];
  expect(countResults(modules)).toEqual({ passed: 3, failed: 1, skipped: 2 });
});

test("counts a module that could not be collected and an error outside of tests as failed", () => {
  expect(countResults([moduleWith([], [new Error("syntax")])], [new Error("late")])).toEqual({
    passed: 0,
    failed: 2,
    skipped: 0,
  });
});

test("counts a suite whose preparation failed, and its tests as skipped", () => {
  const modules = [moduleWith(["skipped", "skipped"], [], [new Error("no server")])];
  expect(countResults(modules)).toEqual({ passed: 0, failed: 1, skipped: 2 });
});

test("prints the three counts in plain form", () => {
  expect(totalLine({ passed: 12, failed: 0, skipped: 3 })).toBe("12 passed, 0 failed, 3 skipped");
});

test("leaves the line in the file that the caller named", () => {
  const folder = mkdtempSync(join(tmpdir(), "total-"));
  const file = join(folder, "total.txt");
  vi.stubEnv("TOTAL_LINE_FILE", file);
  try {
    new TotalReporter().onTestRunEnd([moduleWith(["passed"])], []);
    expect(readFileSync(file, "utf8")).toBe("1 passed, 0 failed, 0 skipped");
  } finally {
    rmSync(folder, { recursive: true });
  }
});
