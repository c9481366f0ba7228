import { orAborted } from "@ss/core";
import { requestFailed, streamNotFound } from "./errors.js";
import { faultOf } from "./kinesis-client.js";
import { backoffMs, type ReaderContext } from "./shard-reader.js";

/**
 * Makes a request until it succeeds: for as long as the service says that it is too much, some times where it fails for no fault of its
 * own. `what` completes the sentence that Kinesis could not do it.
 */
export async function attempt<T>(
  { clock, signal, pace }: ReaderContext,
  stream: string,
  what: string,
  request: () => Promise<T>,
): Promise<T> {
  for (let failures = 1; ; failures++) {
    signal.throwIfAborted();
    try {
      return await orAborted(request(), signal);
    } catch (error) {
      signal.throwIfAborted();
      const fault = faultOf(error);
      if (fault === "gone") throw streamNotFound(stream, error);
      const isTransient = fault === "transient";
      if (!(fault === "throttled" || (isTransient && failures <= pace.clientRetries)))
        throw requestFailed(stream, what, error, isTransient);
      await clock.sleep(backoffMs(pace.minFetchPeriodMs, failures), signal);
    }
  }
}
