import { daysFromCivil, isCivilDate } from "./civil.js";
import type { PatternNode } from "./pattern-compile.js";
import * as field from "./pattern-fields.js";

/** A step that reads a run of digits, a literal, a name or an offset. */
type ScanStep =
  | { readonly kind: "digits"; readonly field: number; readonly min: number; readonly max: number }
  | { readonly kind: "literal"; readonly bytes: Uint8Array }
  | { readonly kind: "text"; readonly field: number; readonly first: number; readonly texts: Uint8Array[] }
  | { readonly kind: "offset"; readonly colon: boolean; readonly zero: Uint8Array };

const PLAIN_FIELDS: ReadonlySet<number> = new Set([
  field.YEAR,
  field.MONTH_OF_YEAR,
  field.DAY_OF_MONTH,
  field.HOUR_OF_DAY,
  field.MINUTE_OF_HOUR,
  field.SECOND_OF_MINUTE,
]);

const encoder = new TextEncoder();

/**
 * Reads texts by simple patterns straight from their bytes: numbers of usual widths, names in their usual spelling, literals as they
 * are. A text that it does not read is not wrong, but for the full reader, which knows all that is allowed and what to say.
 */
export class PatternScanner {
  /** Days since the epoch, the second of the day, and the microsecond of the second that were read last. */
  days = 0;
  second = 0;
  micro = 0;
  /** The offset in seconds that was read last; NaN where there was none. */
  offset: number = Number.NaN;

  readonly #kinds: Uint8Array;
  readonly #steps: readonly ScanStep[];
  readonly #fields: Int32Array = new Int32Array(field.FIELD_COUNT);

  constructor(steps: readonly ScanStep[]) {
    this.#steps = steps;
    this.#kinds = Uint8Array.from(steps, (step) => KINDS.indexOf(step.kind));
  }

  /** Reads the whole of a text; false where this is not enough for it, and then nothing that was read means anything. */
  scan(bytes: Uint8Array, start: number, end: number): boolean {
    const fields = this.#fields;
    fields[field.YEAR] = 1970;
    fields[field.MONTH_OF_YEAR] = 1;
    fields[field.DAY_OF_MONTH] = 1;
    fields[field.HOUR_OF_DAY] = 0;
    fields[field.MINUTE_OF_HOUR] = 0;
    fields[field.SECOND_OF_MINUTE] = 0;
    this.micro = 0;
    this.offset = Number.NaN;
    let at = start;
    const steps = this.#steps;
    const kinds = this.#kinds;
    for (let k = 0; k < kinds.length; k++) {
      const kind = kinds[k];
      if (kind === 0) at = this.#digits(bytes, at, end, steps[k] as Step<"digits">);
      else if (kind === 1) at = literal(bytes, at, end, steps[k] as Step<"literal">);
      else if (kind === 2) at = this.#text(bytes, at, end, steps[k] as Step<"text">);
      else at = this.#offsetOf(bytes, at, end, steps[k] as Step<"offset">);
      if (at < 0) return false;
    }
    return at === end && this.#resolve();
  }

  #resolve(): boolean {
    const fields = this.#fields;
    const year = fields[field.YEAR] as number;
    const month = fields[field.MONTH_OF_YEAR] as number;
    const day = fields[field.DAY_OF_MONTH] as number;
    const hour = fields[field.HOUR_OF_DAY] as number;
    const minute = fields[field.MINUTE_OF_HOUR] as number;
    const second = fields[field.SECOND_OF_MINUTE] as number;
    if (hour > 23 || minute > 59 || second > 59 || !isCivilDate(year, month, day)) return false;
    this.days = daysFromCivil(year, month, day);
    this.second = hour * 3600 + minute * 60 + second;
    return true;
  }

  /** The position behind a run of digits that is as long as it may be, or -1. */
  #digits(bytes: Uint8Array, at: number, end: number, step: Step<"digits">): number {
    const last = Math.min(at + step.max, end);
    let value = 0;
    let next = at;
    while (next < last) {
      const digit = (bytes[next] as number) - 48;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
      next++;
    }
    if (next < at + step.min) return -1;
    if (step.field !== field.NANO_OF_SECOND) {
      this.#fields[step.field] = value;
      return next;
    }
    for (let k = next - at; k < 9; k++) value *= 10;
    this.micro = Math.floor(value / 1000);
    return next;
  }

  #text(bytes: Uint8Array, at: number, end: number, step: Step<"text">): number {
    const { texts } = step;
    for (let k = 0; k < texts.length; k++) {
      const text = texts[k] as Uint8Array;
      if (!begins(bytes, at, end, text)) continue;
      this.#fields[step.field] = step.first + k;
      return at + text.length;
    }
    return -1;
  }

  #offsetOf(bytes: Uint8Array, at: number, end: number, step: Step<"offset">): number {
    if (begins(bytes, at, end, step.zero)) {
      this.offset = 0;
      return at + step.zero.length;
    }
    const sign = bytes[at];
    const minutes = step.colon ? at + 4 : at + 3;
    if (minutes + 2 > end || (sign !== 43 && sign !== 45) || (step.colon && bytes[at + 3] !== 58)) return -1;
    const hour = two(bytes, at + 1);
    const minute = two(bytes, minutes);
    // the full reader judges offsets at the limit
    if (hour < 0 || minute < 0 || hour > 17 || minute > 59) return -1;
    const total = hour * 3600 + minute * 60;
    this.offset = sign === 45 && total !== 0 ? -total : total;
    return minutes + 2;
  }
}

