import type { Clock } from "../clock/clock.js";
import { StreamError } from "../errors/stream-error.js";

const ATTEMPTS = 4;
const FIRST_PAUSE_MS = 100;

/**
 * Makes a call, and makes it again, up to three times and after longer and longer pauses, while it fails with an error whose
 * `recovery` is `retry`.
 */
export async function withRetry<T>(clock: Clock, signal: AbortSignal, call: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await call();
    } catch (error) {
      const again = StreamError.is(error) && error.recovery === "retry" && attempt < ATTEMPTS;
      if (!again || signal.aborted) throw error;
    }
    await clock.sleep(FIRST_PAUSE_MS * 4 ** (attempt - 1), signal);
  }
}
