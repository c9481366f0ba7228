import { join } from "node:path";
import { parseArgs } from "node:util";

/** What a conformance run is asked to do. */
export interface ConformanceOptions {
  /** The folder of the golden files; undefined where nobody named one. */
  readonly sqlTests: string | undefined;
  readonly scenarios: string | undefined;
  /** Where the results go as JSON. */
  readonly json: string | undefined;
  /** Only golden files and scenarios whose name holds this text. */
  readonly filter: string;
  /** Only golden files of this tier; all where it is not given. */
  readonly tier: string | undefined;
  /** Prints each failure. */
  readonly verbose: boolean;
  /** Prints the most frequent reasons of failures. */
  readonly reasons: boolean;
  readonly baseline: string;
  readonly updateBaseline: boolean;
  /** Fails where the reference is not there. */
  readonly required: boolean;
  /** Time limit of a statement. */
  readonly limitMs: number;
}

export const USAGE = `Usage: npm run conformance -- [--sql-tests DIR] [--scenarios FILE] [--json OUT] [--filter TEXT]
         [--tier NAME] [--verbose] [--reasons] [--baseline FILE] [--update-baseline] [--limit SECONDS]`;

/** Reads the arguments and the environment; `baseline` is where the baseline lies if no flag says so. */
export function parseCommandLine(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  baseline: string,
): ConformanceOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      "sql-tests": { type: "string" },
      scenarios: { type: "string" },
      json: { type: "string" },
      filter: { type: "string" },
      tier: { type: "string" },
      verbose: { type: "boolean" },
      reasons: { type: "boolean" },
      baseline: { type: "string" },
      "update-baseline": { type: "boolean" },
      limit: { type: "string" },
    },
  });
  const reference = env["SS_SPARK_REFERENCE"];
  return {
    sqlTests: values["sql-tests"] ?? (reference ? join(reference, "sql-tests") : undefined),
    scenarios: values.scenarios ?? (reference ? join(reference, "scenarios.json") : undefined),
    json: values.json,
    filter: values.filter ?? "",
    tier: values.tier,
    verbose: values.verbose ?? false,
    reasons: values.reasons ?? false,
    baseline: values.baseline ?? baseline,
    updateBaseline: values["update-baseline"] ?? false,
    required: env["REQUIRE_CONFORMANCE"] === "1",
    limitMs: Number(values.limit ?? 10) * 1000,
  };
}
