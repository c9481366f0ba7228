import { expect, it } from "vitest";
import { parseWholeNumber } from "../../src/index.js";

it("reads digits with a sign as a number of at most so many bits", () => {
  const max = 2n ** 63n - 1n;
  expect(parseWholeNumber(`+${max}`)).toBe(max);
  expect(parseWholeNumber(`-${max + 1n}`)).toBe(-max - 1n);
  expect(parseWholeNumber(`${max + 1n}`)).toBeUndefined();
  expect(parseWholeNumber("-129", 8)).toBeUndefined();
  expect(parseWholeNumber("-128", 8)).toBe(-128n);
  expect(parseWholeNumber("-0")).toBe(0n);
  for (const text of ["", "-", " 1", "1 ", "1.0", "1e3", "0x1", "١"]) {
    expect(parseWholeNumber(text), text).toBeUndefined();
  }
});

it("reads digits however many there are", () => {
  const zeros = "0".repeat(1_000_000);
  expect(parseWholeNumber(`-${zeros}7`)).toBe(-7n);
  expect(parseWholeNumber(zeros)).toBe(0n);
  expect(parseWholeNumber(`1${zeros}`)).toBeUndefined();
  expect(parseWholeNumber(`${zeros}${"9".repeat(20)}`)).toBeUndefined();
});
