import { ArrayType, IntegerType, StringType, type Value } from "@ss/core";
import type { Code, CodeWriter } from "../../expression/code.js";
import type { Expression } from "../../expression/expression.js";
import type { EmitCall, ScalarFunction } from "../../expression/function.js";
import { inputTypes, scalar } from "../define.js";
import { emitBoxedCall } from "../emit/boxed-call.js";
import { guarded, held } from "../emit/parts.js";
import { codePoints } from "./code-points.js";
import { type CompiledRegex, regexCache } from "./java-regex.js";
import { SpanBuilder, splitAtByte, splitAtBytes, splitAtSet } from "./span-builder.js";
import { type SplitPattern, splitPattern } from "./split-pattern.js";

/** `split(text, regex[, limit])`. */
export const splitFunctions: readonly ScalarFunction[] = [
  scalar({
    names: ["split"],
    arity: [2, 3],
    resolve: (args, context) =>
      inputTypes(args, [StringType, StringType, IntegerType], context, ArrayType(StringType, false)),
    emit: emitSplit,
  }),
];

function emitSplit(writer: CodeWriter, args: readonly Expression[], call: EmitCall): Code {
  const pattern = plainPattern(args[1]!);
  const limit = constantLimit(args[2]);
  if (pattern !== undefined && limit !== undefined) return emitSpans(writer, args[0]!, call, pattern, limit);
  const regex = regexCache("split", "regex", call.origin);
  const fn = (text: string, pattern: string, limit: number | undefined): Value =>
    splitText(text, pattern === "" ? undefined : regex(pattern), limit ?? -1);
  return emitBoxedCall(
    writer,
    fn,
    args.map((arg) => writer.expression(arg)),
    call.type,
  );
}

/** A limit that is the same for all rows, -1 where there is none. */
function constantLimit(limit: Expression | undefined): number | undefined {
  if (limit === undefined) return -1;
  return limit.kind === "literal" && typeof limit.value === "number" ? limit.value : undefined;
}

function plainPattern(pattern: Expression): SplitPattern | undefined {
  if (pattern.kind !== "literal" || typeof pattern.value !== "string") return undefined;
  return splitPattern(pattern.value);
}

/** The call that appends the parts of a slice. */
function splitCall(
  writer: CodeWriter,
  pattern: SplitPattern,
  limit: number,
  parts: string,
  slice: string,
): string {
  if (pattern.kind === "set") {
    const set = writer.constant(pattern.set);
    return `${writer.constant(splitAtSet)}(${parts}, ${slice}, ${set}, ${pattern.repeated}, ${limit})`;
  }
  const { bytes } = pattern;
  return bytes.length === 1 && limit <= 0
    ? `${writer.constant(splitAtByte)}(${parts}, ${slice}, ${bytes[0]})`
    : `${writer.constant(splitAtBytes)}(${parts}, ${slice}, ${writer.constant(bytes)}, ${limit})`;
}

/** Parts are views of the text's own bytes. */
function emitSpans(
  writer: CodeWriter,
  text: Expression,
  call: EmitCall,
  pattern: SplitPattern,
  limit: number,
): Code {
  const code = writer.expression(text) as Extract<Code, { layout: "bytes" }>;
  return guarded(writer, code.isNull, call.type, () => {
    const parts = writer.builder(new SpanBuilder());
    const rt = writer.runtime;
    const inPlace = code.data === `${rt}.bytes` || writer.stable.has(code.data);
    const start = inPlace
      ? held(writer, code.start)
      : writer.variable(`${rt}.copy(${code.data}, ${code.start}, ${code.length})`);
    const data = inPlace ? code.data : `${rt}.bytes`;
    const first = writer.variable(`${parts}.length`);
    writer.write(`${splitCall(writer, pattern, limit, parts, `${data}, ${start}, ${code.length}`)};`);
    const length = writer.variable(`${parts}.length - ${first}`);
    return { type: call.type, isNull: "false", layout: "list", column: parts, start: first, length };
  });
}

/** The parts of a text between matches; with a positive limit at most that many, the last one with all that is left. */
export function splitText(text: string, regex: CompiledRegex | undefined, limit: number): string[] {
  if (!regex) {
    const points = codePoints(text);
    if (points.length === 0) return [""];
    if (limit <= 0 || points.length <= limit) return points;
    return [...points.slice(0, limit - 1), points.slice(limit - 1).join("")];
  }
  const parts: string[] = [];
  let from = 0;
  for (const match of text.matchAll(regex.global)) {
    if (limit > 0 && parts.length === limit - 1) break;
    const at = match.index;
    // an empty match at the beginning makes no empty part, and neither does one at the end
    if (match[0] === "" && (at === 0 || at === text.length)) continue;
    parts.push(text.slice(from, at));
    from = at + match[0].length;
  }
  parts.push(text.slice(from));
  return parts;
}
