import { BooleanType, StringType, type Value } from "@ss/core";
import { equalBytes, indexOfBytes } from "@ss/kernels";
import type { Code, CodeWriter } from "../../expression/code.js";
import type { Expression } from "../../expression/expression.js";
import type { EmitCall, ScalarFunction } from "../../expression/function.js";
import { inputTypes, scalar } from "../define.js";
import { emitBoxedCall } from "../emit/boxed-call.js";
import { equalsBytesText } from "../emit/compare.js";
import { type BytesCode, guarded, valueCode } from "../emit/parts.js";
import { regexCache } from "./java-regex.js";
import { type LikePart, likeParts, likeRegex } from "./like-pattern.js";

const encoder = new TextEncoder();

/** LIKE, ILIKE and RLIKE. */
export const likeFunctions: readonly ScalarFunction[] = [
  like("like", false),
  like("ilike", true),
  scalar({
    names: ["rlike", "regexp", "regexp_like"],
    arity: [2, 2],
    resolve: (args, context) => inputTypes(args, [StringType], context, BooleanType),
    evaluate: ({ origin }) => {
      const regex = regexCache("rlike", "regexp", origin);
      return (text, pattern) => regex(pattern as string).once.test(text as string);
    },
  }),
];

function like(name: string, ignoreCase: boolean): ScalarFunction {
  return scalar({
    names: [name],
    arity: [2, 3],
    resolve: (args, context) => inputTypes(args, [StringType], context, BooleanType),
    emit: (writer, args, call) => emitLike(writer, args, call, ignoreCase),
  });
}

function emitLike(
  writer: CodeWriter,
  args: readonly Expression[],
  call: EmitCall,
  ignoreCase: boolean,
): Code {
  const [, pattern, escape] = args;
  if (pattern?.kind === "literal" && typeof pattern.value === "string" && isText(escape)) {
    const escapeText = escape?.kind === "literal" ? (escape.value as string) : "\\";
    const parts = likeParts(pattern.value, escapeText, call.origin);
    const code = writer.expression(args[0]!) as BytesCode;
    const test = ignoreCase ? undefined : bytesTest(writer, code, parts);
    if (test) {
      return guarded(writer, code.isNull, BooleanType, () =>
        valueCode(BooleanType, "false", writer.variable(test())),
      );
    }
    const regex = likeRegex(parts, ignoreCase);
    return emitBoxedCall(writer, (text: string) => regex.test(text), [code], BooleanType);
  }
  const known = new Map<string, RegExp>();
  const fn = (text: string, wanted: string, escaping: string | undefined): Value => {
    const key = `${escaping ?? "\\"}${wanted}`;
    let regex = known.get(key);
    if (regex === undefined) {
      regex = likeRegex(likeParts(wanted, escaping ?? "\\", call.origin), ignoreCase);
      if (known.size > 1000) known.clear();
      known.set(key, regex);
    }
    return regex.test(text);
  };
  return emitBoxedCall(
    writer,
    fn,
    args.map((arg) => writer.expression(arg)),
    BooleanType,
  );
}

function isText(e: Expression | undefined): boolean {
  return e === undefined || (e.kind === "literal" && typeof e.value === "string");
}

/** Tests on bytes for patterns that have a text at one end, at both or in the middle. */
function bytesTest(
  writer: CodeWriter,
  code: BytesCode,
  parts: readonly LikePart[],
): (() => string) | undefined {
  if (parts.includes("one")) return undefined;
  const texts = parts.map((part) => (typeof part === "object" ? encoder.encode(part.text) : undefined));
  const [first, second, third] = texts;
  if (parts.length === 0) return () => `(${code.length} === 0)`;
  if (parts.length === 1) return first ? () => equalsBytesText(writer, code, first) : () => "true";
  if (parts.length === 2) {
    return first ? () => startsWithText(writer, code, first) : () => endsWithText(writer, code, second!);
  }
  if (parts.length === 3 && second) return () => containsText(writer, code, second);
  if (parts.length === 3 && first && third) {
    const length = first.length + third.length;
    return () =>
      `(${code.length} >= ${length} && ${startsWithText(writer, code, first)} && ${endsWithText(writer, code, third)})`;
  }
  return undefined;
}

/** The text of a test whether a string starts with constant bytes. */
export function startsWithText(writer: CodeWriter, code: BytesCode, bytes: Uint8Array): string {
  const equal = writer.constant(equalBytes);
  const sides = `${code.data}, ${code.start}, ${writer.constant(bytes)}, 0, ${bytes.length}`;
  return `(${code.length} >= ${bytes.length} && ${equal}(${sides}))`;
}

/** The text of a test whether a string ends with constant bytes. */
export function endsWithText(writer: CodeWriter, code: BytesCode, bytes: Uint8Array): string {
  const equal = writer.constant(equalBytes);
  const from = `${code.start} + ${code.length} - ${bytes.length}`;
  return `(${code.length} >= ${bytes.length} && ${equal}(${code.data}, ${from}, ${writer.constant(bytes)}, 0, ${bytes.length}))`;
}

/** The text of a test whether a string contains constant bytes. */
export function containsText(writer: CodeWriter, code: BytesCode, bytes: Uint8Array): string {
  if (bytes.length === 0) return "true";
  const find = writer.constant(indexOfBytes);
  return `(${find}(${code.data}, ${code.start}, ${code.start} + ${code.length}, ${writer.constant(bytes)}) >= 0)`;
}
