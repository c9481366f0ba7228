import { BinaryType, BooleanType, IntegerType, StringType } from "@ss/core";
import { equalBytes } from "@ss/kernels";
import type { Code, CodeWriter } from "../../expression/code.js";
import type { Expression } from "../../expression/expression.js";
import type { EmitCall, ScalarFunction } from "../../expression/function.js";
import { typeOf } from "../../expression/type-of.js";
import { bytesInput, inputTypes, scalar } from "../define.js";
import { anyNull, type BytesCode, guarded, present, valueCode, valueOf } from "../emit/parts.js";
import { literalBytes } from "../predicate/comparison.js";
import { containsText, endsWithText, startsWithText } from "./like.js";
import { foundSpan, setSpan, span } from "./span.js";

const TEXT_OR_BINARY = [StringType, BinaryType] as const;

/** Functions of texts that work on their bytes where they are: results are views. */
export const emittedStringFunctions: readonly ScalarFunction[] = [
  scalar({
    names: ["length", "char_length", "character_length", "len"],
    arity: [1, 1],
    resolve: (args, context) => inputTypes(args, [TEXT_OR_BINARY], context, IntegerType),
    emit: emitLength,
  }),
  scalar({
    names: ["octet_length"],
    arity: [1, 1],
    resolve: (args, context) => bytesInput(inputTypes(args, [TEXT_OR_BINARY], context, IntegerType), context),
    emit: (writer, args, call) => {
      const code = writer.expression(args[0]!) as BytesCode;
      return valueCode(call.type, code.isNull, code.length);
    },
  }),
  scalar({
    names: ["bit_length"],
    arity: [1, 1],
    resolve: (args, context) => bytesInput(inputTypes(args, [TEXT_OR_BINARY], context, IntegerType), context),
    emit: (writer, args, call) => {
      const code = writer.expression(args[0]!) as BytesCode;
      return valueCode(call.type, code.isNull, `(8 * ${code.length})`);
    },
  }),
  scalar({
    names: ["substring", "substr"],
    arity: [2, 3],
    resolve: (args, context) =>
      inputTypes(args, [TEXT_OR_BINARY, IntegerType], context, (cast) =>
        typeOf(cast[0]!).kind === "binary" ? BinaryType : StringType,
      ),
    emit: emitSubstring,
  }),
  scalar({
    names: ["left"],
    arity: [2, 2],
    resolve: (args, context) =>
      inputTypes(args, [TEXT_OR_BINARY, IntegerType], context, (cast) => typeOf(cast[0]!)),
    emit: (writer, args, call) => emitEnd(writer, args, call, () => "1"),
  }),
  scalar({
    names: ["right"],
    arity: [2, 2],
    resolve: (args, context) => inputTypes(args, [StringType, IntegerType], context, StringType),
    emit: (writer, args, call) => emitEnd(writer, args, call, (count) => `-(${count})`),
  }),
  scalar({
    names: ["ascii"],
    arity: [1, 1],
    resolve: (args, context) => inputTypes(args, [StringType], context, IntegerType),
    emit: (writer, args, call) => {
      const code = writer.expression(args[0]!) as BytesCode;
      return guarded(writer, code.isNull, call.type, () => {
        const first = `${writer.constant(firstCharacter)}(${code.data}, ${code.start}, ${code.length})`;
        return valueCode(call.type, "false", writer.variable(first));
      });
    },
  }),
  part("startswith", startsWithText, (data, start, _, prefix, at, size) =>
    equalBytes(data, start, prefix, at, size),
  ),
  part("endswith", endsWithText, (data, start, length, suffix, at, size) =>
    equalBytes(data, start + length - size, suffix, at, size),
  ),
  part("contains", containsText, containsBytes),
];

function emitLength(writer: CodeWriter, args: readonly Expression[], call: EmitCall): Code {
  const code = writer.expression(args[0]!) as BytesCode;
  if (typeOf(args[0]!).kind === "binary") return valueCode(call.type, code.isNull, code.length);
  return guarded(writer, code.isNull, call.type, () =>
    valueCode(
      call.type,
      "false",
      writer.variable(`${writer.constant(characterCount)}(${code.data}, ${code.start}, ${code.length})`),
    ),
  );
}

/** The number of characters of UTF-8 text: bytes that do not continue another one. */
export function characterCount(data: Uint8Array, start: number, length: number): number {
  let count = 0;
  for (let k = start; k < start + length; k++) if ((data[k]! & 0xc0) !== 0x80) count++;
  return count;
}

/** The bytes of the first `count` characters of a text. */
export function charactersLength(data: Uint8Array, start: number, length: number, count: number): number {
  findCharacters(data, start, length, 0, count);
  return span[1]!;
}

