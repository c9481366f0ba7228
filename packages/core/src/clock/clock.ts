/**
 * Time as an argument. Everything in this project that waits or asks for the time does so through a clock, so that a test
 * can drive it (`@ss/testkit` has a virtual one) and a seed can replay it.
 */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z, whole. */
  now(): number;
  /** Milliseconds of a steady counter, with fractions; for durations. */
  monotonicMs(): number;
  /** Resolves after `ms` milliseconds, or as soon as `signal` aborts (it does not reject then). */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The clock of this machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const done = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", done);
        resolve();
      };
      // setTimeout takes 31 bits; longer sleeps are cut and their caller looks at the clock again
      const timer = setTimeout(done, Math.min(ms, 0x7fffffff));
      signal?.addEventListener("abort", done, { once: true });
    }),
};
