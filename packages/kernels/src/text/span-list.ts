import type { KernelArrays } from "../wasm/kernel-arrays.js";

/** A growable list of byte spans, each with a kind: the elements of arrays, the words of lines. */
export class SpanList {
  /** How many spans there are. */
  count = 0;
  /** Offset of the first byte of each span. */
  starts: Int32Array;
  /** Length in bytes of each span; -1 for null. */
  lengths: Int32Array;
  /** The `KIND_` code of each span. */
  kinds: Uint8Array;
  /** Where the arrays come from: kernels fill those in their own memory; undefined for ordinary ones. */
  readonly #arrays: KernelArrays | undefined;

  /** With `arrays` the list lies in the kernels' memory, and `arrays` has to live as long as the list is used. */
  constructor(capacity = 64, arrays?: KernelArrays) {
    this.#arrays = arrays;
    this.starts = this.#ints(capacity);
    this.lengths = this.#ints(capacity);
    this.kinds = this.#bytes(capacity);
  }

  /** How many spans there is room for. */
  get capacity(): number {
    return this.starts.length;
  }

  /** Whether the list was made to lie in the kernels' memory. */
  get isInKernels(): boolean {
    return this.#arrays !== undefined;
  }

  /** Empties the list and keeps its arrays. */
  clear(): void {
    this.count = 0;
  }

  /** Adds a span at the end. */
  push(start: number, length: number, kind: number): void {
    const index = this.count;
    if (index === this.starts.length) this.ensureCapacity(index + 1);
    this.starts[index] = start;
    this.lengths[index] = length;
    this.kinds[index] = kind;
    this.count = index + 1;
  }

  /** Makes room for at least `capacity` spans; the arrays are replaced when they grow. */
  ensureCapacity(capacity: number): void {
    if (capacity <= this.starts.length) return;
    const size = Math.max(capacity, this.starts.length * 2, 16);
    this.starts = this.#grown(this.starts, this.#ints(size));
    this.lengths = this.#grown(this.lengths, this.#ints(size));
    this.kinds = this.#grown(this.kinds, this.#bytes(size));
  }

  #ints(length: number): Int32Array {
    return this.#arrays ? this.#arrays.int32(length) : new Int32Array(length);
  }

  #bytes(length: number): Uint8Array {
    return this.#arrays ? this.#arrays.bytes(length) : new Uint8Array(length);
  }

  #grown<A extends Int32Array | Uint8Array>(old: A, grown: A): A {
    grown.set(old);
    this.#arrays?.free(old);
    return grown;
  }
}
