import { StreamError } from "@ss/core";

/** What a scenario says about an error. */
export interface ExpectedFailure {
  /** Texts that the message has to hold. */
  readonly contains: readonly string[];
  readonly condition: string | null;
}

/** Compares an error and its causes with what a scenario expects. Returns what differs. */
export function checkFailure(expected: ExpectedFailure, error: unknown): string | undefined {
  if (error === undefined) return "error: expected one, and there was none";
  const chain = withCauses(error);
  const { condition, contains } = expected;
  if (condition !== null && !chain.some((one) => StreamError.is(one, condition)))
    return `error: expected ${condition}, got ${chain.map(String).join("; caused by ")}`;
  const missing = contains.find((text) => !chain.some((one) => String(one).includes(text)));
  return missing === undefined
    ? undefined
    : `error: expected '${missing}', got ${chain.map(String).join("; caused by ")}`;
}

function withCauses(error: unknown): unknown[] {
  const chain: unknown[] = [];
  for (let one = error; one !== undefined && !chain.includes(one); one = (one as { cause?: unknown }).cause) {
    chain.push(one);
    if (!(one instanceof Error)) break;
  }
  return chain;
}
