import { writePadded, writeUnsigned } from "../format/write-int.js";
import {
  civilDay,
  civilFromDays,
  civilMonth,
  civilYear,
  dayOfYearOfDays,
  isoDayOfWeekOfDays,
} from "./civil.js";
import type { PatternNode } from "./pattern-compile.js";
import * as field from "./pattern-fields.js";
import { formatOffset } from "./pattern-format.js";
import { localizedOffset } from "./zone-names.js";

/** What a value to write has; a pattern that asks for more is not written but formatted, which refuses it. */
export interface PatternParts {
  readonly date: boolean;
  readonly time: boolean;
  readonly zone: boolean;
}

const LITERAL = 0;
const PADDED = 1;
const PLAIN = 2;
const YEAR = 3;
const REDUCED = 4;
const FRACTION = 5;
const TEXT = 6;
const OFFSET = 7;

/** Numbers per step: what to do, the field or the place of its bytes, the width. */
const STEP = 3;
/** More than one number or offset takes. */
const NUMBER_BYTES_MAX = 12;
const TENS = Int32Array.of(1, 10, 100, 1000, 10000, 100000, 1000000);

const encoder = new TextEncoder();

/** The texts of an offset, of which the one asked for last is kept. */
class OffsetTexts {
  readonly #format: (offset: number) => string;
  #offset = Number.NaN;
  #bytes: Uint8Array = new Uint8Array(0);

  constructor(format: (offset: number) => string) {
    this.#format = format;
  }

  bytesOf(offset: number): Uint8Array {
    if (offset !== this.#offset) {
      this.#bytes = encoder.encode(this.#format(offset));
      this.#offset = offset;
    }
    return this.#bytes;
  }
}

/** Writes values by a date-time pattern as bytes: numbers go digit by digit, names are copied, nothing is allocated. */
export class PatternWriter {
  /** The most bytes that one value takes. */
  readonly bytesMax: number;

  readonly #steps: Int32Array;
  readonly #literals: readonly Uint8Array[];
  readonly #texts: readonly (readonly Uint8Array[])[];
  readonly #offsets: readonly OffsetTexts[];
  readonly #values: Int32Array = new Int32Array(field.FIELD_COUNT);
  /** Fields beyond those that every value is taken apart into. */
  readonly #rareDate: Int32Array;
  readonly #rareTime: Int32Array;
  #micro = 0;
  /** The day whose fields `values` holds. */
  #days = Number.NaN;

  constructor(plan: WritePlan) {
    this.bytesMax = plan.bytesMax;
    this.#steps = Int32Array.from(plan.steps);
    this.#literals = plan.literals;
    this.#texts = plan.texts;
    this.#offsets = plan.offsets;
    this.#rareDate = Int32Array.from(plan.rareDate);
    this.#rareTime = Int32Array.from(plan.rareTime);
  }

