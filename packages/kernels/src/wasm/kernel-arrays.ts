import type { KernelMemory } from "./kernel-memory.js";
import { kernels } from "./kernel-module.js";

interface Block {
  readonly address: number;
  readonly size: number;
}

type Blocks = Map<number, Block>;

/** Gives back what an owner that nobody refers to any more has left behind. */
const forgotten = new FinalizationRegistry<{ readonly memory: KernelMemory; readonly blocks: Blocks }>(
  ({ memory, blocks }) => {
    for (const { address, size } of blocks.values()) memory.give(address, size);
  },
);

/**
 * Typed arrays in the kernels' memory, so that kernels read and write them in place. All of them belong to one owner, which has
 * to live as long as any of them is used: they are given back with `release`, or when the owner itself is forgotten.
 *
 * When the memory is full the arrays are ordinary ones; everything works on those too, only slower.
 */
export class KernelArrays {
  private readonly memory: KernelMemory = kernels().memory;
  private readonly blocks: Blocks = new Map();

  constructor() {
    forgotten.register(this, { memory: this.memory, blocks: this.blocks }, this);
  }

  bytes(length: number): Uint8Array {
    const address = this.take(length);
    return address < 0 ? new Uint8Array(length) : new Uint8Array(this.memory.current(), address, length);
  }

  int32(length: number): Int32Array {
    const address = this.take(length * 4);
    return address < 0 ? new Int32Array(length) : new Int32Array(this.memory.current(), address, length);
  }

  bigInt64(length: number): BigInt64Array {
    const address = this.take(length * 8);
    return address < 0
      ? new BigInt64Array(length)
      : new BigInt64Array(this.memory.current(), address, length);
  }

  float64(length: number): Float64Array {
    const address = this.take(length * 8);
    return address < 0 ? new Float64Array(length) : new Float64Array(this.memory.current(), address, length);
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

  private take(size: number): number {
    const address = this.memory.take(size);
    if (address >= 0) this.blocks.set(address, { address, size });
    return address;
  }
}
