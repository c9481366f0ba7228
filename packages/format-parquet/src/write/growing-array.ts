type Numbers = Uint8Array | Int8Array | Int16Array | Int32Array | BigInt64Array | Float32Array | Float64Array;

/** A typed array that doubles when it is full. */
export class GrowingArray<A extends Numbers> {
  values: A;
  length = 0;
  private readonly make: (length: number) => A;

  constructor(make: (length: number) => A) {
    this.make = make;
    this.values = make(1024);
  }

  /** Makes room for `count` more values, to be written from `length` on. */
  reserve(count: number): void {
    const needed = this.length + count;
    if (needed <= this.values.length) return;
    const larger = this.make(Math.max(needed, this.values.length * 2));
    larger.set(this.values as never);
    this.values = larger;
  }

  /** The values so far, without a copy. */
  used(): A {
    return this.values.subarray(0, this.length) as A;
  }
}

/** Bits that are appended one by one, least significant first. */
export class GrowingBits {
  private readonly bytes = new GrowingArray((length) => new Uint8Array(length));
  length = 0;
  /** How many bits are 0. */
  zeros = 0;

  append(bit: boolean): void {
    const at = this.length++;
    if ((at & 7) === 0) {
      this.bytes.reserve(1);
      this.bytes.values[this.bytes.length++] = 0;
    }
    if (bit) this.bytes.values[at >> 3]! |= 1 << (at & 7);
    else this.zeros++;
  }

  clear(): void {
    this.bytes.length = 0;
    this.length = 0;
    this.zeros = 0;
  }

  used(): Uint8Array {
    return this.bytes.used();
  }
}
