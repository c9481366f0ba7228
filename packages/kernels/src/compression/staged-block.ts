import { kernelAddress, kernels } from "../wasm/kernel-module.js";

/** Bytes behind the ends of input and output that kernels may touch, and what bringing them into step may take. */
const SLACK = 80;
/** The kernels' memory keeps the size that it once had, so that larger blocks, which are rare, go without it. */
const STAGED_BYTES_MAX = 16 << 20;
/** Stays in the processor's first caches. */
const PIECE_BYTES = 1 << 14;
/** Lengths are answered as signed numbers of 32 bits. */
const ANSWER_MAX = 0x7fffffff;

/** A compressor of the kernels' module; see assembly/. */
export type CompressKernel = (source: number, end: number, target: number, table: number) => number;

/** A decompressor of the kernels' module. */
export type DecompressKernel = (source: number, end: number, target: number, room: number) => number;

let view: Uint8Array = new Uint8Array(0);

/** The kernels' memory as bytes. */
function kernelBytes(): Uint8Array {
  const buffer = kernels().memory.current();
  if (view.buffer !== buffer) view = new Uint8Array(buffer);
  return view;
}

/** A block of the kernels' memory for as many bytes and the slack that kernels want behind them; -1 where there is none. */
function takeStage(size: number): number {
  return size > STAGED_BYTES_MAX ? -1 : kernels().memory.take(size + SLACK);
}

/** Gives a block back. */
function giveStage(block: number, size: number): void {
  if (block >= 0) kernels().memory.give(block, size + SLACK);
}

/**
 * The place within a block at which bytes are in step with those of an array: shared memory is copied word by word only where both
 * sides are as far from a word's start, and byte by byte elsewhere.
 */
function inStep(block: number, array: Uint8Array, at: number): number {
  return block + ((array.byteOffset + at) & 7);
}

/**
 * Lets a kernel decompress `source[start .. end)` to `target[at .. at + room)` and returns its answer. What lies in the kernels'
 * memory is read and written in place, the rest by way of it. Undefined when that has no room: the caller has a twin in TypeScript.
 */
export function decompressStaged(
  kernel: DecompressKernel,
  source: Uint8Array,
  start: number,
  end: number,
  target: Uint8Array,
  at: number,
  room: number,
): number | undefined {
  const sourceAddress = kernelAddress(source);
  const targetAddress = kernelAddress(target);
  const packed = end - start;
  if (room > ANSWER_MAX) return undefined;
  const inputBlock = sourceAddress < 0 ? takeStage(packed) : 0;
  if (inputBlock < 0) return undefined;
  const outputBlock = targetAddress < 0 ? takeStage(room) : 0;
  try {
    if (outputBlock < 0) return undefined;
    const bytes = kernelBytes();
    const input = sourceAddress < 0 ? inStep(inputBlock, source, start) : sourceAddress + start;
    const output = targetAddress < 0 ? inStep(outputBlock, target, at) : targetAddress + at;
    if (sourceAddress < 0) bytes.set(source.subarray(start, end), input);
    const answer = kernel(input, input + packed, output, room);
    if (targetAddress < 0 && answer > 0) target.set(bytes.subarray(output, output + answer), at);
    return answer;
  } finally {
    if (sourceAddress < 0) giveStage(inputBlock, packed);
    if (targetAddress < 0) giveStage(outputBlock, room);
  }
}

/**
 * Lets a kernel compress `source[start .. end)`, which takes at most `packedMax` bytes, to `target[at ..]`, and returns where that ends.
 * Undefined when the kernels' memory has no room.
 */
export function compressStaged(
  kernel: CompressKernel,
  tableBytes: number,
  packedMax: number,
  source: Uint8Array,
  start: number,
  end: number,
  target: Uint8Array,
  at: number,
): number | undefined {
  const sourceAddress = kernelAddress(source);
  const plain = sourceAddress < 0 ? end - start : 0;
  const size = tableBytes + plain + SLACK + packedMax;
  const table = takeStage(size);
  if (table < 0) return undefined;
  const bytes = kernelBytes();
  const input = sourceAddress < 0 ? inStep(table + tableBytes, source, start) : sourceAddress + start;
  if (sourceAddress < 0) bytes.set(source.subarray(start, end), input);
  const block = (table + tableBytes + plain + SLACK) & ~63;
  const output = inStep(block, target, at);
  const packed = (kernel(input, input + end - start, output, table) >>> 0) - output;
  target.set(bytes.subarray(output, output + packed), at);
  giveStage(table, size);
  return at + packed;
}

/**
 * Shows `source[start .. end)` in the kernels' memory, where it lies there or piece by piece, each of a multiple of 16 bytes if all of it
 * is. False when that memory has no room.
 */
export function eachStaged(
  source: Uint8Array,
  start: number,
  end: number,
  visit: (input: number, inputEnd: number) => void,
): boolean {
  const address = kernelAddress(source);
  if (address >= 0) {
    visit(address + start, address + end);
    return true;
  }
  const size = Math.min(PIECE_BYTES, end - start);
  const block = takeStage(size);
  if (block < 0) return false;
  const bytes = kernelBytes();
  for (let from = start; from < end; from += size) {
    const to = Math.min(end, from + size);
    const input = inStep(block, source, from);
    bytes.set(source.subarray(from, to), input);
    visit(input, input + to - from);
  }
  giveStage(block, size);
  return true;
}
