/** A small generator of pseudo-random numbers, so that a seed replays a case. */
export class SeededRandom {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0;
  }

  /** An integer from 0 up to, not including, `bound`. */
  below(bound: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)] as T;
  }

  chance(oneIn: number): boolean {
    return this.below(oneIn) === 0;
  }
}

/** How many random cases to run: `FUZZ_CASES` (or `KERNEL_FUZZ_CASES`), or 2000. */
export const fuzzCases: number = Number(
  process.env["FUZZ_CASES"] ?? process.env["KERNEL_FUZZ_CASES"] ?? 2000,
);

/** The first seed: `KERNEL_FUZZ_SEED`, or 1. */
export const firstSeed: number = Number(process.env["KERNEL_FUZZ_SEED"] ?? 1);
