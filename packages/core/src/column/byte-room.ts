import { StreamError } from "../errors/stream-error.js";

/** Where a value begins is a signed number of 32 bits, in columns as in the tables of keys. */
export const BYTES_MAX: number = 0x7fffffff;

/**
 * How large an array becomes that has `size` bytes and has to hold `needed`: twice as large, or more. `what` names, for the error, what
 * would become too large.
 */
export function grownSize(size: number, needed: number, what: string): number {
  if (needed > BYTES_MAX) throw tooLarge(what, needed);
  return Math.min(BYTES_MAX, Math.max(needed, size * 2));
}

function tooLarge(what: string, size: number): StreamError {
  return new StreamError({
    condition: "SS_COLUMN_TOO_LARGE",
    parameters: { what, size: String(size), limit: String(BYTES_MAX) },
    message:
      `${what} would have ${size} bytes; ${BYTES_MAX} is the limit. Let a trigger read less (maxFilesPerTrigger, maxBytesPerTrigger ` +
      `or the like), keep less state (a watermark with a shorter delay), or make the values shorter, by a hash of them for instance.`,
  });
}
