import { type Column, columnBuilder, DoubleType, StreamError } from "@ss/core";
import { describe, expect, test } from "vitest";
import { ProgramAccumulator } from "../../src/functions/aggregate/program/program-accumulator.js";
import { Aggregator } from "../../src/index.js";

type Methods = Readonly<Record<string, (...args: never[]) => unknown>>;

/** Sums numbers, save for the methods that are given. */
function accumulator(methods: Methods): ProgramAccumulator {
  class Sum extends Aggregator<number, number, number> {
    readonly buffer = "double";
    readonly output = "double";
    zero = (): number => 0;
    reduce = (buffer: number, value: number): number => buffer + value;
    merge = (a: number, b: number): number => a + b;
    finish = (buffer: number): number => buffer;
  }
  const state = { external: { longs: "number", timestamps: "date" } };
  const shape = { argTypes: [DoubleType], type: DoubleType, state } as never;
  return new ProgramAccumulator("Sum", Object.assign(new Sum(), methods), DoubleType, shape);
}

function doubles(...values: number[]): Column {
  const builder = columnBuilder(DoubleType);
  for (const value of values) builder.append(value);
  return builder.finish();
}

/** The sum of 1, 2 and 3, of which a part comes as a buffer. */
function sum(methods: Methods): unknown {
  const sums = accumulator(methods);
  sums.resize(1);
  sums.update(new Int32Array(2), [doubles(1, 2)], 2);
  sums.merge(new Int32Array(1), [doubles(3)], 1);
  return (sums.results(1) as Column & { values: Float64Array }).values[0];
}

describe("an aggregation waits for no method of an aggregator, and says which one gave a promise:", () => {
  const ASYNC: Methods = {
    zero: async () => 0,
    reduce: async (buffer: number, value: number) => buffer + value,
    merge: async (a: number, b: number) => a + b,
    finish: async (buffer: number) => buffer,
  };

  test.each(Object.entries(ASYNC))("%s", (method, run) => {
    expect(sum({})).toBe(6);
    let error: unknown;
    try {
      sum({ [method]: run });
    } catch (caught) {
      error = caught;
    }
    expect(StreamError.is(error, "SS_VALUE_NOT_OF_TYPE")).toBe(true);
    expect(String(error)).toContain(`${method} of the aggregator \`Sum\` gave a promise`);
  });
});

describe("the bytes of buffers", () => {
  const bytes = (buffer: unknown): number => {
    const sums = accumulator({ reduce: () => buffer });
    sums.resize(1);
    sums.update(new Int32Array(1), [doubles(1)], 1);
    return sums.byteSize();
  };
  const chain = (length: number): object => {
    let list: object = {};
    for (let k = 0; k < length; k++) list = { next: list };
    return list;
  };

  test("are counted at every level, of long texts and lists too", () => {
    expect(bytes({ a: ["x".repeat(1000)] })).toBeGreaterThan(2000);
    expect(bytes(Array.from({ length: 100_000 }, () => 1))).toBeGreaterThan(800_000);
    expect(bytes(chain(50))).toBeGreaterThan(bytes(chain(40)));
  });

  const parent: { children: object[] } = { children: [] };
  for (let k = 0; k < 100; k++) parent.children.push({ k, parent });
  test.each([
    ["an object that its parts refer to", parent],
    ["a chain of 100,000 objects", chain(100_000)],
  ])("cannot be counted of %s, which the aggregator is told", (_, buffer) => {
    expect(() => bytes(buffer)).toThrow(/buffer of the aggregator `Sum` is nested deeper than 100 levels/);
    expect(() => bytes(buffer)).toThrow(StreamError);
  });
});
