import { BinaryType, StringType } from "@ss/core";
import type { Code, CodeWriter } from "../../expression/code.js";
import type { Expression } from "../../expression/expression.js";
import type { EmitCall, ScalarFunction } from "../../expression/function.js";
import { typeOf } from "../../expression/type-of.js";
import { inputTypes, scalar } from "../define.js";
import { anyNull, type BytesCode, guarded } from "../emit/parts.js";
import { foundSpan, setSpan } from "./span.js";

const TEXT_OR_BINARY = [StringType, BinaryType] as const;

/** `trim` and its kin: results are views of the text. */
export const trimFunctions: readonly ScalarFunction[] = [
  trimming("trim", true, true, true),
  trimming("ltrim", true, true, false),
  trimming("rtrim", true, false, true),
  trimming("btrim", false, true, true),
];

/** The characters to take off come first, but for `btrim`, where they come second; without them it is spaces. */
function trimming(name: string, charactersFirst: boolean, atStart: boolean, atEnd: boolean): ScalarFunction {
  return scalar({
    names: [name],
    arity: [1, 2],
    resolve: (args, context) =>
      inputTypes(args, [TEXT_OR_BINARY], context, (cast) =>
        typeOf(cast[cast.length === 2 && charactersFirst ? 1 : 0]!),
      ),
    emit: (writer, args, call) => {
      const [characters, text] = args.length === 2 && charactersFirst ? args : [args[1], args[0]];
      return emitTrim(writer, text!, characters, call, atStart, atEnd);
    },
  });
}

const SPACE = Uint8Array.of(32);

function emitTrim(
  writer: CodeWriter,
  text: Expression,
  characters: Expression | undefined,
  call: EmitCall,
  atStart: boolean,
  atEnd: boolean,
): Code {
  const code = writer.expression(text) as BytesCode;
  const set = characters && (writer.expression(characters) as BytesCode);
  const byBytes = typeOf(text).kind === "binary" || (characters && typeOf(characters).kind === "binary");
  return guarded(writer, anyNull(code.isNull, set?.isNull ?? "false"), call.type, () => {
    const trim = writer.constant(byBytes ? trimBytes : trimCharacters);
    const source = `${code.data}, ${code.start}, ${code.length}`;
    const taken = set ? `${set.data}, ${set.start}, ${set.length}` : `${writer.constant(SPACE)}, 0, 1`;
    return foundSpan(writer, call.type, code.data, `${trim}(${source}, ${taken}, ${atStart}, ${atEnd})`);
  });
}

/** Takes bytes of a set off the ends. */
function trimBytes(
  data: Uint8Array,
  start: number,
  length: number,
  set: Uint8Array,
  setStart: number,
  setLength: number,
  atStart: boolean,
  atEnd: boolean,
): void {
  let from = start;
  let to = start + length;
  if (atStart) while (from < to && holdsByte(set, setStart, setLength, data[from]!)) from++;
  if (atEnd) while (to > from && holdsByte(set, setStart, setLength, data[to - 1]!)) to--;
  setSpan(from, to - from);
}

function holdsByte(set: Uint8Array, start: number, length: number, byte: number): boolean {
  for (let k = start; k < start + length; k++) if (set[k] === byte) return true;
  return false;
}

/** Takes characters of a set off the ends of UTF-8 text. A set of one ASCII character, the usual one, goes byte by byte. */
function trimCharacters(
  data: Uint8Array,
  start: number,
  length: number,
  set: Uint8Array,
  setStart: number,
  setLength: number,
  atStart: boolean,
  atEnd: boolean,
): void {
  let from = start;
  let to = start + length;
  if (setLength === 1) {
    const byte = set[setStart]!;
    if (atStart) while (from < to && data[from] === byte) from++;
    if (atEnd) while (to > from && data[to - 1] === byte) to--;
    return setSpan(from, to - from);
  }
  while (atStart && from < to) {
    let next = from + 1;
    while (next < to && isContinuation(data[next]!)) next++;
    if (!holdsCharacter(set, setStart, setLength, data, from, next - from)) break;
    from = next;
  }
  while (atEnd && to > from) {
    let last = to - 1;
    while (last > from && isContinuation(data[last]!)) last--;
    if (!holdsCharacter(set, setStart, setLength, data, last, to - last)) break;
    to = last;
  }
  setSpan(from, to - from);
}

function isContinuation(byte: number): boolean {
  return (byte & 0xc0) === 0x80;
}

/** Whether a character, given by its bytes, is one of a set. A lead byte matches lead bytes only, so the search goes by bytes. */
function holdsCharacter(
  set: Uint8Array,
  setStart: number,
  setLength: number,
  data: Uint8Array,
  at: number,
  size: number,
): boolean {
  for (let k = setStart; k + size <= setStart + setLength; k++) {
    let same = 0;
    while (same < size && set[k + same] === data[at + same]) same++;
    if (same === size) return true;
  }
  return false;
}
