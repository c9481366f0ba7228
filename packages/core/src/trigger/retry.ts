import type { Clock } from "../clock/clock.js";
import { StreamError } from "../errors/stream-error.js";

const ATTEMPTS = 4;
const FIRST_PAUSE_MS = 100;

/**
 * Makes a call, and makes it again, up to three times and after longer and longer pauses, while it fails with an error whose
 * `recovery` is `retry`. The error of the last try says how many there were.
 */
export async function withRetry<T>(clock: Clock, signal: AbortSignal, call: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await call();
    } catch (error) {
      if (!StreamError.is(error) || error.recovery !== "retry" || signal.aborted) throw error;
      if (attempt === ATTEMPTS) throw lastOf(error);
    }
    await clock.sleep(FIRST_PAUSE_MS * 4 ** (attempt - 1), signal);
  }
}

function lastOf(error: StreamError): StreamError {
  const { condition, sqlState, parameters, recovery, queryContext, text } = error;
  const message = `${text}${/[.!?]$/.test(text) ? "" : "."} It was tried ${ATTEMPTS} times.`;
  return new StreamError({ condition, sqlState, parameters, recovery, queryContext, message, cause: error });
}
