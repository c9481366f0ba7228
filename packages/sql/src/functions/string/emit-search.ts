import { IntegerType, StringType } from "@ss/core";
import { equalBytes } from "@ss/kernels";
import type { Code, CodeWriter } from "../../expression/code.js";
import type { Expression } from "../../expression/expression.js";
import type { EmitCall, ScalarFunction } from "../../expression/function.js";
import { nullableOf } from "../../expression/type-of.js";
import { inputTypes, scalar } from "../define.js";
import { anyNull, type BytesCode, guarded, valueCode, valueOf } from "../emit/parts.js";
import { characterCount, charactersLength } from "./emit-strings.js";
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
      const [text, part, position, occurrence] = codesOf(writer, args);
      return emitOccurrence(writer, text!, part!, position!, occurrence, call);
    },
  }),
  scalar({
    names: ["locate", "position"],
    arity: [2, 3],
    resolve: (args, context) => ({
      ...inputTypes(args, [StringType, StringType, IntegerType], context, IntegerType),
      nullable: nullableOf(args[0]!) || nullableOf(args[1]!),
    }),
    emit: (writer, args, call) =>
      args.length === 2
        ? emitPosition(writer, args[1]!, args[0]!, call)
        : emitLocate(writer, codesOf(writer, args), call),
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

function emitOccurrence(
  writer: CodeWriter,
  text: Code,
  part: Code,
  position: Code,
  occurrence: Code | undefined,
  call: EmitCall,
): Code {
  const isNull = anyNull(text.isNull, part.isNull, position.isNull, occurrence?.isNull ?? "false");
  return guarded(writer, isNull, call.type, () => {
    const which = occurrence ? valueOf(occurrence) : "1";
    const found = `${writer.constant(nthOccurrence)}(${sides(text as BytesCode, part as BytesCode)}, ${valueOf(position)}, ${which})`;
    return valueCode(call.type, "false", writer.variable(found));
  });
}

/** A search from a position that is null finds nothing, even where the texts are null. */
function emitLocate(writer: CodeWriter, codes: readonly Code[], call: EmitCall): Code {
  const [part, text, position] = codes as [BytesCode, BytesCode, Code];
  if (position.isNull === "true") return valueCode(call.type, "false", "0");
  const missing = anyNull(text.isNull, part.isNull);
  const hasPosition = position.isNull === "false" ? "true" : `!${position.isNull}`;
  if (missing === "true") return valueCode(call.type, hasPosition, "0");
  const isNull = missing === "false" || hasPosition === "true" ? missing : `(${hasPosition} && ${missing})`;
  return guarded(writer, isNull, call.type, () => {
    const found = `${writer.constant(locate)}(${sides(text, part)}, ${valueOf(position)})`;
    const place = hasPosition === "true" ? found : `${hasPosition} ? ${found} : 0`;
    return valueCode(call.type, "false", writer.variable(place));
  });
}

/** The place from 1 of a part, searched from character `position`; nothing is found at once. */
function locate(
  data: Uint8Array,
  start: number,
  length: number,
  part: Uint8Array,
  partStart: number,
  partLength: number,
  position: number,
): number {
  if (position < 1) return 0;
  if (partLength === 0) return 1;
  return nthOccurrence(data, start, length, part, partStart, partLength, position, 1);
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

/**
 * The place from 1 of an occurrence of a part, searched from character `position`, which is from the end, and then backward, if
 * negative; 0 where it is not.
 */
function nthOccurrence(
  data: Uint8Array,
  start: number,
  length: number,
  part: Uint8Array,
  partStart: number,
  partLength: number,
  position: number,
  occurrence: number,
): number {
  if (position === 0 || occurrence < 1) return 0;
  const end = start + length;
  const size = position < 0 ? characterCount(data, start, length) + position : position - 1;
  if (size < 0) return 0;
  const first = start + charactersLength(data, start, length, size);
  let at =
    position > 0
      ? findForward(data, first, end, part, partStart, partLength)
      : findBackward(data, start, Math.min(first, end - partLength), part, partStart, partLength);
  for (let k = 1; k < occurrence && at >= 0; k++) {
    if (position > 0) {
      at = findForward(data, Math.min(nextCharacter(data, at, end), end), end, part, partStart, partLength);
    } else {
      const before = previousCharacter(data, start, at);
      at = before < start ? -1 : findBackward(data, start, before, part, partStart, partLength);
    }
  }
  return at < 0 ? 0 : characterCount(data, start, at - start) + 1;
}

function nextCharacter(data: Uint8Array, at: number, end: number): number {
  let next = at + 1;
  while (next < end && (data[next]! & 0xc0) === 0x80) next++;
  return next;
}

function previousCharacter(data: Uint8Array, start: number, at: number): number {
  let before = at - 1;
  while (before > start && (data[before]! & 0xc0) === 0x80) before--;
  return before;
}
