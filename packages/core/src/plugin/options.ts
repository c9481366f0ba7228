import { StreamError } from "../errors/stream-error.js";

/** Options of a reader or writer: names without regard to case, values as text, as in Spark. Immutable. */
export class Options {
  private readonly entries: ReadonlyMap<string, readonly [name: string, value: string]>;

  constructor(values: Readonly<Record<string, unknown>> | Iterable<readonly [string, unknown]> = {}) {
    const map = new Map<string, readonly [string, string]>();
    const pairs = Symbol.iterator in values ? values : Object.entries(values);
    for (const [name, value] of pairs as Iterable<readonly [string, unknown]>) {
      if (value !== undefined && value !== null) map.set(name.toLowerCase(), [name, String(value)]);
    }
    this.entries = map;
  }

  /** These options with one more. */
  with(name: string, value: unknown): Options {
    return new Options([...this.pairs(), [name, value]]);
  }

  has(name: string): boolean {
    return this.entries.has(name.toLowerCase());
  }

  get(name: string): string | undefined {
    return this.entries.get(name.toLowerCase())?.[1];
  }

  /** Names as they were written, with their values. */
  pairs(): [string, string][] {
    return [...this.entries.values()].map(([name, value]) => [name, value]);
  }

  text(name: string, fallback: string): string {
    return this.get(name) ?? fallback;
  }

  /** The value of an option that has to be there. */
  required(name: string, format: string): string {
    const value = this.get(name);
    if (value !== undefined && value !== "") return value;
    throw new StreamError({
      condition: "SS_MISSING_OPTION",
      parameters: { option: name, format },
      message: `The format '${format}' needs the option '${name}': set it with .option("${name}", ...).`,
    });
  }

  /** `true` or `false` in any case; INVALID_OPTION otherwise. */
  boolean(name: string, fallback: boolean): boolean {
    const value = this.get(name)?.toLowerCase();
    if (value === undefined) return fallback;
    if (value === "true" || value === "false") return value === "true";
    throw invalidOption(name, this.get(name)!, "true or false");
  }

  /** A whole number, not below `min`. */
  integer(name: string, fallback: number, min: number = Number.MIN_SAFE_INTEGER): number {
    return this.optionalInteger(name, min) ?? fallback;
  }

  /** A whole number, not below `min`, or undefined where the option is not set. */
  optionalInteger(name: string, min: number = Number.MIN_SAFE_INTEGER): number | undefined {
    const value = this.get(name);
    if (value === undefined) return undefined;
    const number = Number(value.trim());
    if (value.trim() !== "" && Number.isSafeInteger(number) && number >= min) return number;
    throw invalidOption(
      name,
      value,
      min > Number.MIN_SAFE_INTEGER ? `a whole number from ${min} on` : "a whole number",
    );
  }

  /** One of a few words, in any case; the word is returned as listed. */
  choice<const C extends string>(name: string, choices: readonly C[], fallback: C): C {
    const value = this.get(name);
    if (value === undefined) return fallback;
    const found = choices.find((choice) => choice.toLowerCase() === value.toLowerCase());
    if (found !== undefined) return found;
    throw invalidOption(name, value, `one of ${choices.join(", ")}`);
  }

  /** A time span in milliseconds, not below `minMs`: `"10 seconds"`, `"5m"`, `"100ms"`, or a plain number of `unitMs`. */
  durationMs(name: string, fallback: number, unitMs = 1, minMs = 0): number {
    const value = this.get(name);
    if (value === undefined) return fallback;
    const ms = parseDurationMs(value, unitMs);
    if (ms === undefined || ms < minMs)
      throw invalidOption(name, value, "a time span such as 10 seconds, 5m or 100ms");
    return ms;
  }
}

const UNITS: readonly (readonly [RegExp, number])[] = [
  [/^(ms|msec|milli(second)?s?)$/, 1],
  [/^(us|micro(second)?s?)$/, 0.001],
  [/^(s|sec|seconds?)$/, 1000],
  [/^(m|min|minutes?)$/, 60_000],
  [/^(h|hours?)$/, 3_600_000],
  [/^(d|days?)$/, 86_400_000],
  [/^weeks?$/, 604_800_000],
];

/** Reads a time span of units up to weeks; undefined where the text is none. Several parts add up (`1 hour 30 minutes`). */
export function parseDurationMs(text: string, unitMs = 1): number | undefined {
  const trimmed = text
    .trim()
    .toLowerCase()
    .replace(/^interval\s+/, "");
  if (/^-?\d+$/.test(trimmed)) return Number(trimmed) * unitMs;
  let total = 0;
  let rest = trimmed;
  do {
    const match = /^([+-]?\d+(?:\.\d+)?)\s*([a-z]+)\s*/.exec(rest);
    if (!match) return undefined;
    const factor = UNITS.find(([pattern]) => pattern.test(match[2]!))?.[1];
    if (factor === undefined) return undefined;
    total += Number(match[1]) * factor;
    rest = rest.slice(match[0].length);
  } while (rest !== "");
  return total;
}

function invalidOption(name: string, value: string, expected: string): StreamError {
  return new StreamError({
    condition: "SS_INVALID_OPTION",
    sqlState: "22023",
    parameters: { option: name, value, expected },
    message: `The option '${name}' is '${value}', but it has to be ${expected}.`,
  });
}
