import { KernelArrays } from "../wasm/kernel-arrays.js";
import { kernels } from "../wasm/kernel-module.js";

/** The arrays of a dictionary of byte strings; made by the memory functions of its `DictionaryKernel`. */
export interface KernelDictionaryTables {
  readonly index: {
    readonly parts: readonly Int32Array[];
    readonly partMask: number;
    readonly counts: Int32Array;
  };
  readonly counters: Int32Array;
  readonly data: Uint8Array;
  readonly starts: Int32Array;
  readonly lengths: Int32Array;
  /** Changes whenever one of the arrays was replaced. */
  readonly version: number;
}

const PART_COUNT = 256;
/** Words of the table of addresses before the parts' addresses and sizes in bytes. */
const HEADER_WORDS = 16;

/** Keeps the owner of an array as long as the array is there. */
const owners = new WeakMap<Uint8Array, KernelArrays>();

/**
 * Looks byte strings up in a dictionary whose arrays lie in the kernels' memory, a batch at a time. One belongs to one dictionary:
 * it provides the memory, and reads and extends what the dictionary keeps there, in the way the dictionary itself does.
 */
export class DictionaryKernel {
  private readonly arrays: KernelArrays = new KernelArrays();
  /** The table of addresses, see assembly/dictionary.ts. */
  private readonly table: Int32Array;
  private readonly tableAddress: number;
  private version = -1;
  /** The parts of the index whose addresses are written down. */
  private readonly parts: (Int32Array | undefined)[] = [];
  /** Whether all arrays of the dictionary lie in the kernels' memory. */
  private usable = false;
  private starts: Int32Array = new Int32Array(0);
  private lengths: Int32Array = new Int32Array(0);
  private codes: Int32Array = new Int32Array(0);
  /** Where those three lie; -1 for one that the full memory has no room for. */
  private startsAddress = -1;
  private lengthsAddress = -1;
  private codesAddress = -1;

  constructor() {
    this.table = this.arrays.int32(HEADER_WORDS + PART_COUNT * 2);
    this.tableAddress = kernels().memory.addressOf(this.table);
  }

  /** A zeroed array. */
  int32(length: number): Int32Array {
    return this.arrays.int32(length).fill(0);
  }

  /** An array whose block is given back when nobody refers to it any more, as columns of keys may for long. */
  bytes(length: number): Uint8Array {
    const owner = new KernelArrays();
    const array = owner.bytes(length);
    owners.set(array, owner);
    return array;
  }

  /** Gives an array of `int32` back; those of `bytes` are not given back here. */
  free(array: ArrayBufferView): void {
    this.arrays.free(array);
  }

  /**
   * The codes of the slices `from .. to)`. Gives the number of the first one that was not looked at, because it has to be added and
   * there is no room; -1 when the bytes or the tables lie outside the kernels' memory.
   */
  look(
    tables: KernelDictionaryTables,
    data: Uint8Array,
    starts: Int32Array,
    lengths: Int32Array,
    from: number,
    to: number,
    codes: Int32Array,
    add: boolean,
  ): number {
    const { exports, memory } = kernels();
    const dataAddress = memory.addressOf(data);
    if (dataAddress < 0) return -1;
    if (this.version !== tables.version) this.describe(tables);
    if (!this.usable || !this.reserve(to)) return -1;
    if (from === 0) {
      this.starts.set(to === starts.length ? starts : starts.subarray(0, to));
      this.lengths.set(to === lengths.length ? lengths : lengths.subarray(0, to));
    }
    const end = exports.dictionaryLook(
      this.tableAddress,
      dataAddress,
      this.startsAddress,
      this.lengthsAddress,
      from,
      to,
      this.codesAddress,
      add,
    );
    const found = this.codes;
    for (let i = from; i < end; i++) codes[i] = found[i] as number;
    return end;
  }

  /** Writes the addresses down anew. */
  private describe(tables: KernelDictionaryTables): void {
    const { memory } = kernels();
    const { index, counters, data, starts, lengths } = tables;
    const { table } = this;
    this.version = tables.version;
    const addresses = [index.counts, counters, data, starts, lengths].map((array) => memory.addressOf(array));
    this.usable = this.tableAddress >= 0 && addresses.every((address) => address >= 0);
    this.usable &&= this.describeParts(index.parts);
    if (!this.usable) return;
    const [counts, counterAddress, dataAddress, startAddress, lengthAddress] = addresses as [
      number,
      number,
      number,
      number,
      number,
    ];
    table[0] = index.partMask;
    table[1] = this.tableAddress + HEADER_WORDS * 4;
    table[2] = counts;
    table[3] = counterAddress;
    table[4] = dataAddress;
    table[5] = data.length;
    table[6] = startAddress;
    table[7] = lengthAddress;
    table[8] = starts.length;
  }

  /** Mostly one of many parts has grown; false where one lies elsewhere. */
  private describeParts(parts: readonly Int32Array[]): boolean {
    const { table, parts: known } = this;
    known.length = parts.length;
    for (let p = 0; p < parts.length; p++) {
      const part = parts[p] as Int32Array;
      if (known[p] === part) continue;
      known[p] = undefined;
      const address = kernels().memory.addressOf(part);
      if (address < 0) return false;
      table[HEADER_WORDS + 2 * p] = address;
      table[HEADER_WORDS + 2 * p + 1] = part.byteLength;
      known[p] = part;
    }
    return true;
  }

  /** Room for the slices of a batch where the kernel reads them; false when the memory is full. */
  private reserve(count: number): boolean {
    if (this.starts.length < count) {
      const { memory } = kernels();
      for (const old of [this.starts, this.lengths, this.codes]) this.arrays.free(old);
      const length = Math.max(count, 4096);
      this.starts = this.arrays.int32(length);
      this.lengths = this.arrays.int32(length);
      this.codes = this.arrays.int32(length);
      this.startsAddress = memory.addressOf(this.starts);
      this.lengthsAddress = memory.addressOf(this.lengths);
      this.codesAddress = memory.addressOf(this.codes);
    }
    return this.startsAddress >= 0 && this.lengthsAddress >= 0 && this.codesAddress >= 0;
  }
}
