/** Numbers that look random and are the same for the same seed. */
export class Random {
  private state: number;

  constructor(seed: number) {
    this.state = seed >>> 0;
  }

  /** A whole number from 0 to `limit - 1`. */
  below(limit: number): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let t = this.state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % limit;
  }
}

const TELLING_BYTES = [0, 1, 0x7f, 0x80, 0xff];

/** A copy of a file in which something is wrong. Half of the damage is in the footer, which is small. */
export function damaged(file: Uint8Array, random: Random): Uint8Array {
  const copy = file.slice();
  const footer = new DataView(file.buffer, file.byteOffset + file.length - 8, 4).getUint32(0, true) + 8;
  const place = (): number => {
    return random.below(2) === 0 ? random.below(copy.length) : copy.length - 1 - random.below(footer);
  };
  switch (random.below(6)) {
    case 0:
      copy[place()]! ^= 1 << random.below(8);
      return copy;
    case 1:
      for (let k = random.below(8); k >= 0; k--) copy[place()] = random.below(256);
      return copy;
    case 2:
      copy[place()] = TELLING_BYTES[random.below(TELLING_BYTES.length)]!;
      return copy;
    case 3: {
      const at = place();
      copy.fill(TELLING_BYTES[random.below(TELLING_BYTES.length)]!, at, at + 1 + random.below(12));
      return copy;
    }
    case 4:
      copy.copyWithin(place(), place(), copy.length);
      return copy;
    default:
      return cut(copy, random);
  }
}

/** Without some bytes in the middle, but with the end, by which readers begin. */
function cut(file: Uint8Array, random: Random): Uint8Array {
  const at = random.below(file.length);
  const length = 1 + random.below(Math.min(64, file.length - at));
  const rest = new Uint8Array(file.length - length);
  rest.set(file.subarray(0, at));
  rest.set(file.subarray(at + length), at);
  return rest;
}
