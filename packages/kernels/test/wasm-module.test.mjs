import { expect, test } from "vitest";
import { sourceDigest } from "../scripts/build-wasm.mjs";
import { SOURCE_DIGEST } from "../src/wasm/generated/kernels-wasm.js";

test("the WebAssembly module was made from the sources as they are", () => {
  expect(SOURCE_DIGEST).toBe(sourceDigest());
});
