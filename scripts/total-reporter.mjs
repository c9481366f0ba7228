import { writeFileSync } from "node:fs";

/**
 * Counts a finished run over all its projects: a file that could not be collected, a suite whose preparation failed and an
 * error outside of any test count as failed, everything that did not run as skipped.
 */
export function countResults(modules, unhandledErrors = []) {
  const total = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
  for (const module of modules) {
    for (const { length } of [module, ...module.children.allSuites()].map((part) => part.errors())) {
      if (length > 0) total.failed++;
    }
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      total[state === "passed" || state === "failed" ? state : "skipped"]++;
    }
  }
  return total;
}

/** The closing line of a test run. */
export const totalLine = ({ passed, failed, skipped }) =>
  `${passed} passed, ${failed} failed, ${skipped} skipped`;

/**
 * Vitest reporter that leaves the closing line in the file that TOTAL_LINE_FILE names, for the caller to print when vitest
 * has ended; run without a caller, it prints the line itself.
 */
export default class TotalReporter {
  onTestRunEnd(modules, unhandledErrors) {
    const line = totalLine(countResults(modules, unhandledErrors));
    const file = process.env.TOTAL_LINE_FILE;
    if (file) writeFileSync(file, line);
    else process.once("exit", () => console.log(line));
  }
}