/** Finds characters `from .. to)` of a text, both from 0; leaves start and length in `span`. */
function findCharacters(data: Uint8Array, start: number, length: number, from: number, to: number): void {
  const end = start + length;
  let at = start;
  let character = 0;
  const skipTo = (wanted: number): void => {
    while (character < wanted && at < end) {
      at++;
      while (at < end && (data[at]! & 0xc0) === 0x80) at++;
      character++;
    }
  };
  skipTo(from);
  span[0] = at;
  skipTo(to);
  span[1] = at - span[0]!;
}

/** `substring` by SQL's rules: positions from 1, negative ones from the end. */
function substringOf(
  data: Uint8Array,
  start: number,
  length: number,
  position: number,
  wanted: number,
  binary: boolean,
): void {
  const size = position >= 0 && !binary ? 0 : binary ? length : characterCount(data, start, length);
  const from = position > 0 ? position - 1 : position < 0 ? size + position : 0;
  const to = from + wanted;
  if (wanted <= 0 || to <= 0) {
    setSpan(start, 0);
  } else if (binary) {
    const first = Math.min(Math.max(from, 0), length);
    setSpan(start + first, Math.max(Math.min(to, length) - first, 0));
  } else findCharacters(data, start, length, Math.max(from, 0), to);
}

function emitSubstring(writer: CodeWriter, args: readonly Expression[], call: EmitCall): Code {
  const codes = args.map((arg) => writer.expression(arg));
  const [text, position, wanted] = codes as [BytesCode, Code, Code | undefined];
  const isNull = anyNull(...codes.map((code) => code.isNull));
  return guarded(writer, isNull, call.type, () => {
    const binary = call.type.kind === "binary";
    const find = writer.constant(substringOf);
    const count = wanted ? valueOf(wanted) : "2147483647";
    const source = `${text.data}, ${text.start}, ${text.length}`;
    return foundSpan(
      writer,
      call.type,
      text.data,
      `${find}(${source}, ${valueOf(position)}, ${count}, ${binary})`,
    );
  });
}

/** A number of characters at one end; `position` gives the text of where they begin, as `substring` counts. */
function emitEnd(
  writer: CodeWriter,
  args: readonly Expression[],
  call: EmitCall,
  position: (count: string) => string,
): Code {
  const text = writer.expression(args[0]!) as BytesCode;
  const wanted = writer.expression(args[1]!);
  return guarded(writer, anyNull(text.isNull, wanted.isNull), call.type, () => {
    const source = `${text.data}, ${text.start}, ${text.length}`;
    const count = valueOf(wanted);
    const find = `${writer.constant(substringOf)}(${source}, ${position(count)}, ${count}, ${call.type.kind === "binary"})`;
    return foundSpan(writer, call.type, text.data, find);
  });
}

/** The code point of the first character of UTF-8 text; 0 where there is none. */
function firstCharacter(data: Uint8Array, start: number, length: number): number {
  if (length === 0) return 0;
  const byte = data[start]!;
  if (byte < 0x80) return byte;
  return new TextDecoder("utf-8", { ignoreBOM: true })
    .decode(data.subarray(start, start + Math.min(length, 4)))
    .codePointAt(0)!;
}

type BytesTest = (
  data: Uint8Array,
  start: number,
  length: number,
  part: Uint8Array,
  partStart: number,
  partLength: number,
) => boolean;

function containsBytes(
  data: Uint8Array,
  start: number,
  length: number,
  part: Uint8Array,
  partStart: number,
  partLength: number,
): boolean {
  for (let at = start; at + partLength <= start + length; at++) {
    if (equalBytes(data, at, part, partStart, partLength)) return true;
  }
  return false;
}

/** A test of a part of a text: straight where the part is a constant. */
function part(
  name: string,
  constant: (writer: CodeWriter, code: BytesCode, bytes: Uint8Array) => string,
  test: BytesTest,
): ScalarFunction {
  return scalar({
    names: [name],
    arity: [2, 2],
    resolve: (args, context) => {
      const binary = args.every((arg) => typeOf(arg).kind === "binary");
      return inputTypes(args, binary ? [BinaryType] : [StringType], context, BooleanType);
    },
    emit: (writer, args, call) => {
      const code = writer.expression(args[0]!) as BytesCode;
      const bytes = literalBytes(args[1]);
      if (bytes) {
        return guarded(writer, code.isNull, call.type, () =>
          valueCode(call.type, "false", writer.variable(constant(writer, present(code), bytes))),
        );
      }
      const other = writer.expression(args[1]!) as BytesCode;
      return guarded(writer, anyNull(code.isNull, other.isNull), call.type, () => {
        const sides = `${code.data}, ${code.start}, ${code.length}, ${other.data}, ${other.start}, ${other.length}`;
        const text = `${code.length} >= ${other.length} && ${writer.constant(test)}(${sides})`;
        return valueCode(call.type, "false", writer.variable(text));
      });
    },
  });
}
