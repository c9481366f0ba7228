import { StreamError } from "../errors/stream-error.js";

const MODES = ["simple", "extended", "codegen"] as const;

/** How much `explain` tells: the operators; the logical plans too; or the generated code too. */
export type ExplainMode = (typeof MODES)[number];

/** A mode from what `explain` was given: a word in any case, or whether the logical plans are wanted too. */
export function explainMode(given: unknown): ExplainMode {
  if (typeof given === "boolean") return given ? "extended" : "simple";
  const word = String(given).toLowerCase();
  const mode = MODES.find((one) => one === word);
  if (mode !== undefined) return mode;
  const accepted = MODES.map((one) => `'${one}'`).join(", ");
  throw new StreamError({
    condition: "SS_UNKNOWN_EXPLAIN_MODE",
    sqlState: "22023",
    parameters: { mode: String(given), accepted },
    message: `Unknown explain mode: ${String(given)}. Accepted explain modes are ${accepted}.`,
  });
}
