import { trimText } from "../number/ascii-text.js";
import { IntervalFormatError } from "./interval-error.js";

/** The legacy INTERVAL: three amounts that do not convert into one another. */
export interface CalendarInterval {
  /** An int32. */
  readonly months: number;
  /** An int32. */
  readonly days: number;
  /** An int64. */
  readonly micros: bigint;
}

const MICROS_PER_SECOND = 1000000n;
const MICROS_PER_MINUTE = 60000000n;
const MICROS_PER_HOUR = 3600000000n;

/** The size of each unit in its own amount: months, days or microseconds. */
const UNITS: readonly (readonly [string, "months" | "days" | "micros", bigint])[] = [
  ["year", "months", 12n],
  ["month", "months", 1n],
  ["week", "days", 7n],
  ["day", "days", 1n],
  ["hour", "micros", MICROS_PER_HOUR],
  ["minute", "micros", MICROS_PER_MINUTE],
  ["second", "micros", MICROS_PER_SECOND],
  ["millisecond", "micros", 1000n],
  ["microsecond", "micros", 1n],
];

/** What Java calls white space, as far as it is ASCII. */
function isBlank(character: string | undefined): boolean {
  const code = character === undefined ? 0 : character.charCodeAt(0);
  return (code >= 9 && code <= 13) || (code >= 28 && code <= 32);
}

/**
 * Parses interval text of values and units, `[interval] [+|-]1 day -2 hours 1.5 seconds`, in any case.
 *
 * @throws IntervalFormatError When the text is no interval or an amount overflows.
 */
export function parseCalendarInterval(text: string): CalendarInterval {
  return new IntervalReader(text).read();
}

/** {@link parseCalendarInterval}, with undefined for text that is no interval. */
export function tryParseCalendarInterval(text: string): CalendarInterval | undefined {
  try {
    return new IntervalReader(text, true).read();
  } catch (error) {
    if (error === REFUSED) return undefined;
    throw error;
  }
}

/** Thrown in the place of an error that nobody looks at: to make one costs a hundred times as much as to read an interval. */
const REFUSED = new IntervalFormatError("INVALID_INTERVAL_FORMAT", {});

class IntervalReader {
  readonly #input: string;
  readonly #text: string;
  #at = 0;
  readonly #amounts = { months: 0n, days: 0n, micros: 0n };

  readonly #isQuiet: boolean;

  constructor(input: string, isQuiet = false) {
    this.#isQuiet = isQuiet;
    this.#input = input;
    this.#text = trimText(input).toLowerCase();
  }

