import { expect, test } from "vitest";
import { sourceDigest } from "../scripts/build-wasm.mjs";
import { SOURCE_DIGEST } from "../src/direct/generated/snappy-wasm.js";

test("the WebAssembly module was made from the sources as they are", () => {
  expect(SOURCE_DIGEST).toBe(sourceDigest());
});
