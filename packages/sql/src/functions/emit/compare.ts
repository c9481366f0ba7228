import { compareBytes, equalBytes } from "@ss/kernels";
import type { Code, CodeWriter } from "../../expression/code.js";
import { valueOrder } from "../value-order.js";
import { type Words, wordsOf } from "./int64.js";
import { type BytesCode, held, present, valueOf } from "./parts.js";

/** A comparison of two values of one type. */
export type Comparison = "=" | "<" | "<=" | ">" | ">=";

const SWAPPED: Readonly<Record<Comparison, Comparison>> = {
  "=": "=",
  "<": ">",
  "<=": ">=",
  ">": "<",
  ">=": "<=",
};
const SCRIPT: Readonly<Record<Comparison, string>> = {
  "=": "===",
  "<": "<",
  "<=": "<=",
  ">": ">",
  ">=": ">=",
};

/** The text of a comparison; it means something only where both sides are present. Evaluate it under their null tests. */
export function compareText(writer: CodeWriter, comparison: Comparison, l: Code, r: Code): string {
  switch (l.layout) {
    case "boolean":
    case "int8":
    case "int16":
    case "int32":
      return `(${valueOf(l)} ${SCRIPT[comparison]} ${valueOf(r)})`;
    case "float32":
    case "float64":
      return compareFloating(writer, comparison, valueOf(l), valueOf(r));
    case "int64":
      return compareInt64(writer, comparison, l, r);
    case "int128":
      return `(${valueOf(l)} ${SCRIPT[comparison]} ${valueOf(r)})`;
    case "bytes":
      return compareText8(writer, comparison, l, r as BytesCode);
    default: {
      const order = writer.constant(valueOrder(l.type));
      return `(${order}(${writer.box(present(l))}, ${writer.box(present(r))}) ${SCRIPT[comparison]} 0)`;
    }
  }
}

/** Whether the comparison of codes of this layout needs its sides to be present, or else may throw. */
export function comparisonNeedsValues(code: Code): boolean {
  switch (code.layout) {
    case "boolean":
    case "int8":
    case "int16":
    case "int32":
    case "float32":
    case "float64":
      return false;
    case "int64":
      return wordsOf(code) === undefined;
    default:
      return true;
  }
}

const PLAIN_NUMBER = /^\(?-?[\d.]+(e[+-]?\d+)?\)?$/;

function compareFloating(writer: CodeWriter, comparison: Comparison, left: string, right: string): string {
  const a = held(writer, left);
  const b = held(writer, right);
  // a side that is a constant number is no NaN, which shortens the test
  const aMayBeNaN = !PLAIN_NUMBER.test(a);
  const bMayBeNaN = !PLAIN_NUMBER.test(b);
  switch (comparison) {
    case "=":
      return aMayBeNaN && bMayBeNaN
        ? `(${a} === ${b} || (${a} !== ${a} && ${b} !== ${b}))`
        : `(${a} === ${b})`;
    case "<":
      if (!bMayBeNaN) return `(${a} < ${b})`;
      return `(${a} < ${b} || (${b} !== ${b} && ${a} === ${a}))`;
    case "<=":
      return bMayBeNaN ? `(${a} <= ${b} || ${b} !== ${b})` : `(${a} <= ${b})`;
    default:
      return compareFloating(writer, SWAPPED[comparison], b, a);
  }
}

const BIGINT_LITERAL = /^\(?(-?\d+)n\)?$/;

/** The halves of a constant. */
function literalWords(text: string): Words | undefined {
  const match = BIGINT_LITERAL.exec(text);
  if (!match) return undefined;
  const value = BigInt(match[1]!);
  return { low: String(BigInt.asIntN(32, value)), high: String(BigInt.asIntN(32, value >> 32n)) };
}

function compareInt64(writer: CodeWriter, comparison: Comparison, l: Code, r: Code): string {
  const a = wordsOf(l) ?? literalWords(valueOf(l));
  const b = wordsOf(r) ?? literalWords(valueOf(r));
  if (!a || !b || (!wordsOf(l) && !wordsOf(r))) return `(${valueOf(l)} ${SCRIPT[comparison]} ${valueOf(r)})`;
  if (comparison === "=") return `(${a.low} === ${b.low} && ${a.high} === ${b.high})`;
  const ah = held(writer, a.high);
  const bh = held(writer, b.high);
  const strict = comparison[0]!;
  return `(${ah} ${strict} ${bh} || (${ah} === ${bh} && (${a.low} >>> 0) ${comparison} (${b.low} >>> 0)))`;
}

function compareText8(writer: CodeWriter, comparison: Comparison, l: BytesCode, r: BytesCode): string {
  if (comparison === "=") {
    const equal = writer.constant(equalBytes);
    const length = `${l.length} === ${r.length}`;
    return `(${length} && ${equal}(${l.data}, ${l.start}, ${r.data}, ${r.start}, ${l.length}))`;
  }
  const order = writer.constant(compareBytes);
  const sides = `${l.data}, ${l.start}, ${l.length}, ${r.data}, ${r.start}, ${r.length}`;
  return `(${order}(${sides}) ${comparison} 0)`;
}

/** The text of a test whether a string equals given bytes: straight comparisons for short ones. */
export function equalsBytesText(writer: CodeWriter, code: BytesCode, bytes: Uint8Array): string {
  if (bytes.length > 16) {
    const equal = writer.constant(equalBytes);
    const sides = `${code.data}, ${code.start}, ${writer.constant(bytes)}, 0, ${bytes.length}`;
    return `(${code.length} === ${bytes.length} && ${equal}(${sides}))`;
  }
  const start = bytes.length > 1 ? held(writer, code.start) : code.start;
  const tests = [...bytes].map(
    (byte, k) => `${code.data}[${k === 0 ? start : `${start} + ${k}`}] === ${byte}`,
  );
  return `(${[`${code.length} === ${bytes.length}`, ...tests].join(" && ")})`;
}
