import { inspect } from "node:util";
import { StreamError } from "../errors/stream-error.js";

/** Refuses a timeout that is no number; undefined stands for none. */
export function checkTimeout(method: string, timeoutMs: unknown): void {
  if (timeoutMs === undefined || typeof timeoutMs === "number") return;
  const value = inspect(timeoutMs, { depth: 0 });
  const expected = "a number of milliseconds";
  throw new StreamError({
    condition: "SS_INVALID_ARGUMENT",
    sqlState: "22023",
    parameters: { method, argument: "timeoutMs", value, expected },
    message: `The argument timeoutMs of ${method}(...) is ${value}, but it has to be ${expected}.`,
  });
}
