import { type Options, StreamError } from "@ss/core";

const PREFIX = "kafka.";
const INT32_MAX = 0x7fffffff;

/** The options `kafka.*` by their names in Kafka, and which of them have been asked for. */
export class KafkaProperties {
  private readonly values = new Map<string, string>();
  private readonly used = new Set<string>();

  constructor(options: Options) {
    for (const [name, value] of options.pairs()) {
      const lower = name.toLowerCase();
      if (lower.startsWith(PREFIX)) this.values.set(lower.slice(PREFIX.length), value);
    }
  }

  get names(): readonly string[] {
    return [...this.values.keys()];
  }

  get(name: string): string | undefined {
    this.used.add(name);
    return this.values.get(name);
  }

  text(name: string, fallback: string): string {
    return this.get(name) ?? fallback;
  }

  /** A whole number from `min` on, of 32 bits as Kafka's type INT is; those of its type LONG say a higher `max`. */
  integer(name: string, fallback: number, min = 0, max: number = INT32_MAX): number {
    const text = this.get(name);
    if (text === undefined) return fallback;
    const value = Number(text.trim());
    if (text.trim() !== "" && Number.isSafeInteger(value) && value >= min && value <= max) return value;
    throw invalidProperty(name, text, `a whole number from ${min} to ${max}`);
  }

  /** A whole number of Kafka's type LONG, as far as it is exact here. */
  long(name: string, fallback: number, min = 0): number {
    return this.integer(name, fallback, min, Number.MAX_SAFE_INTEGER);
  }

  boolean(name: string, fallback: boolean): boolean {
    const text = this.get(name)?.trim().toLowerCase();
    if (text === undefined) return fallback;
    if (text === "true" || text === "false") return text === "true";
    throw invalidProperty(name, text, "true or false");
  }

  /** One of a few words, which are given in lower case. */
  choice<const C extends string>(name: string, choices: readonly C[], fallback: C): C {
    const text = this.get(name);
    if (text === undefined) return fallback;
    const found = choices.find((choice) => choice === text.trim().toLowerCase());
    if (found !== undefined) return found;
    throw invalidProperty(name, text, `one of ${choices.join(", ")}`);
  }

  /** Properties that were given and that nobody asked for: they change nothing here. */
  unused(): readonly string[] {
    return this.names.filter((name) => !this.used.has(name)).sort();
  }
}

/** A property that Kafka would not take either. */
export function invalidProperty(name: string, value: string, expected: string): StreamError {
  return new StreamError({
    condition: "SS_INVALID_OPTION",
    sqlState: "22023",
    parameters: { option: PREFIX + name, value, expected },
    message: `The option '${PREFIX}${name}' is '${value}', but it has to be ${expected}.`,
  });
}

/** A property, or a value of it, that asks for something that is not here; `value` is never a secret. */
export function unsupportedProperty(name: string, value: string, advice: string): StreamError {
  return new StreamError({
    condition: "SS_KAFKA_UNSUPPORTED_OPTION",
    sqlState: "0A000",
    parameters: { option: PREFIX + name, value },
    message: `The option '${PREFIX}${name}' is '${value}', which is not supported. ${advice}`,
  });
}

/** A property without which another one means nothing. */
export function missingProperty(name: string, reason: string): StreamError {
  return new StreamError({
    condition: "SS_MISSING_OPTION",
    parameters: { option: PREFIX + name, format: "kafka" },
    message: `The option '${PREFIX}${name}' is missing: ${reason}.`,
  });
}
