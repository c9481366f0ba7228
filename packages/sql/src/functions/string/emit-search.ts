import { IntegerType, StringType } from "@ss/core";
import { equalBytes } from "@ss/kernels";
import type { Code, CodeWriter } from "../../expression/code.js";
import type { Expression } from "../../expression/expression.js";
import type { EmitCall, ScalarFunction } from "../../expression/function.js";
import { inputTypes, scalar } from "../define.js";
import { emitBoxedCall } from "../emit/boxed-call.js";
import { anyNull, type BytesCode, guarded, valueCode, valueOf } from "../emit/parts.js";
import { codePoints, isSimpleText, pointCount } from "./code-points.js";
import { characterCount } from "./emit-strings.js";
import { foundSpan, setSpan } from "./span.js";

/** Searches for a text in another one, on their bytes: valid UTF-8 is found at characters only. */
export const searchFunctions: readonly ScalarFunction[] = [
  scalar({
    names: ["instr"],
    arity: [2, 4],
    resolve: (args, context) =>
      inputTypes(args, [StringType, StringType, IntegerType, IntegerType], context, IntegerType),
    emit: (writer, args, call) => {
      if (args.length === 2) return emitPosition(writer, args[0]!, args[1]!, call);
      return emitBoxedCall(writer, nthOccurrence, codesOf(writer, args), call.type);
    },
  }),
  scalar({
    names: ["locate", "position"],
    arity: [2, 3],
    resolve: (args, context) => inputTypes(args, [StringType, StringType, IntegerType], context, IntegerType),
    emit: (writer, args, call) => {
      if (args.length === 2) return emitPosition(writer, args[1]!, args[0]!, call);
      return emitBoxedCall(writer, locate, codesOf(writer, args), call.type);
    },
  }),
  scalar({
    names: ["substring_index"],
    arity: [3, 3],
    resolve: (args, context) => inputTypes(args, [StringType, StringType, IntegerType], context, StringType),
    emit: (writer, args, call) => {
      const [text, delimiter, count] = codesOf(writer, args) as [BytesCode, BytesCode, Code];
      return guarded(writer, anyNull(text.isNull, delimiter.isNull, count.isNull), call.type, () => {
        const find = `${writer.constant(findUpToDelimiter)}(${sides(text, delimiter)}, ${valueOf(count)})`;
        return foundSpan(writer, call.type, text.data, find);
      });
    },
  }),
];

function codesOf(writer: CodeWriter, args: readonly Expression[]): readonly Code[] {
  return args.map((arg) => writer.expression(arg));
}

function sides(text: BytesCode, part: BytesCode): string {
  return `${text.data}, ${text.start}, ${text.length}, ${part.data}, ${part.start}, ${part.length}`;
}

function emitPosition(writer: CodeWriter, text: Expression, part: Expression, call: EmitCall): Code {
  const [l, r] = [writer.expression(text), writer.expression(part)] as [BytesCode, BytesCode];
  return guarded(writer, anyNull(l.isNull, r.isNull), call.type, () =>
    valueCode(call.type, "false", writer.variable(`${writer.constant(positionOf)}(${sides(l, r)})`)),
  );
}

/** The place from 1 of a part in characters; 0 where it is not. */
function positionOf(
  data: Uint8Array,
  start: number,
  length: number,
  part: Uint8Array,
  partStart: number,
  partLength: number,
): number {
  const at = findForward(data, start, start + length, part, partStart, partLength);
  return at < 0 ? 0 : characterCount(data, start, at - start) + 1;
}

/** Where a part begins first, wholly between `from` and `end`; -1 where it does not. */
export function findForward(
  data: Uint8Array,
  from: number,
  end: number,
  part: Uint8Array,
  partStart: number,
  partLength: number,
): number {
  if (partLength === 0) return from;
  const first = part[partStart]!;
  for (let at = from; at + partLength <= end; at++) {
    if (data[at] === first && equalBytes(data, at, part, partStart, partLength)) return at;
  }
  return -1;
}

function findBackward(
  data: Uint8Array,
  start: number,
  last: number,
  part: Uint8Array,
  partStart: number,
  partLength: number,
): number {
  for (let at = last; at >= start; at--) {
    if (equalBytes(data, at, part, partStart, partLength)) return at;
  }
  return -1;
}

/** What stands before the `count`th delimiter, or behind the one that many from the end; the whole text where there are fewer. */
function findUpToDelimiter(
  data: Uint8Array,
  start: number,
  length: number,
  part: Uint8Array,
  partStart: number,
  partLength: number,
  count: number,
): void {
  if (count === 0 || partLength === 0) return setSpan(start, 0);
  const end = start + length;
  let at = count > 0 ? start - 1 : end;
  for (let k = Math.abs(count); k > 0; k--) {
    at =
      count > 0
        ? findForward(data, at + 1, end, part, partStart, partLength)
        : findBackward(data, start, Math.min(at - 1, end - partLength), part, partStart, partLength);
    if (at < 0) return setSpan(start, length);
  }
  if (count > 0) setSpan(start, at - start);
  else setSpan(at + partLength, end - at - partLength);
}

function locate(part: string, text: string, position: number): number {
  return position < 1 ? 0 : nthOccurrence(text, part, position, 1);
}

/** The place from 1 of a part, counted from `position`, which is from the end if negative; 0 where it is not. */
function nthOccurrence(text: string, part: string, position: number, occurrence = 1): number {
  if (position === 0 || occurrence < 1) return 0;
  const simple = isSimpleText(text);
  const unit = (characters: number): number =>
    simple ? characters : codePoints(text).slice(0, characters).join("").length;
  const found = (at: number): number => (at < 0 ? 0 : simple ? at + 1 : pointCount(text.slice(0, at)) + 1);
  if (position > 0) {
    let at = text.indexOf(part, unit(position - 1));
    for (let k = 1; k < occurrence && at >= 0; k++) at = text.indexOf(part, at + 1);
    return found(at);
  }
  const last = pointCount(text) + position;
  if (last < 0) return 0;
  let at = text.lastIndexOf(part, unit(last));
  for (let k = 1; k < occurrence && at >= 0; k++) at = at === 0 ? -1 : text.lastIndexOf(part, at - 1);
  return found(at);
}
