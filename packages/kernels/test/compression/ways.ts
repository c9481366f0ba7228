import { vi } from "vitest";
import { decompressLz4Sequences } from "../../src/compression/lz4-sequences.js";
import { decompressSnappyElements } from "../../src/compression/snappy-elements.js";
import { type DecompressKernel, decompressStaged } from "../../src/compression/staged-block.js";
import { KernelArrays } from "../../src/wasm/kernel-arrays.js";
import { kernels } from "../../src/wasm/kernel-module.js";

/** Decompresses elements to at most `room` bytes: their number, or a fault. */
export type Elements = (
  source: Uint8Array,
  start: number,
  end: number,
  target: Uint8Array,
  at: number,
  room: number,
) => number;

const staged =
  (kernel: () => DecompressKernel): Elements =>
  (...args) => {
    const answer = decompressStaged(kernel(), ...args);
    if (answer === undefined) throw new Error("the kernels' memory is full");
    return answer;
  };

/** With both arrays in the kernels' memory. */
const inPlace =
  (kernel: () => DecompressKernel): Elements =>
  (source, start, end, target, at, room) => {
    const arrays = new KernelArrays();
    const [from, to] = [arrays.bytes(source.length), arrays.bytes(target.length)];
    from.set(source);
    to.set(target);
    const answer = decompressStaged(kernel(), from, start, end, to, at, room);
    target.set(to);
    arrays.release();
    return answer!;
  };

const snappy = (): DecompressKernel => kernels().exports.snappyDecompress;
const lz4 = (): DecompressKernel => kernels().exports.lz4Decompress;

/** The decompressors of a codec's elements; all of them give the same. */
export const WAYS: Readonly<Record<"snappy" | "lz4", readonly (readonly [string, Elements])[]>> = {
  snappy: [
    ["by the module", staged(snappy)],
    ["by the module in place", inPlace(snappy)],
    ["in TypeScript", decompressSnappyElements],
  ],
  lz4: [
    ["by the module", staged(lz4)],
    ["by the module in place", inPlace(lz4)],
    ["in TypeScript", decompressLz4Sequences],
  ],
};

/** Does something while the kernels' memory gives nothing out, so that everything is done in TypeScript. */
export function withoutMemory<T>(work: () => T): T {
  const spy = vi.spyOn(kernels().memory, "take").mockReturnValue(-1);
  try {
    return work();
  } finally {
    spy.mockRestore();
  }
}
