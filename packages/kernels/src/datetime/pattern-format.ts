import {
  civilDay,
  civilFromDays,
  civilMonth,
  civilYear,
  dayOfYearOfDays,
  isoDayOfWeekOfDays,
} from "./civil.js";
import { formatYear } from "./format-datetime.js";
import type { OffsetForm, PatternNode } from "./pattern-compile.js";
import { DatetimeFieldError } from "./pattern-error.js";
import * as field from "./pattern-fields.js";
import type { TimeZone } from "./time-zone.js";
import { localizedOffset, zoneName } from "./zone-names.js";

/** A value to format; what it lacks is undefined, and a pattern that asks for it is refused. */
export interface PatternValue {
  /** Local days since the epoch. */
  readonly days: number | undefined;
  /** Local microseconds since midnight. */
  readonly microsOfDay: number | undefined;
  /** The instant and its zone. */
  readonly zone: TimeZone | undefined;
  readonly second: number;
  readonly offset: number;
}

/**
 * Formats a value.
 *
 * @throws DatetimeFieldError When the pattern asks for a field that the value lacks or that does not fit.
 */
export function formatPattern(nodes: readonly PatternNode[], value: PatternValue): string {
  let text = "";
  for (const node of nodes) text += formatNode(node, value);
  return text;
}

function formatNode(node: PatternNode, value: PatternValue): string {
  switch (node.kind) {
    case "literal":
      return node.text;
    case "number":
      return formatNumber(node, fieldOf(node.field, value));
    case "fraction": {
      const nanos = fieldOf(field.NANO_OF_SECOND, value);
      return String(nanos).padStart(9, "0").slice(0, node.max);
    }
    case "text":
      return node.texts[fieldOf(node.field, value) - node.first] as string;
    case "optional":
      return hasFields(node.nodes, value) ? formatPattern(node.nodes, value) : "";
    default:
      return formatZone(node, value);
  }
}

type ZoneNode = Extract<PatternNode, { kind: "offset" | "localizedOffset" | "zoneId" | "zoneName" }>;

function formatZone(node: ZoneNode, value: PatternValue): string {
  const zone = value.zone;
  if (zone === undefined) throw new DatetimeFieldError("The value has no time zone");
  if (node.kind === "zoneId") return zone.id;
  if (node.kind === "zoneName") return zoneName(zone, value.second, node.short);
  if (node.kind === "localizedOffset") return localizedOffset(value.offset, node.full);
  return formatOffset(value.offset, node.form, node.zero);
}

/** An optional section is left out when the value lacks one of its fields. */
function hasFields(nodes: readonly PatternNode[], value: PatternValue): boolean {
  return nodes.every((node) => {
    if (node.kind === "literal" || node.kind === "optional") return true;
    if (node.kind === "fraction") return value.microsOfDay !== undefined;
    if (node.kind !== "number" && node.kind !== "text") return value.zone !== undefined;
    return isTimeField(node.field) ? value.microsOfDay !== undefined : value.days !== undefined;
  });
}

function isTimeField(number: number): boolean {
  return number >= field.AMPM_OF_DAY && number <= field.NANO_OF_SECOND;
}

function formatNumber(node: Extract<PatternNode, { kind: "number" }>, value: number): string {
  if (node.reduced) return String(Math.abs(value) % 100).padStart(2, "0");
  if (node.sign === "exceeds") return formatYear(value, node.min);
  const digits = String(Math.abs(value)).padStart(node.min, "0");
  if (digits.length > node.max) {
    throw new DatetimeFieldError(`${field.FIELD_NAMES[node.field]} ${value} exceeds ${node.max} digits`);
  }
  return value < 0 ? `-${digits}` : digits;
}

function fieldOf(number: number, value: PatternValue): number {
  return isTimeField(number) ? timeField(number, value.microsOfDay) : dateField(number, value.days);
}

function missing(number: number): never {
  throw new DatetimeFieldError(`The value has no field ${field.FIELD_NAMES[number]}`);
}

function timeField(number: number, microsOfDay: number | undefined): number {
  if (microsOfDay === undefined) return missing(number);
  const second = Math.floor(microsOfDay / 1e6);
  const hour = (second / 3600) | 0;
  switch (number) {
    case field.AMPM_OF_DAY:
      return hour < 12 ? 0 : 1;
    case field.HOUR_OF_AMPM:
      return hour % 12;
    case field.CLOCK_HOUR_OF_AMPM:
      return ((hour + 11) % 12) + 1;
    case field.HOUR_OF_DAY:
      return hour;
    case field.CLOCK_HOUR_OF_DAY:
      return hour === 0 ? 24 : hour;
    case field.MINUTE_OF_HOUR:
      return ((second / 60) | 0) % 60;
    case field.SECOND_OF_MINUTE:
      return second % 60;
    default:
      return (microsOfDay - second * 1e6) * 1000;
  }
}

function dateField(number: number, days: number | undefined): number {
  if (days === undefined) return missing(number);
  const civil = civilFromDays(days);
  const year = civilYear(civil);
  switch (number) {
    case field.ERA:
      return year > 0 ? 1 : 0;
    case field.YEAR_OF_ERA:
      return year > 0 ? year : 1 - year;
    case field.YEAR:
      return year;
    case field.MONTH_OF_YEAR:
      return civilMonth(civil);
    case field.DAY_OF_MONTH:
      return civilDay(civil);
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

/** The text of an offset; `zero` is that of none. */
export function formatOffset(offset: number, form: OffsetForm, zero: string): string {
  const total = Math.abs(offset);
  const parts = [Math.trunc(total / 3600), Math.trunc(total / 60) % 60, total % 60] as const;
  const two = (part: number): string => String(part).padStart(2, "0");
  const colon = form.colon ? ":" : "";
  let text = two(parts[0]);
  let shown = parts[0];
  if (form.minutes === "always" || (form.minutes === "optional" && parts[1] > 0)) {
    text += colon + two(parts[1]);
    shown += parts[1];
    if (form.seconds === "always" || (form.seconds === "optional" && parts[2] > 0)) {
      text += colon + two(parts[2]);
      shown += parts[2];
    }
  }
  // An offset that is zero as far as it is shown is shown as zero.
  if (shown === 0) return zero;
  return (offset < 0 ? "-" : "+") + text;
}