  read(): CalendarInterval {
    if (this.#text === "") this.#refuse("INPUT_IS_EMPTY");
    this.#prefix();
    this.#blanks();
    if (this.#at >= this.#text.length) return this.#result();
    while (this.#at < this.#text.length) {
      this.#field();
      this.#blanks();
    }
    return this.#result();
  }

  #result(): CalendarInterval {
    const { months, days, micros } = this.#amounts;
    return { months: Number(months), days: Number(days), micros };
  }

  #refuse(name: string, parameters: Record<string, string> = {}): never {
    if (this.#isQuiet) throw REFUSED;
    throw new IntervalFormatError(`INVALID_INTERVAL_FORMAT.${name}`, { input: this.#input, ...parameters });
  }

  #prefix(): void {
    const prefix = "interval";
    if (!this.#text.startsWith(prefix)) return;
    if (this.#text.length === prefix.length) this.#refuse("INPUT_IS_EMPTY");
    if (!isBlank(this.#text[prefix.length])) {
      this.#refuse("INVALID_PREFIX", { prefix: this.#word() });
    }
    this.#at = prefix.length + 1;
  }

  #blanks(): void {
    while (this.#at < this.#text.length && isBlank(this.#text[this.#at])) this.#at++;
  }

  /** The word at the current position, for messages. */
  #word(): string {
    let start = Math.min(this.#at, this.#text.length - 1);
    let end = this.#at;
    while (start > 0 && !isBlank(this.#text[start - 1])) start--;
    while (end < this.#text.length && !isBlank(this.#text[end])) end++;
    return this.#text.slice(start, end);
  }

  #isDigit(): boolean {
    const code = this.#text.charCodeAt(this.#at);
    return code >= 48 && code <= 57;
  }

  /** Reads `[sign] value blank unit[s]` and adds it up. */
  #field(): void {
    const sign = this.#text[this.#at];
    const isNegative = sign === "-";
    const isSigned = isNegative || sign === "+";
    if (!isSigned && !this.#isDigit() && sign !== ".")
      this.#refuse("UNRECOGNIZED_NUMBER", { number: this.#word() });
    if (isSigned) {
      this.#at++;
      this.#blanks();
      if (this.#at >= this.#text.length) this.#refuse("MISSING_NUMBER", { word: this.#word() });
    }
    const whole = this.#whole();
    const fraction = this.#fraction(sign === ".");
    if (this.#at >= this.#text.length) this.#refuse("MISSING_UNIT", { word: this.#word() });
    this.#blanks();
    this.#unit(isNegative ? -whole : whole, fraction, isNegative);
  }

  #whole(): bigint {
    const start = this.#at;
    while (this.#at < this.#text.length && this.#isDigit()) this.#at++;
    const value = BigInt(this.#text.slice(start, this.#at) || "0");
    if (value > 9223372036854775807n) this.#refuse("ARITHMETIC_EXCEPTION");
    return value;
  }

  /** The microseconds of a fraction of seconds, or -1 when there is none; ends behind a blank or at the end. */
  #fraction(pointFirst: boolean): number {
    let micros = -1;
    if (this.#text[this.#at] === ".") {
      const start = ++this.#at;
      while (this.#at < this.#text.length && this.#isDigit()) this.#at++;
      const digits = this.#text.slice(start, this.#at);
      if (digits.length > 9) this.#refuse("INVALID_PRECISION", { value: this.#word() });
      if (digits === "" && pointFirst) this.#refuse("INVALID_VALUE", { value: this.#word() });
      micros = Number(digits.padEnd(6, "0").slice(0, 6));
    }
    const next = this.#text[this.#at];
    if (next !== undefined && !isBlank(next)) this.#refuse("INVALID_VALUE", { value: this.#word() });
    return micros;
  }

  #unit(whole: bigint, fraction: number, isNegative: boolean): void {
    const rest = this.#text.slice(this.#at);
    if (fraction >= 0 && rest[0] !== "s") this.#refuse("INVALID_FRACTION", { unit: this.#word() });
    const unit = UNITS.find(([name]) => rest.startsWith(name));
    if (unit === undefined) return this.#refuse("INVALID_UNIT", { unit: this.#word() });
    const [name, amount, size] = unit;
    let end = this.#at + name.length;
    if (this.#text[end] === "s") end++;
    if (end < this.#text.length && !isBlank(this.#text[end])) {
      this.#refuse("INVALID_UNIT", { unit: this.#word() });
    }
    this.#at = end;
    const parts = BigInt(Math.max(fraction, 0));
    const sum = this.#amounts[amount] + whole * size + (isNegative ? -parts : parts);
    if (BigInt.asIntN(amount === "micros" ? 64 : 32, sum) !== sum) this.#refuse("ARITHMETIC_EXCEPTION");
    this.#amounts[amount] = sum;
  }
}

/** The text of a calendar interval: `1 years 2 months -3 days 4.5 seconds`, or `0 seconds`. */
export function formatCalendarInterval(interval: CalendarInterval): string {
  const parts: string[] = [];
  const add = (value: number | bigint, unit: string): void => {
    if (value !== 0 && value !== 0n) parts.push(`${value} ${unit}`);
  };
  add(Math.trunc(interval.months / 12), "years");
  add(interval.months % 12, "months");
  add(interval.days, "days");
  add(interval.micros / MICROS_PER_HOUR, "hours");
  const rest = interval.micros % MICROS_PER_HOUR;
  add(rest / MICROS_PER_MINUTE, "minutes");
  const seconds = rest % MICROS_PER_MINUTE;
  if (seconds !== 0n) parts.push(`${formatSeconds(seconds)} seconds`);
  return parts.length === 0 ? "0 seconds" : parts.join(" ");
}

/** Microseconds as a decimal count of seconds without trailing zeros. */
function formatSeconds(micros: bigint): string {
  const absolute = micros < 0n ? -micros : micros;
  const whole = absolute / MICROS_PER_SECOND;
  const fraction = String(absolute % MICROS_PER_SECOND)
    .padStart(6, "0")
    .replace(/0+$/, "");
  return `${micros < 0n ? "-" : ""}${whole}${fraction === "" ? "" : `.${fraction}`}`;
}

/**
 * The length of an interval in microseconds with months of `daysPerMonth` days. Watermark delays count 31, so
 * that no month is longer. The result may exceed 64 bits.
 */
export function calendarIntervalMicros(interval: CalendarInterval, daysPerMonth = 31): bigint {
  return BigInt(interval.months * daysPerMonth + interval.days) * 86400000000n + interval.micros;
}
