/** An input of a query with a watermark of its own: what a `withWatermark` looks at. Times in milliseconds since 1970. */
export interface WatermarkInput {
  /** The column with the event time and the sources that it comes from. */
  readonly name: string;
  readonly delayMs: number;
  /** The largest event time of this run less the delay; null before the first row. */
  readonly watermarkMs: number | null;
  /** When a batch last had rows of it; null: none in this run. */
  readonly lastRowsMs: number | null;
  /** True where it had no rows for longer than `idleInputTimeout`, none that wait in its source either, and the others go on without it. */
  readonly isIdle: boolean;
}

/** Why the watermark of a query stands where it does. Times in milliseconds since 1970. */
export interface WatermarkExplanation {
  /** Whether the lowest or the highest of the inputs counts. */
  readonly policy: "min" | "max";
  /** What the next batch works by; 0 before any. */
  readonly watermarkMs: number;
  /** When it last moved; null: not in this run. */
  readonly movedMs: number | null;
  readonly inputs: readonly WatermarkInput[];
  /** The input on which the watermark waits, and when that one last moved, or else when the run began; null without a watermark. */
  readonly heldBackBy: { readonly input: WatermarkInput; readonly sinceMs: number } | null;
  /** All of it in words. */
  readonly text: string;
}

type Facts = Omit<WatermarkExplanation, "text">;

/** An explanation with its text. */
export function watermarkExplanation(facts: Facts): WatermarkExplanation {
  return { ...facts, text: textOf(facts) };
}

/** The explanation before the first batch of a run, by the watermark that the checkpoint has; 0 where it has none. */
export function recoveredExplanation(policy: Facts["policy"], watermarkMs: number): WatermarkExplanation {
  const facts: Facts = { policy, watermarkMs, movedMs: null, inputs: [], heldBackBy: null };
  if (watermarkMs === 0) return watermarkExplanation(facts);
  const text = `The watermark is ${iso(watermarkMs)}, recovered from the checkpoint; it never goes back. This run has seen no rows yet: which input it waits for shows after the first batch.`;
  return { ...facts, text };
}

function textOf({ policy, watermarkMs, movedMs, inputs, heldBackBy }: Facts): string {
  if (heldBackBy === null) {
    return "There is no watermark to explain: no withWatermark(...) stands in the query, or it has run no batch yet.";
  }
  const moved = movedMs === null ? "has not moved in this run" : `moved last at ${iso(movedMs)}`;
  const lines = inputs.map((input) => `  ${input === heldBackBy.input ? "->" : "- "} ${inputText(input)}`);
  const { input, sinceMs } = heldBackBy;
  const isBehind = watermarkMs > (input.watermarkMs ?? 0);
  const which = policy === "min" ? "lowest" : "highest";
  const of = inputs.length === 1 ? "that of its one input" : `the ${which} of ${inputs.length} inputs`;
  const rule = isBehind
    ? `it never goes back, and will be ${of} when that is above it`
    : `it is ${of}, and never goes back`;
  const follows = policy === "min" || inputs.length === 1 ? "It waits for" : "The first of the inputs is";
  return [
    `The watermark is ${iso(watermarkMs)} and ${moved}; ${rule}.`,
    ...lines,
    `${follows} ${input.name}, which has not moved since ${iso(sinceMs)}.`,
  ].join("\n");
}

function inputText({ name, delayMs, watermarkMs, lastRowsMs, isIdle }: WatermarkInput): string {
  const delay = `delay ${delayMs / 1000} s`;
  if (watermarkMs === null || lastRowsMs === null) {
    return `${name}, ${delay}: no rows in this run${isIdle ? "; idle, so the others go on without it" : ""}`;
  }
  const stand = `at ${iso(watermarkMs)}, latest event time ${iso(watermarkMs + delayMs)}, last rows at ${iso(lastRowsMs)}`;
  return `${name}, ${delay}: ${stand}${isIdle ? "; idle, so the others go on without it" : ""}`;
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
