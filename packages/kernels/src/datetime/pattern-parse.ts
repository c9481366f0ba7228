import type { OffsetForm, PatternNode } from "./pattern-compile.js";
import * as field from "./pattern-fields.js";
import type { TimeZone } from "./time-zone.js";
import { offsetZone, parseZoneOffset, timeZone } from "./zone-id.js";
import { zoneOfAbbreviation, zoneOfLongName } from "./zone-names.js";

/**
 * Reads text by a compiled pattern: numbers keep their widths, a field that occurs twice must agree with itself,
 * case does not matter, and an optional section that fails is skipped.
 *
 * Positions that are negative stand for a failure: `~position` is where.
 */
export class PatternReader {
  /** The fields read, by number; NaN where there is none. */
  readonly fields: Float64Array = new Float64Array(field.FIELD_COUNT);
  /** What is wrong with a value, when that rather than the form of the text made the reading fail. */
  failure: string | undefined;
  /** The zone read, if any. */
  zone: TimeZone | undefined;

  #text = "";

  /** Reads the whole text from the start and returns the end, or `~position` of the failure. */
  read(nodes: readonly PatternNode[], text: string): number {
    this.fields.fill(Number.NaN);
    this.zone = undefined;
    this.failure = undefined;
    this.#text = text;
    return this.#nodes(nodes, 0);
  }

