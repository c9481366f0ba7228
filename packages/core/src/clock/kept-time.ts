/** State keeps times as microseconds in 64 bits. */
const LATEST_MS = 9.2e15;

/** Whether a time, in milliseconds since 1970, is one that state can keep: no NaN, nothing without end. */
export function isKeptTime(timeMs: number): boolean {
  return Math.abs(timeMs) <= LATEST_MS;
}
