import { StreamError } from "@ss/core";
import type { ExpectedError } from "./expected-answer.js";
import { matchesText } from "./wildcard-text.js";

/** Compares an error with a golden one. Returns undefined if they are equal, else what differs. */
export function compareError(expected: ExpectedError, error: unknown): string | undefined {
  if (expected.condition === undefined) {
    const text = textOfError(error);
    return text.includes(expected.message ?? "")
      ? undefined
      : `expected an error with '${expected.message}', got ${text}`;
  }
  if (!StreamError.is(error)) return `expected ${expected.condition}, got ${textOfError(error)}`;
  if (error.condition !== expected.condition)
    return `expected ${expected.condition}, got ${textOfError(error)}`;
  const { condition } = error;
  if (expected.sqlState !== undefined && error.sqlState !== expected.sqlState)
    return `${condition}: SQLSTATE ${error.sqlState}, not ${expected.sqlState}`;
  return compareParameters(expected, error) ?? compareFragments(expected, error);
}

function compareParameters(expected: ExpectedError, error: StreamError): string | undefined {
  const names = new Set([...Object.keys(expected.parameters), ...Object.keys(error.parameters)]);
  for (const name of [...names].sort()) {
    const [wanted, got] = [expected.parameters[name], error.parameters[name]];
    if (wanted === undefined || got === undefined || !matchesText(wanted, got))
      return `${error.condition}: parameter ${name} is ${JSON.stringify(got)}, not ${JSON.stringify(wanted)}`;
  }
  return undefined;
}

function compareFragments(expected: ExpectedError, error: StreamError): string | undefined {
  if (expected.fragments.length === 0) return undefined;
  const fragment = error.queryContext?.fragment;
  if (fragment !== undefined && expected.fragments.includes(fragment)) return undefined;
  return `${error.condition}: the fragment is ${JSON.stringify(fragment)}, not ${JSON.stringify(expected.fragments[0])}`;
}

/** One line about an error. */
export function textOfError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return StreamError.is(error) ? error.message : `${error.name}: ${error.message}`;
}
