import { expect, test } from "vitest";
import { readOptions, seedOf, Usage } from "../src/options.js";

const noSeed = (): number => 7;

test("without arguments there are fifty runs from a new seed", () => {
  expect(readOptions([], noSeed)).toEqual({ seed: 7, runs: 50, operators: [], threads: undefined });
});

test("a seed means one run, unless the number is given too", () => {
  expect(readOptions(["--seed", "12"], noSeed)).toEqual({
    seed: 12,
    runs: 1,
    operators: [],
    threads: undefined,
  });
  expect(readOptions(["--seed", "12", "--runs", "3"], noSeed).runs).toBe(3);
});

test("the seeds of runs follow one another and stay within 32 bits", () => {
  const options = readOptions(["--seed", "4294967295", "--runs", "2"], noSeed);
  expect([seedOf(options, 0), seedOf(options, 1)]).toEqual([4294967295, 0]);
});

test("threads are a number of them", () => {
  expect(readOptions(["--threads", "3"], noSeed).threads).toBe(3);
  expect(() => readOptions(["--threads", "0"], noSeed)).toThrow("--threads has to be a whole number from 1");
});

test("operators are checked by name", () => {
  expect(readOptions(["--operators", "limit,union"], noSeed).operators).toEqual(["limit", "union"]);
  expect(() => readOptions(["--operators", "sorting"], noSeed)).toThrow("there is no operator 'sorting'");
});

test("numbers that are none are refused with the usage", () => {
  expect(() => readOptions(["--runs", "0"], noSeed)).toThrow("usage: npm run simulate");
  expect(() => readOptions(["--seed", "x"], noSeed)).toThrow("--seed has to be a whole number");
});

test("help is the usage and a success, an option that is none the usage and a failure", () => {
  const usageOf = (...args: string[]): Usage => {
    try {
      readOptions(args, noSeed);
    } catch (error) {
      if (error instanceof Usage) return error;
    }
    throw new Error(`${args} gave no usage`);
  };
  expect(usageOf("--help")).toMatchObject({
    exitCode: 0,
    message: expect.stringMatching(/^usage: npm run simulate/),
  });
  const refused = usageOf("--colour", "red");
  expect(refused).toMatchObject({
    exitCode: 1,
    message: expect.stringMatching(/^Unknown option '--colour'\nusage: npm run simulate/),
  });
  expect(usageOf("--runs")).toMatchObject({ exitCode: 1, message: expect.stringContaining("--runs") });
});
