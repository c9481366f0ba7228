/** 64-bit words as pairs of 32-bit halves, so that no bigint is made. */
const PRIME_1 = [0x9e3779b1 | 0, 0x85ebca87 | 0] as const;
const PRIME_2 = [0xc2b2ae3d | 0, 0x27d4eb4f] as const;
const PRIME_3 = [0x165667b1, 0x9e3779f9 | 0] as const;
const PRIME_4 = [0x85ebca77 | 0, 0xc2b2ae63 | 0] as const;
const PRIME_5 = [0x27d4eb2f, 0x165667c5] as const;

type Prime = readonly [high: number, low: number];

/** A 64-bit register. */
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
  subtract(high: number, low: number): this {
    const borrow = this.low >>> 0 < low >>> 0 ? 1 : 0;
    return this.set(this.high - high - borrow, this.low - low);
  }
  xor(high: number, low: number): this {
    return this.set(this.high ^ high, this.low ^ low);
  }
  rotate(bits: number): this {
    const { high, low } = this;
    if (bits < 32) return this.set((high << bits) | (low >>> (32 - bits)), (low << bits) | (high >>> (32 - bits)));
    const rest = bits - 32;
    return this.set((low << rest) | (high >>> (32 - rest)), (high << rest) | (low >>> (32 - rest)));
  }
  /** Exclusive or with itself shifted to the right. */
  mixDown(bits: number): this {
    const { high, low } = this;
    if (bits === 32) return this.xor(0, high);
    if (bits > 32) return this.xor(0, high >>> (bits - 32));
    return this.xor(high >>> bits, (low >>> bits) | (high << (32 - bits)));
  }
  multiply([high, low]: Prime): this {
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
 * XXH64 as Spark's `xxhash64` applies it to single values. Each method takes the state from `high` and `low` as the seed and
 * leaves the hash there, so that hashes of several values follow from one another.
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
    this.hash.add(...PRIME_5).add(0, 4);
    this.fourBytes(value);
    this.finish();
  }

  /** A 64-bit integer (timestamps and doubles by their bits too). */
  long(high: number, low: number): void {
    this.hash.add(...PRIME_5).add(0, 8);
    this.eightBytes(high, low);
    this.finish();
  }

  /** Bytes, texts among them. */
  bytes(data: Uint8Array, start: number, length: number): void {
    const end = start + length;
    let at = start;
    if (length >= 32) at = this.stripes(data, start, end);
    else this.hash.add(...PRIME_5);
    this.hash.add(0, length);
    for (; at + 8 <= end; at += 8) this.eightBytes(wordAt(data, at + 4), wordAt(data, at));
    for (; at + 4 <= end; at += 4) this.fourBytes(wordAt(data, at));
    for (; at < end; at++) {
      const byte = this.scratch.set(0, data[at]!).multiply(PRIME_5);
      this.hash.xor(byte.high, byte.low).rotate(11).multiply(PRIME_1);
    }
    this.finish();
  }

  private stripes(data: Uint8Array, start: number, end: number): number {
    const { hash, lanes } = this;
    const [v1, v2, v3, v4] = lanes;
    v1.copy(hash).add(...PRIME_1).add(...PRIME_2);
    v2.copy(hash).add(...PRIME_2);
    v3.copy(hash);
    v4.copy(hash).subtract(...PRIME_1);
    let at = start;
    for (; at + 32 <= end; at += 32) {
      for (let lane = 0; lane < 4; lane++) {
        const part = this.scratch.set(wordAt(data, at + 8 * lane + 4), wordAt(data, at + 8 * lane)).multiply(PRIME_2);
        lanes[lane]!.add(part.high, part.low).rotate(31).multiply(PRIME_1);
      }
    }
    const { scratch } = this;
    hash.set(0, 0);
    [1, 7, 12, 18].forEach((bits, lane) => {
      scratch.copy(lanes[lane]!).rotate(bits);
      hash.add(scratch.high, scratch.low);
    });
    for (const lane of lanes) {
      scratch.copy(lane).multiply(PRIME_2).rotate(31).multiply(PRIME_1);
      hash.xor(scratch.high, scratch.low).multiply(PRIME_1).add(...PRIME_4);
    }
    return at;
  }

  private fourBytes(value: number): void {
    const part = this.scratch.set(0, value).multiply(PRIME_1);
    this.hash.xor(part.high, part.low).rotate(23).multiply(PRIME_2).add(...PRIME_3);
  }

  private eightBytes(high: number, low: number): void {
    const part = this.scratch.set(high, low).multiply(PRIME_2).rotate(31).multiply(PRIME_1);
    this.hash.xor(part.high, part.low).rotate(27).multiply(PRIME_1).add(...PRIME_4);
  }

  private finish(): void {
    this.hash.mixDown(33).multiply(PRIME_2).mixDown(29).multiply(PRIME_3).mixDown(32);
  }
}

function wordAt(data: Uint8Array, at: number): number {
  return data[at]! | (data[at + 1]! << 8) | (data[at + 2]! << 16) | (data[at + 3]! << 24);
}