  #nodes(nodes: readonly PatternNode[], start: number): number {
    let at = start;
    for (const node of nodes) {
      at = this.#node(node, at);
      if (at < 0) return at;
    }
    return at;
  }

  #node(node: PatternNode, at: number): number {
    switch (node.kind) {
      case "literal":
        return this.#matches(node.text, at) ? at + node.text.length : ~at;
      case "number":
        return this.#number(node, at);
      case "fraction":
        return this.#fraction(node.min, node.max, at);
      case "text":
        return this.#fieldText(node, at);
      case "offset":
        return this.#offset(node.form, node.zero, at);
      case "localizedOffset":
        return this.#localizedOffset(node.full, at);
      case "zoneId":
        return this.#zone(at, false, true);
      case "zoneName":
        return this.#zone(at, true, node.short);
      default:
        return this.#optional(node.nodes, at);
    }
  }

  #optional(nodes: readonly PatternNode[], at: number): number {
    const fields = this.fields.slice();
    const zone = this.zone;
    const next = this.#nodes(nodes, at);
    if (next >= 0 || this.failure !== undefined) return next;
    this.fields.set(fields);
    this.zone = zone;
    return at;
  }

  #matches(expected: string, at: number): boolean {
    const actual = this.#text.slice(at, at + expected.length);
    return actual === expected || actual.toLowerCase() === expected.toLowerCase();
  }

  /** The digit at a position, or -1. */
  #digit(at: number): number {
    const digit = this.#text.charCodeAt(at) - 48;
    return digit >= 0 && digit <= 9 ? digit : -1;
  }

  #set(number: number, value: number, from: number, to: number): number {
    const old = this.fields[number] as number;
    if (old === old && old !== value) return ~from;
    this.fields[number] = value;
    return to;
  }

  #number(node: Extract<PatternNode, { kind: "number" }>, start: number): number {
    const length = this.#text.length;
    if (start === length) return ~start;
    const sign = this.#text[start];
    const signed = sign === "+" || sign === "-";
    if (signed && (node.sign === "never" || (sign === "+" && node.sign === "normal"))) return ~start;
    const from = signed ? start + 1 : start;
    if (from + node.min > length) return ~from;
    let end = this.#digitsEnd(from, node.max + node.subsequent);
    if (end < from + node.min) return ~from;
    // What the fixed widths behind need, this number leaves.
    if (node.subsequent > 0) end = from + Math.max(node.min, end - from - node.subsequent);
    let value = Number(this.#text.slice(from, end));
    const digits = end - from;
    if (sign === "-") {
      if (value === 0) return ~start;
      value = -value;
    } else if (node.sign === "exceeds") {
      // A plus has to be there when the digits exceed the width, and only then.
      if (signed && digits <= node.min) return ~start;
      if (!signed && digits > node.min) return ~from;
    }
    if (node.reduced) value += 2000;
    return this.#set(node.field, value, from, end);
  }

  #digitsEnd(from: number, count: number): number {
    const last = Math.min(from + count, this.#text.length);
    let at = from;
    while (at < last && this.#digit(at) >= 0) at++;
    return at;
  }

  #fraction(min: number, max: number, start: number): number {
    const end = this.#digitsEnd(start, max);
    if (end < start + min) return ~start;
    const digits = this.#text.slice(start, end).padEnd(9, "0");
    return this.#set(field.NANO_OF_SECOND, Number(digits), start, end);
  }

  #fieldText(node: Extract<PatternNode, { kind: "text" }>, at: number): number {
    // Where one text begins another, the longer one is meant.
    let best = -1;
    for (let i = 0; i < node.texts.length; i++) {
      const text = node.texts[i] as string;
      if (!this.#matches(text, at)) continue;
      if (best < 0 || text.length > (node.texts[best] as string).length) best = i;
    }
    if (best < 0) return ~at;
    return this.#set(node.field, node.first + best, at, at + (node.texts[best] as string).length);
  }

  #offset(form: OffsetForm, zero: string, start: number): number {
    if (start === this.#text.length) return ~start;
    if (this.#matches(zero, start)) return this.#set(field.OFFSET_SECONDS, 0, start, start + zero.length);
    const sign = this.#text[start];
    if (sign !== "+" && sign !== "-") return ~start;
    const hours = this.#two(start + 1);
    if (hours < 0) return ~start;
    const isTooLarge = hours > 23;
    let total = hours * 3600;
    let at = start + 3;
    for (const [part, unit] of [
      [form.minutes, 60],
      [form.seconds, 1],
    ] as const) {
      if (part === "none") break;
      const from = form.colon ? at + 1 : at;
      const value = form.colon && this.#text[at] !== ":" ? -1 : this.#two(from);
      if (value < 0 || value > 59) {
        if (part === "always") return ~start;
        break;
      }
      total += value * unit;
      at = from + 2;
    }
    if (isTooLarge) {
      this.failure = "Value out of range: Hour[0-23], Minute[0-59], Second[0-59]";
      return ~start;
    }
    return this.#set(field.OFFSET_SECONDS, sign === "-" && total !== 0 ? -total : total, start, at);
  }

  /** The two digits at a position, or -1. */
  #two(at: number): number {
    const tens = this.#digit(at);
    const ones = this.#digit(at + 1);
    return tens < 0 || ones < 0 ? -1 : tens * 10 + ones;
  }

  #localizedOffset(full: boolean, start: number): number {
    if (!this.#matches("GMT", start)) return ~start;
    const text = this.#text.slice(start + 3);
    const form = full ? /^([+-])(\d\d):(\d\d)(?::(\d\d))?/ : /^([+-])(\d\d?)(?::(\d\d)(?::(\d\d))?)?/;
    const match = form.exec(text);
    if (match === null) {
      // A sign that no offset follows is an error; anything else is text after a bare GMT.
      if (/^[+-]/.test(text)) return ~start;
      return this.#set(field.OFFSET_SECONDS, 0, start, start + 3);
    }
    const total = Number(match[2]) * 3600 + Number(match[3] ?? 0) * 60 + Number(match[4] ?? 0);
    const offset = match[1] === "-" && total !== 0 ? -total : total;
    return this.#set(field.OFFSET_SECONDS, offset, start, start + 3 + match[0].length);
  }

  #zone(start: number, names: boolean, short: boolean): number {
    const text = this.#text.slice(start);
    if (text === "") return ~start;
    const fixed = this.#fixedZone(text);
    if (fixed !== 0) return fixed < 0 ? ~start : start + fixed;
    // Names of a few words are tried first, then the longest id.
    if (names) {
      for (let end = text.length; end > 0; end--) {
        const name = text.slice(0, end);
        const zone = short ? zoneOfAbbreviation(name) : zoneOfLongName(name);
        if (zone !== undefined) return this.#foundZone(zone, start + end);
      }
    }
    const id = /^[A-Za-z][A-Za-z0-9~/._+-]*/.exec(text)?.[0] ?? "";
    for (let end = id.length; end > 1; end--) {
      const zone = timeZone(id.slice(0, end));
      if (zone?.region !== undefined && zone.id === id.slice(0, end))
        return this.#foundZone(zone, start + end);
    }
    return /^z/i.test(text) ? this.#foundZone(offsetZone(0), start + 1) : ~start;
  }

  #foundZone(zone: TimeZone, end: number): number {
    this.zone = zone;
    return end;
  }

  /** Reads `+01:00`, `UTC+1`, `GMT0` and their like; the length read, 0 for none, -1 for a failure. */
  #fixedZone(text: string): number {
    const prefix = /^(UTC|GMT|UT|(?=[+-]))/i.exec(text)?.[0];
    if (prefix === undefined) return 0;
    const upper = prefix.toUpperCase();
    if (upper === "GMT" && text[3] === "0") {
      this.zone = timeZone("GMT0");
      return 4;
    }
    const offset = /^[+-]\d\d:\d\d(:\d\d)?/.exec(text.slice(prefix.length))?.[0];
    if (offset === undefined) {
      if (prefix === "") return -1;
      this.zone = timeZone(upper);
      return prefix.length;
    }
    if (parseZoneOffset(offset) === undefined) return -1;
    this.zone = timeZone(upper + offset);
    return prefix.length + offset.length;
  }
}
