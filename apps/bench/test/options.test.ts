import { expect, test } from "vitest";
import { readOptions, Usage } from "../src/options.js";

test("an unknown work or engine is refused with the usage", () => {
  expect(() => readOptions(["w99"])).toThrow(/no work and no measure 'w99'[\s\S]*usage:/);
  expect(() => readOptions(["w1json", "--against", "abacus"])).toThrow(/no engine 'abacus'/);
  expect(() => readOptions(["w1json", "--rows", "-1"])).toThrow(/--rows/);
  expect(() => readOptions(["--runs", "0"])).toThrow(/--runs/);
  expect(() => readOptions(["--threads", "1,x"])).toThrow(/--threads/);
});

test("without names everything runs that does not take minutes", () => {
  const { works, measures, against, threads } = readOptions([]);
  expect(works).toEqual(["w1json", "w1parquet", "w2", "w3", "w4", "w6", "w7", "w8"]);
  expect(measures).toEqual(["startup", "latency", "host"]);
  expect(against).toEqual(["duckdb"]);
  expect(threads).toEqual([1]);
});

test("what takes minutes runs when it is named", () => {
  const { works, measures } = readOptions(["growth", "w2"]);
  expect(works).toEqual(["w2"]);
  expect(measures).toEqual(["growth"]);
});

test("small runs everything with few rows and needs nothing from a registry", () => {
  const { works, measures, rows, against } = readOptions(["--small"]);
  expect(works).toHaveLength(8);
  expect(measures).toEqual(["startup", "latency", "host", "growth", "batches", "files", "state", "memory"]);
  expect(rows).toBe(20_000);
  expect(against).toEqual(["node"]);
});

test("several numbers of threads and several engines may be asked for", () => {
  const { threads, against } = readOptions(["w1json", "--threads", "1,2", "--against", "duckdb,spark,node"]);
  expect(threads).toEqual([1, 2]);
  expect(against).toEqual(["duckdb", "spark", "node"]);
});

test("help is the usage and a success, an option that is none the usage and a failure", () => {
  const usageOf = (...args: string[]): Usage => {
    try {
      readOptions(args);
    } catch (error) {
      if (error instanceof Usage) return error;
    }
    throw new Error(`${args} gave no usage`);
  };
  expect(usageOf("--help")).toMatchObject({
    exitCode: 0,
    message: expect.stringMatching(/^usage: npm run bench/),
  });
  const refused = usageOf("--colour", "red");
  expect(refused).toMatchObject({
    exitCode: 1,
    message: expect.stringMatching(/^Unknown option '--colour'\nusage: npm run bench/),
  });
  expect(usageOf("--runs")).toMatchObject({ exitCode: 1, message: expect.stringContaining("--runs") });
});
