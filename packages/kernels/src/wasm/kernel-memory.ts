import { type WasmMemory, wasm } from "./web-assembly.js";

const PAGE_BYTES = 65536;
/** The same figures as in the module's import (scripts/build-wasm.mjs). */
const INITIAL_PAGES = 16;
const MAXIMUM_PAGES = 65536;
/** Blocks are powers of two from here on, so that a block that was given back fits the next of its size. */
const SMALLEST_LOG = 6;
/** Bytes behind the last block, so that a vector that begins within a block may be read whole. */
const SPARE_BYTES = 64;

/**
 * The WebAssembly memory of this thread, given out in blocks. It is a shared one, not to share it between threads but because growth
 * then detaches no view: arrays that were made before stay right.
 *
 * Blocks are never moved and never returned to the system. What a block holds at first is undefined.
 */
export class KernelMemory {
  readonly memory: WasmMemory = new wasm.Memory({
    initial: INITIAL_PAGES,
    maximum: MAXIMUM_PAGES,
    shared: true,
  });
  /** Every growth makes a new buffer object over the same bytes; views made of an older one are as good. */
  private readonly buffers = new WeakSet<object>();
  private buffer: ArrayBufferLike;
  private readonly free: number[][] = Array.from({ length: 33 }, () => []);
  private end: number;

  /** `base` is the first byte that the module does not use itself; see `moveBase`. */
  constructor(base = 0) {
    this.buffer = this.memory.buffer;
    this.buffers.add(this.buffer);
    this.end = base;
  }

  /** Says where the module's own data ends, before the first block is taken. */
  moveBase(base: number): void {
    this.end = Math.max(this.end, (base + 63) & ~63);
  }

  /** The address of a block of at least `size` bytes, a multiple of 64; -1 when the memory is full. */
  take(size: number): number {
    const log = Math.max(SMALLEST_LOG, 32 - Math.clz32(Math.max(0, size - 1)));
    const known = log <= 32 ? this.free[log]!.pop() : undefined;
    if (known !== undefined) return known;
    const address = this.end;
    const end = address + 2 ** log;
    if (end + SPARE_BYTES > this.buffer.byteLength && !this.growTo(end + SPARE_BYTES)) return -1;
    this.end = end;
    return address;
  }

  /** Gives a block back; nothing may read or write it from here on. */
  give(address: number, size: number): void {
    const log = Math.max(SMALLEST_LOG, 32 - Math.clz32(Math.max(0, size - 1)));
    this.free[log]!.push(address);
  }

  /** A buffer over all of the memory as it is now. */
  current(): ArrayBufferLike {
    return this.buffer;
  }

  /** The address of an array's first byte; -1 for an array that lies elsewhere. */
  addressOf(array: ArrayBufferView): number {
    return array.buffer === this.buffer || this.buffers.has(array.buffer) ? array.byteOffset : -1;
  }

  private growTo(end: number): boolean {
    const have = this.buffer.byteLength;
    // by an eighth at least, so that many small blocks do not make many buffers
    const wanted = Math.min(MAXIMUM_PAGES * PAGE_BYTES, Math.max(end, have + have / 8));
    if (wanted < end) return false;
    try {
      this.memory.grow(Math.ceil((wanted - have) / PAGE_BYTES));
    } catch {
      return false;
    }
    this.buffer = this.memory.buffer;
    this.buffers.add(this.buffer);
    return true;
  }
}
