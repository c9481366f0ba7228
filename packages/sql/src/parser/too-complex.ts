import { StreamError } from "@ss/core";

/** What `work` gives; FAILED_TO_PARSE_TOO_COMPLEX where an expression is nested too deep for the call stack. */
export function withinStack<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof RangeError) || !/call stack/i.test(error.message)) throw error;
    throw new StreamError({
      condition: "FAILED_TO_PARSE_TOO_COMPLEX",
      sqlState: "54001",
      message:
        "The statement is nested too deep. Divide it, or write long chains of operators as a function of a list.",
    });
  }
}
