import { describe } from "vitest";

/**
 * Tests that need servers of this machine. Each of `missing` is why a server cannot run here, or undefined where it can; with
 * a reason the tests are skipped, and their name says why.
 */
export function describeWith(
  missing: readonly (string | undefined)[],
  name: string,
  declare: () => void,
): void {
  const reasons = missing.filter((reason) => reason !== undefined);
  const title = reasons.length === 0 ? name : `${name} (skipped: ${reasons.join(", ")})`;
  describe.skipIf(reasons.length > 0)(title, declare);
}
