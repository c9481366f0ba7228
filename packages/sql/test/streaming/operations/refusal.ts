import { StreamError } from "@ss/core";
import { expect } from "vitest";

/** What an error says: its condition, and its parameters or a part of its text. */
export interface Refusal {
  readonly condition: string;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly says?: string;
}

/** What a start or an action fails with. */
export async function failure(run: () => Promise<unknown>): Promise<StreamError> {
  const error = await run().then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!StreamError.is(error)) throw error ?? new Error("it was not refused");
  return error;
}

/** Compares with what is expected: a text is one of the condition for texts. */
export function check(error: StreamError, expected: Refusal | string): void {
  const refusal =
    typeof expected === "string" ? { condition: "_LEGACY_ERROR_TEMP_3102", says: expected } : expected;
  expect(error.condition).toBe(refusal.condition);
  if (refusal.parameters) expect(error.parameters).toEqual(refusal.parameters);
  expect(error.message).toContain(refusal.says ?? "");
}
