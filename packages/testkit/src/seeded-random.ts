/** Chance as an argument: the same seed gives the same numbers, on every machine. */
export interface SeededRandom {
  /** To be printed with a failure. */
  readonly seed: number;
  /** From 0 (inclusive) to 1 (exclusive). */
  next(): number;
  /** A whole number from `min` to `max`, both inclusive. */
  integer(min: number, max: number): number;
  /** True with this probability, by default one half. */
  chance(probability?: number): boolean;
  /** One of the items. */
  pick<T>(items: readonly T[]): T;
  /** The items in another order, as a new array. */
  shuffle<T>(items: readonly T[]): T[];
  /** A generator of its own, so that two users of chance do not disturb each other. */
  fork(): SeededRandom;
}

/** A generator from a seed of 32 bits. */
export function seededRandom(seed: number): SeededRandom {
  let state = seed >>> 0;
  // a counter through a mixing function (the finisher of MurmurHash3): short, and good enough to choose test cases
  const word = (): number => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return (mixed ^ (mixed >>> 16)) >>> 0;
  };
  const next = (): number => word() / 0x1_0000_0000;
  const integer = (min: number, max: number): number => min + Math.floor(next() * (max - min + 1));
  return {
    seed,
    next,
    integer,
    chance: (probability = 0.5) => next() < probability,
    pick: (items) => items[integer(0, items.length - 1)]!,
    shuffle: (items) => {
      const copy = [...items];
      for (let i = copy.length - 1; i > 0; i--) {
        const k = integer(0, i);
        [copy[i], copy[k]] = [copy[k]!, copy[i]!];
      }
      return copy;
    },
    fork: () => seededRandom(word()),
  };
}
