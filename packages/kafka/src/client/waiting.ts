import { type Clock, orAborted } from "@ss/core";

/** What {@link within} fails with when its time is over. */
export const OVERDUE: unique symbol = Symbol("overdue");

/** The result of `work`, the signal's reason as soon as it aborts, or {@link OVERDUE} after a time. */
export async function within<T>(work: Promise<T>, ms: number, clock: Clock, signal: AbortSignal): Promise<T> {
  const done = new AbortController();
  const overdue = clock.sleep(Math.max(0, ms), done.signal).then((): Promise<T> => Promise.reject(OVERDUE));
  overdue.catch(() => {});
  try {
    return await orAborted(Promise.race([work, overdue]), signal);
  } finally {
    done.abort();
  }
}