type Step<K extends ScanStep["kind"]> = Extract<ScanStep, { kind: K }>;
const KINDS: readonly ScanStep["kind"][] = ["digits", "literal", "text", "offset"];

function literal(bytes: Uint8Array, at: number, end: number, step: Step<"literal">): number {
  return begins(bytes, at, end, step.bytes) ? at + step.bytes.length : -1;
}

function begins(bytes: Uint8Array, at: number, end: number, part: Uint8Array): boolean {
  if (at + part.length > end) return false;
  for (let k = 0; k < part.length; k++) if (bytes[at + k] !== part[k]) return false;
  return true;
}

/** The two digits at a position, or -1. */
function two(bytes: Uint8Array, at: number): number {
  const tens = (bytes[at] as number) - 48;
  const ones = (bytes[at + 1] as number) - 48;
  return tens < 0 || tens > 9 || ones < 0 || ones > 9 ? -1 : tens * 10 + ones;
}

/** A scanner for a pattern, or undefined where it takes the full reader. */
export function patternScanner(nodes: readonly PatternNode[]): PatternScanner | undefined {
  const seen = new Set<number | string>();
  const steps: ScanStep[] = [];
  for (let k = 0; k < nodes.length; k++) {
    const step = stepOf(nodes[k] as PatternNode, nodes[k + 1]);
    if (step === undefined) return undefined;
    if (step.kind !== "literal") {
      // a field that is named twice has to agree with itself
      const name = step.kind === "offset" ? "offset" : step.field;
      if (seen.has(name)) return undefined;
      seen.add(name);
    }
    steps.push(step);
  }
  // digits that another number, or a literal, may claim are the full reader's to share out
  return steps.some((step, k) => sharesDigits(step, steps[k + 1])) ? undefined : new PatternScanner(steps);
}

function stepOf(node: PatternNode, next: PatternNode | undefined): ScanStep | undefined {
  switch (node.kind) {
    case "literal":
      return { kind: "literal", bytes: encoder.encode(node.text) };
    case "number":
      return numberStep(node, next);
    case "fraction":
      return { kind: "digits", field: field.NANO_OF_SECOND, min: node.min, max: node.max };
    case "text": {
      if (node.field !== field.MONTH_OF_YEAR || hasPrefixes(node.texts)) return undefined;
      const texts = node.texts.map((text) => encoder.encode(text));
      return { kind: "text", field: node.field, first: node.first, texts };
    }
    case "offset": {
      const { form, zero } = node;
      if (form.minutes !== "always" || form.seconds !== "none") return undefined;
      return { kind: "offset", colon: form.colon, zero: encoder.encode(zero) };
    }
    default:
      return undefined;
  }
}

function numberStep(
  node: Extract<PatternNode, { kind: "number" }>,
  next: PatternNode | undefined,
): ScanStep | undefined {
  if (!PLAIN_FIELDS.has(node.field) || node.reduced) return undefined;
  const { min } = node;
  if (node.field === field.YEAR)
    return min === 4 ? { kind: "digits", field: node.field, min, max: 4 } : undefined;
  if (min === 2) return { kind: "digits", field: node.field, min, max: 2 };
  // a number of one or two digits ends where a literal begins
  return next === undefined || next.kind === "literal"
    ? { kind: "digits", field: node.field, min: 1, max: 2 }
    : undefined;
}

/** Whether one of the texts begins another one, case aside, so that the longer has to be looked for. */
function hasPrefixes(texts: readonly string[]): boolean {
  return texts.some((text, k) =>
    texts.some((other, at) => at !== k && other.toLowerCase().startsWith(text.toLowerCase())),
  );
}

function sharesDigits(step: ScanStep, next: ScanStep | undefined): boolean {
  if (step.kind !== "digits" || next === undefined) return false;
  if (next.kind === "digits") return next.min !== next.max || step.field === field.NANO_OF_SECOND;
  return next.kind === "literal" && isDigit(next.bytes[0]);
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 48 && byte <= 57;
}