  /**
   * Writes at `at`, where there have to be {@link bytesMax} bytes, and returns the position after; -1 where the value is none that
   * bytes are written for: one of a year before 0 or beyond 9999. `second` is that of the day.
   */
  write(bytes: Uint8Array, at: number, days: number, second: number, micro: number, offset: number): number {
    const values = this.#values;
    if (days !== this.#days) this.#takeDay(days);
    const minutes = (second / 60) | 0;
    const hour = (minutes / 60) | 0;
    values[field.HOUR_OF_DAY] = hour;
    values[field.MINUTE_OF_HOUR] = minutes - hour * 60;
    values[field.SECOND_OF_MINUTE] = second - minutes * 60;
    this.#micro = micro;
    if (this.#rareTime.length > 0) this.#takeHour(hour);
    const steps = this.#steps;
    let next = at;
    for (let k = 0; k < steps.length; k += STEP) {
      const what = steps[k] as number;
      const which = steps[k + 1] as number;
      const width = steps[k + 2] as number;
      if (what === PADDED) {
        const value = values[which] as number;
        if (width === 2) {
          const tens = (value / 10) | 0;
          bytes[next] = 48 + tens;
          bytes[next + 1] = 48 + value - tens * 10;
          next += 2;
        } else next = writePadded(bytes, next, value, width);
      } else if (what === LITERAL) {
        if (width === 1) bytes[next++] = which;
        else next = copy(this.#literals[which] as Uint8Array, bytes, next);
      } else if (what === YEAR) {
        const value = values[which] as number;
        if (value < 0 || value > 9999) return -1;
        next =
          value < (TENS[width] as number)
            ? writePadded(bytes, next, value, width)
            : writeUnsigned(bytes, next, value);
      } else {
        next = this.#rare(bytes, next, what, which, width, offset);
      }
    }
    return next;
  }

  #rare(bytes: Uint8Array, at: number, what: number, which: number, width: number, offset: number): number {
    switch (what) {
      case PLAIN:
        return writeUnsigned(bytes, at, this.#values[which] as number);
      case REDUCED:
        return writePadded(bytes, at, Math.abs(this.#values[which] as number) % 100, 2);
      case FRACTION: {
        if (width <= 6) return writePadded(bytes, at, (this.#micro / (TENS[6 - width] as number)) | 0, width);
        const next = writePadded(bytes, at, this.#micro, 6);
        for (let k = 6; k < width; k++) bytes[at + k] = 48;
        return next + width - 6;
      }
      case TEXT: {
        const texts = this.#texts[width] as readonly Uint8Array[];
        return copy(texts[this.#values[which] as number] as Uint8Array, bytes, at);
      }
      default:
        return copy((this.#offsets[which] as OffsetTexts).bytesOf(offset), bytes, at);
    }
  }

  #takeDay(days: number): void {
    const values = this.#values;
    const civil = civilFromDays(days);
    this.#days = days;
    values[field.YEAR] = civilYear(civil);
    values[field.MONTH_OF_YEAR] = civilMonth(civil);
    values[field.DAY_OF_MONTH] = civilDay(civil);
    for (let k = 0; k < this.#rareDate.length; k++) {
      const number = this.#rareDate[k] as number;
      values[number] = rareDateField(number, days, civil);
    }
  }

  #takeHour(hour: number): void {
    for (let k = 0; k < this.#rareTime.length; k++) {
      const number = this.#rareTime[k] as number;
      this.#values[number] = rareTimeField(number, hour);
    }
  }
}

function copy(from: Uint8Array, to: Uint8Array, at: number): number {
  for (let k = 0; k < from.length; k++) to[at + k] = from[k] as number;
  return at + from.length;
}

function rareDateField(number: number, days: number, civil: number): number {
  const year = civilYear(civil);
  switch (number) {
    case field.ERA:
      return year > 0 ? 1 : 0;
    case field.YEAR_OF_ERA:
      return year > 0 ? year : 1 - year;
    case field.DAY_OF_YEAR:
      return dayOfYearOfDays(days);
    case field.DAY_OF_WEEK:
      return isoDayOfWeekOfDays(days);
    case field.QUARTER_OF_YEAR:
      return ((civilMonth(civil) + 2) / 3) | 0;
    default:
      return ((civilDay(civil) - 1) % 7) + 1;
  }
}

function rareTimeField(number: number, hour: number): number {
  switch (number) {
    case field.AMPM_OF_DAY:
      return hour < 12 ? 0 : 1;
    case field.HOUR_OF_AMPM:
      return hour % 12;
    case field.CLOCK_HOUR_OF_AMPM:
      return ((hour + 11) % 12) + 1;
    default:
      return hour === 0 ? 24 : hour;
  }
}

/** What a writer does, step by step. */
interface WritePlan {
  readonly steps: number[];
  readonly literals: Uint8Array[];
  /** By value of the field, from 0. */
  readonly texts: (readonly Uint8Array[])[];
  readonly offsets: OffsetTexts[];
  readonly rareDate: Set<number>;
  readonly rareTime: Set<number>;
  bytesMax: number;
}

/** A writer of values that have some parts, or undefined where the pattern is only for `formatPattern`. */
export function patternWriter(nodes: readonly PatternNode[], parts: PatternParts): PatternWriter | undefined {
  const plan: WritePlan = {
    steps: [],
    literals: [],
    texts: [],
    offsets: [],
    rareDate: new Set(),
    rareTime: new Set(),
    bytesMax: 0,
  };
  return nodes.every((node) => planNode(node, parts, plan)) ? new PatternWriter(plan) : undefined;
}

/** Adds the steps of a node; false where bytes cannot show it. */
function planNode(node: PatternNode, parts: PatternParts, plan: WritePlan): boolean {
  switch (node.kind) {
    case "literal":
      planLiteral(encoder.encode(node.text), plan);
      return true;
    case "number":
      return planNumber(node, parts, plan);
    case "fraction":
      plan.steps.push(FRACTION, 0, node.max);
      plan.bytesMax += NUMBER_BYTES_MAX;
      return parts.time;
    case "text": {
      if (!takesField(node.field, parts, plan)) return false;
      const texts: Uint8Array[] = new Array(node.first).fill(new Uint8Array(0));
      for (const text of node.texts) texts.push(encoder.encode(text));
      plan.steps.push(TEXT, node.field, plan.texts.length);
      plan.texts.push(texts);
      plan.bytesMax += Math.max(...texts.map((text) => text.length));
      return true;
    }
    case "offset":
    case "localizedOffset": {
      const format =
        node.kind === "offset"
          ? (offset: number): string => formatOffset(offset, node.form, node.zero)
          : (offset: number): string => localizedOffset(offset, node.full);
      plan.steps.push(OFFSET, plan.offsets.length, 0);
      plan.offsets.push(new OffsetTexts(format));
      plan.bytesMax += NUMBER_BYTES_MAX;
      return parts.zone;
    }
    case "optional":
      return planOptional(node.nodes, parts, plan);
    default:
      // zones and their names are texts
      return false;
  }
}

function planLiteral(bytes: Uint8Array, plan: WritePlan): void {
  if (bytes.length === 1) plan.steps.push(LITERAL, bytes[0] as number, 1);
  else {
    plan.steps.push(LITERAL, plan.literals.length, 0);
    plan.literals.push(bytes);
  }
  plan.bytesMax += bytes.length;
}

function planNumber(
  node: Extract<PatternNode, { kind: "number" }>,
  parts: PatternParts,
  plan: WritePlan,
): boolean {
  if (!takesField(node.field, parts, plan)) return false;
  plan.bytesMax += NUMBER_BYTES_MAX;
  if (node.reduced) plan.steps.push(REDUCED, node.field, 2);
  else if (node.field === field.YEAR || node.field === field.YEAR_OF_ERA) {
    if (node.min > 6) return false;
    // wider years have signs, which the writer leaves to the formatter, as it does those of more than four digits
    plan.steps.push(YEAR, node.field, node.min);
  } else if (node.min === 1) plan.steps.push(PLAIN, node.field, 0);
  else if (node.min === 2 && node.field === field.DAY_OF_YEAR) return false;
  else plan.steps.push(PADDED, node.field, node.min);
  return true;
}

/** An optional section is left out when the value lacks one of its fields. */
function planOptional(nodes: readonly PatternNode[], parts: PatternParts, plan: WritePlan): boolean {
  const isThere = nodes.every((node) => {
    if (node.kind === "literal" || node.kind === "optional") return true;
    if (node.kind === "fraction") return parts.time;
    if (node.kind !== "number" && node.kind !== "text") return parts.zone;
    return isTimeField(node.field) ? parts.time : parts.date;
  });
  return !isThere || nodes.every((node) => planNode(node, parts, plan));
}

function isTimeField(number: number): boolean {
  return number >= field.AMPM_OF_DAY && number <= field.NANO_OF_SECOND;
}

const USUAL: ReadonlySet<number> = new Set([
  field.YEAR,
  field.MONTH_OF_YEAR,
  field.DAY_OF_MONTH,
  field.HOUR_OF_DAY,
  field.MINUTE_OF_HOUR,
  field.SECOND_OF_MINUTE,
]);

function takesField(number: number, parts: PatternParts, plan: WritePlan): boolean {
  const isTime = isTimeField(number);
  if (!USUAL.has(number)) (isTime ? plan.rareTime : plan.rareDate).add(number);
  return isTime ? parts.time : parts.date;
}
