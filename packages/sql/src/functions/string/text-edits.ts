import type { Value } from "@ss/core";
import { codePoints, slicePoints } from "./code-points.js";

/** Words begin with a capital and go on in small letters; words end at spaces. */
export function initialCapitals(text: string): string {
  return text
    .toLowerCase()
    .replace(/(^| )([^ ])/gu, (_, space: string, letter: string) => space + letter.toUpperCase());
}

/** Replaces characters of `from` by those of `to` at the same place; what has no counterpart goes. */
export function translated(text: string, from: string, to: string): string {
  const map = new Map<string, string>();
  const targets = codePoints(to);
  codePoints(from).forEach((character, k) => {
    if (!map.has(character)) map.set(character, targets[k] ?? "");
  });
  return codePoints(text)
    .map((character) => map.get(character) ?? character)
    .join("");
}

const encoder = new TextEncoder();

function asBytes(value: Value): Uint8Array {
  return typeof value === "string" ? encoder.encode(value) : (value as Uint8Array);
}

/** A text or binary of exactly `size` characters or bytes. */
export function padded(value: Value, size: number, pad: Value | undefined, left: boolean): Value {
  const length = Math.max(size, 0);
  if (typeof value !== "string") return paddedBytes(value as Uint8Array, length, pad, left);
  const points = codePoints(value);
  if (points.length >= length) return points.slice(0, length).join("");
  const fill = codePoints((pad as string | undefined) ?? " ");
  if (fill.length === 0) return value;
  const missing = Array.from({ length: length - points.length }, (_, k) => fill[k % fill.length]!).join("");
  return left ? missing + value : value + missing;
}

function paddedBytes(value: Uint8Array, length: number, pad: Value | undefined, left: boolean): Uint8Array {
  if (value.length >= length) return value.slice(0, length);
  const fill = pad === undefined ? Uint8Array.of(0) : asBytes(pad);
  if (fill.length === 0) return value;
  const missing = length - value.length;
  const out = new Uint8Array(length);
  out.set(value, left ? missing : 0);
  for (let k = 0; k < missing; k++) out[(left ? 0 : value.length) + k] = fill[k % fill.length]!;
  return out;
}

/** A text or binary with a part from position `from` (from 1) replaced; a negative `count` means as long as the new part. */
export function overlaid(value: Value, by: Value, from: number, count: number): Value {
  if (typeof value === "string") {
    const part = by as string;
    const length = count >= 0 ? count : codePoints(part).length;
    return (
      slicePoints(value, 0, from - 1) + part + slicePoints(value, from - 1 + length, Number.POSITIVE_INFINITY)
    );
  }
  const bytes = value as Uint8Array;
  const part = asBytes(by);
  const length = count >= 0 ? count : part.length;
  return Uint8Array.from([
    ...bytes.slice(0, Math.max(from - 1, 0)),
    ...part,
    ...bytes.slice(Math.max(from - 1 + length, 0)),
  ]);
}

const SOUNDEX = "01230120022455012623010202";

/** The soundex code of a word; a text that does not begin with a letter is its own code. */
export function soundex(text: string): string {
  const first = text[0];
  if (first === undefined || !/[A-Za-z]/.test(first)) return text;
  const codeOf = (letter: string): string => {
    const at = letter.toUpperCase().charCodeAt(0) - 65;
    return at >= 0 && at < 26 ? SOUNDEX[at]! : "7";
  };
  let code = first.toUpperCase();
  let last = codeOf(first);
  for (const letter of text.slice(1)) {
    const digit = codeOf(letter);
    if (digit === "7") {
      last = "0";
      continue;
    }
    // h and w do not part equal sounds
    if (digit !== "0" && digit !== last) code += digit;
    if (!/[hw]/i.test(letter)) last = digit;
    if (code.length === 4) break;
  }
  return code.padEnd(4, "0");
}

/** Whether digits pass the Luhn check. */
export function luhnValid(text: string): boolean {
  if (!/^\d+$/.test(text)) return false;
  let sum = 0;
  for (let k = 0; k < text.length; k++) {
    let digit = text.charCodeAt(text.length - 1 - k) - 48;
    if (k % 2 === 1) {
      digit *= 2;
      if (digit > 9) digit -= 9;
    }
    sum += digit;
  }
  return sum % 10 === 0;
}
