/** Longest stretch of work between two turns of the event loop, in milliseconds: timers of the host stay punctual to within it. */
const STRETCH_MS = 4;

/** A function to call between batches: it gives a promise for the next turn of the event loop when the last is long ago. */
export function breather(monotonicMs: () => number): () => Promise<void> | undefined {
  let last = monotonicMs();
  return () => {
    if (monotonicMs() - last < STRETCH_MS) return undefined;
    return new Promise((resolve) =>
      setImmediate(() => {
        last = monotonicMs();
        resolve();
      }),
    );
  };
}
