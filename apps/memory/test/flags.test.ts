import { expect, test } from "vitest";
import { parseFlags } from "../src/flags.js";

test("the command line may ask for help, and flags and words that mean nothing are refused", () => {
  expect(parseFlags([])).toEqual({ help: false });
  expect(parseFlags(["--help"])).toEqual({ help: true });
  expect(() => parseFlags(["--rows", "3"])).toThrow(/--rows/);
  expect(() => parseFlags(["rows"])).toThrow(/rows/);
});
