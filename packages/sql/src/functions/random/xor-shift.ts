const DOUBLE_UNIT = 2 ** -53;
const ARRAY_SEED = 0x3c074a61;

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}

/** Murmur3 of the eight bytes of a long, the highest first. */
function hashSeedBytes(value: bigint, seed: number): number {
  let hash = seed;
  for (let word = 0; word < 2; word++) {
    let key = 0;
    for (let k = 0; k < 4; k++) {
      const byte = Number((BigInt.asUintN(64, value) >> BigInt(8 * (7 - (word * 4 + k)))) & 255n);
      key |= byte << (8 * k);
    }
    key = Math.imul(rotate(Math.imul(key, 0xcc9e2d51), 15), 0x1b873593);
    hash = (Math.imul(rotate(hash ^ key, 13), 5) + 0xe6546b64) | 0;
  }
  hash ^= 8;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

/** The generator behind `rand(seed)`: a xor-shift of 64 bits whose seed is hashed first, as Spark's. */
export class XorShift {
  #state: bigint;
  #gaussian: number | undefined;

  constructor(seed: bigint) {
    const low = hashSeedBytes(seed, ARRAY_SEED);
    const high = hashSeedBytes(seed, low);
    this.#state = BigInt.asIntN(64, (BigInt(high) << 32n) | BigInt(low >>> 0));
  }

  /** The next `bits` random bits, as a signed integer where there are 32. */
  next(bits: number): number {
    let state = BigInt.asUintN(64, this.#state ^ (this.#state << 21n));
    state ^= state >> 35n;
    state = BigInt.asUintN(64, state ^ (state << 4n));
    this.#state = BigInt.asIntN(64, state);
    return Number(BigInt.asIntN(32, state & ((1n << BigInt(bits)) - 1n)));
  }

  /** A double from 0 to below 1. */
  nextDouble(): number {
    const high = this.next(26);
    return (high * 134217728 + this.next(27)) * DOUBLE_UNIT;
  }

  /** A double of the standard normal distribution, by the polar method. */
  nextGaussian(): number {
    if (this.#gaussian !== undefined) {
      const kept = this.#gaussian;
      this.#gaussian = undefined;
      return kept;
    }
    for (;;) {
      const a = 2 * this.nextDouble() - 1;
      const b = 2 * this.nextDouble() - 1;
      const s = a * a + b * b;
      if (s >= 1 || s === 0) continue;
      const factor = Math.sqrt((-2 * Math.log(s)) / s);
      this.#gaussian = b * factor;
      return a * factor;
    }
  }
}
