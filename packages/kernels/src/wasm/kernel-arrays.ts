import type { KernelMemory } from "./kernel-memory.js";
import { kernels } from "./kernel-module.js";

interface Block {
  readonly address: number;
  readonly size: number;
}

type Blocks = Map<number, Block>;

/** Addresses that are as many bytes apart, or a multiple of them, share their places in the processor's first cache. */
const PAGE_BYTES = 4096;
const LINE_BYTES = 64;
/** Arrays beyond this size are too few to be in each other's way. */
const SKEWED_BYTES_MAX = 1 << 16;
let skew = 0;

/** Blocks of a size lie a power of two apart, and the columns of a table are written row by row: they are to begin elsewhere in a page. */
function nextSkew(): number {
  skew = (skew + LINE_BYTES) % PAGE_BYTES;
  return skew;
}

/** Gives back what an owner that nobody refers to any more has left behind. */
const forgotten = new FinalizationRegistry<{ readonly memory: KernelMemory; readonly blocks: Blocks }>(
  ({ memory, blocks }) => {
    for (const { address, size } of blocks.values()) memory.give(address, size);
  },
);

/** As long as an array is referred to its owner is, and so is not forgotten. */
const owners = new WeakMap<ArrayBufferView, KernelArrays>();

/**
 * Typed arrays in the kernels' memory, so that kernels read and write them in place. All of them belong to one owner; they
 * are given back with `release`, or when nobody refers to the owner nor to any of them. (An array made of one of them, such as a
 * `subarray`, keeps nothing alive.)
 *
 * When the memory is full the arrays are ordinary ones; everything works on those too, only slower.
 */
export class KernelArrays {
  private readonly memory: KernelMemory = kernels().memory;
  private readonly blocks: Blocks = new Map();

  constructor() {
    forgotten.register(this, { memory: this.memory, blocks: this.blocks }, this);
  }

  /** `slack` is how many bytes behind the array are its own too, for kernels that load some words at once. */
  bytes(length: number, slack = 0): Uint8Array {
    const address = this.take(length + slack);
    return address < 0 ? new Uint8Array(length) : this.own(new Uint8Array(this.buffer(), address, length));
  }

  int32(length: number): Int32Array {
    const address = this.take(length * 4);
    return address < 0 ? new Int32Array(length) : this.own(new Int32Array(this.buffer(), address, length));
  }

  bigInt64(length: number): BigInt64Array {
    const address = this.take(length * 8);
    if (address < 0) return new BigInt64Array(length);
    return this.own(new BigInt64Array(this.buffer(), address, length));
  }

  float64(length: number): Float64Array {
    const address = this.take(length * 8);
    if (address < 0) return new Float64Array(length);
    return this.own(new Float64Array(this.buffer(), address, length));
  }

  /** Gives one array back before the others. */
  free(array: ArrayBufferView): void {
    const address = this.memory.addressOf(array);
    const block = this.blocks.get(address);
    if (address < 0 || block === undefined) return;
    this.blocks.delete(address);
    this.memory.give(block.address, block.size);
  }

  /** Gives all of them back. */
  release(): void {
    for (const { address, size } of this.blocks.values()) this.memory.give(address, size);
    this.blocks.clear();
  }

  private buffer(): ArrayBufferLike {
    return this.memory.current();
  }

  private own<A extends ArrayBufferView>(array: A): A {
    owners.set(array, this);
    return array;
  }

  private take(size: number): number {
    const offset = size < PAGE_BYTES || size > SKEWED_BYTES_MAX ? 0 : nextSkew();
    const block = this.memory.take(size + offset);
    if (block < 0) return -1;
    this.blocks.set(block + offset, { address: block, size: size + offset });
    return block + offset;
  }
}
