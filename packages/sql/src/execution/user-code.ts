import { StreamError } from "@ss/core";
import { thrownText } from "../expression/value-text.js";

/** What a function of the user's gives that was handed to a method; what it throws is told as its own. */
export function userCode<T>(method: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (StreamError.is(error)) throw error;
    const reason = thrownText(error);
    throw new StreamError({
      condition: "SS_USER_FUNCTION_ERROR",
      sqlState: "39000",
      parameters: { method, reason },
      message: `The function of ${method} failed: ${reason}`,
      cause: error,
    });
  }
}
