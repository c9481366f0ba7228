type Prime = readonly [high: number, low: number];

const PRIME_1: Prime = [0x9e3779b1 | 0, 0x85ebca87 | 0];
const PRIME_2: Prime = [0xc2b2ae3d | 0, 0x27d4eb4f];
const PRIME_3: Prime = [0x165667b1, 0x9e3779f9 | 0];
const PRIME_4: Prime = [0x85ebca77 | 0, 0xc2b2ae63 | 0];
const PRIME_5: Prime = [0x27d4eb2f, 0x165667c5];

/** A 64-bit register as two 32-bit halves, so that no bigint is made. */
class Word {
  high = 0;
  low = 0;

  set(high: number, low: number): this {
    this.high = high | 0;
    this.low = low | 0;
    return this;
  }
  copy(other: Word): this {
    return this.set(other.high, other.low);
  }
  add(high: number, low: number): this {
    const sum = (this.low >>> 0) + (low >>> 0);
    return this.set(this.high + high + (sum > 0xffffffff ? 1 : 0), sum | 0);
  }
  plus(prime: Prime): this {
    return this.add(prime[0], prime[1]);
  }
  minus([high, low]: Prime): this {
    const borrow = this.low >>> 0 < low >>> 0 ? 1 : 0;
    return this.set(this.high - high - borrow, this.low - low);
  }
  xor(high: number, low: number): this {
    return this.set(this.high ^ high, this.low ^ low);
  }
  /** To the left by 1 to 31 bits. */
  rotate(bits: number): this {
    const { high, low } = this;
    return this.set((high << bits) | (low >>> (32 - bits)), (low << bits) | (high >>> (32 - bits)));
  }
  /** Exclusive or with itself shifted to the right. */
  mixDown(bits: number): this {
    const { high, low } = this;
    if (bits >= 32) return this.xor(0, high >>> (bits - 32));
    return this.xor(high >>> bits, (low >>> bits) | (high << (32 - bits)));
  }
  times(prime: Prime): this {
    const high = prime[0];
    const low = prime[1];
    const a0 = this.low & 0xffff;
    const a1 = this.low >>> 16;
    const b0 = low & 0xffff;
    const b1 = low >>> 16;
    const p00 = a0 * b0;
    const middle = a0 * b1 + a1 * b0 + (p00 >>> 16);
    const top = a1 * b1 + Math.floor(middle / 65536);
    const cross = Math.imul(this.low, high) + Math.imul(this.high, low);
    return this.set(top + cross, ((middle & 0xffff) << 16) | (p00 & 0xffff));
  }
}

/**
 * XXH64 over cells of columns, without a bigint per row. Each method takes the state as its seed and leaves the hash there, so that
 * the hashes of several values follow from one another, as Spark's do.
 */
export class XxHash64 {
  private readonly hash = new Word();
  private readonly scratch = new Word();
  private readonly lanes = [new Word(), new Word(), new Word(), new Word()] as const;

  get high(): number {
    return this.hash.high;
  }
  get low(): number {
    return this.hash.low;
  }

  /** The state as a signed 64-bit integer. */
  get value(): bigint {
    return (BigInt(this.hash.high) << 32n) | BigInt(this.hash.low >>> 0);
  }

  /** Starts with a seed. */
  seed(high: number, low: number): void {
    this.hash.set(high, low);
  }

  /** A 32-bit integer (and every smaller one, booleans, dates, floats by their bits). */
  int(value: number): void {
    this.hash.plus(PRIME_5).add(0, 4);
    this.fourBytes(value);
    this.finish();
  }

  /** A 64-bit integer (timestamps and doubles by their bits too). */
  long(high: number, low: number): void {
    this.hash.plus(PRIME_5).add(0, 8);
    this.eightBytes(high, low);
    this.finish();
  }

  /** Bytes, texts among them. */
  bytes(data: Uint8Array, start: number, length: number): void {
    const end = start + length;
    let at = start;
    if (length >= 32) at = this.stripes(data, start, end);
    else this.hash.plus(PRIME_5);
    this.hash.add(0, length);
    for (; at + 8 <= end; at += 8) this.eightBytes(wordAt(data, at + 4), wordAt(data, at));
    for (; at + 4 <= end; at += 4) this.fourBytes(wordAt(data, at));
    for (; at < end; at++) {
      const byte = this.scratch.set(0, data[at]!).times(PRIME_5);
      this.hash.xor(byte.high, byte.low).rotate(11).times(PRIME_1);
    }
    this.finish();
  }

  private stripes(data: Uint8Array, start: number, end: number): number {
    const { hash, lanes, scratch } = this;
    const [v1, v2, v3, v4] = lanes;
    v1.copy(hash).plus(PRIME_1).plus(PRIME_2);
    v2.copy(hash).plus(PRIME_2);
    v3.copy(hash);
    v4.copy(hash).minus(PRIME_1);
    let at = start;
    for (; at + 32 <= end; at += 32) {
      for (let lane = 0; lane < 4; lane++) {
        const part = scratch.set(wordAt(data, at + 8 * lane + 4), wordAt(data, at + 8 * lane)).times(PRIME_2);
        lanes[lane]!.add(part.high, part.low).rotate(31).times(PRIME_1);
      }
    }
    hash.set(0, 0);
    ROTATIONS.forEach((bits, lane) => {
      scratch.copy(lanes[lane]!).rotate(bits);
      hash.add(scratch.high, scratch.low);
    });
    for (const lane of lanes) {
      scratch.copy(lane).times(PRIME_2).rotate(31).times(PRIME_1);
      hash.xor(scratch.high, scratch.low).times(PRIME_1).plus(PRIME_4);
    }
    return at;
  }

  private fourBytes(value: number): void {
    const part = this.scratch.set(0, value).times(PRIME_1);
    this.hash.xor(part.high, part.low).rotate(23).times(PRIME_2).plus(PRIME_3);
  }

  private eightBytes(high: number, low: number): void {
    const part = this.scratch.set(high, low).times(PRIME_2).rotate(31).times(PRIME_1);
    this.hash.xor(part.high, part.low).rotate(27).times(PRIME_1).plus(PRIME_4);
  }

  private finish(): void {
    this.hash.mixDown(33).times(PRIME_2).mixDown(29).times(PRIME_3).mixDown(32);
  }
}

/** How far the four lanes are turned before they are added. */
const ROTATIONS: readonly number[] = [1, 7, 12, 18];

function wordAt(data: Uint8Array, at: number): number {
  return data[at]! | (data[at + 1]! << 8) | (data[at + 2]! << 16) | (data[at + 3]! << 24);
}
