import { describe, expect, test } from "vitest";
import { KernelArrays } from "../src/wasm/kernel-arrays.js";
import { kernels } from "../src/wasm/kernel-module.js";

describe("the kernels' memory", () => {
  test("keeps arrays right when it grows", () => {
    const arrays = new KernelArrays();
    const first = arrays.int32(4);
    first.set([1, 2, 3, 4]);
    const before = kernels().memory.current().byteLength;
    const large = arrays.bytes(before + 1);
    large.fill(7);
    expect(kernels().memory.current().byteLength).toBeGreaterThan(before);
    expect([...first]).toEqual([1, 2, 3, 4]);
    expect(kernels().memory.addressOf(first)).toBe(first.byteOffset);
    arrays.release();
  });

  test("gives a block that was given back to the next of its size", () => {
    const arrays = new KernelArrays();
    const first = arrays.bytes(100_000);
    const address = first.byteOffset;
    arrays.free(first);
    expect(arrays.bytes(100_000).byteOffset).toBe(address);
    arrays.release();
  });

  test("spreads the arrays of a table over the places of the cache", () => {
    const arrays = new KernelArrays();
    const places = Array.from({ length: 30 }, () => (arrays.int32(4096).byteOffset % 4096) / 64);
    expect(new Set(places).size).toBeGreaterThan(20);
    for (const place of places) expect(Number.isInteger(place)).toBe(true);
    arrays.release();
  });

  test("knows which arrays are not its own", () => {
    expect(kernels().memory.addressOf(new Uint8Array(4))).toBe(-1);
  });

  test("is not the same block twice while both are in use", () => {
    const arrays = new KernelArrays();
    const taken = new Set(Array.from({ length: 100 }, () => arrays.bytes(64).byteOffset));
    expect(taken.size).toBe(100);
    arrays.release();
  });
});
