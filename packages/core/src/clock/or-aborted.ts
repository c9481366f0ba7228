/** The result of `work`, or the signal's reason as soon as it aborts; `work` then goes on for itself, and nobody hears of its failure. */
export function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    // attached in any case: work that nobody waits for must not end the process when it fails
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
    if (signal.aborted) abort();
  });
}
