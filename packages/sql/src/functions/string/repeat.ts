import { BinaryType, IntegerType, LongType, StringType, type Value } from "@ss/core";
import type { Code } from "../../expression/code.js";
import type { ScalarFunction } from "../../expression/function.js";
import { typeOf } from "../../expression/type-of.js";
import { inputTypes, scalar } from "../define.js";
import { arenaText, arenaTextOfBytes, bytesArguments, type TextArena } from "../emit/arena-text.js";
import { emitBoxedCall } from "../emit/boxed-call.js";
import { anyNull, type BytesCode, guarded, valueOf } from "../emit/parts.js";
import { wordArguments } from "../emit/stored-int64.js";
import { characterCount, charactersLength } from "./emit-strings.js";

const TEXT_OR_BINARY = [StringType, BinaryType] as const;

/** Texts made of others, or of numbers, byte by byte into the arena. */
export const repeatFunctions: readonly ScalarFunction[] = [
  scalar({
    names: ["repeat"],
    arity: [2, 2],
    resolve: (args, context) => inputTypes(args, [StringType, IntegerType], context, StringType),
    emit: (writer, args, call) => {
      const [text, count] = args.map((arg) => writer.expression(arg)) as [BytesCode, Code];
      return guarded(writer, anyNull(text.isNull, count.isNull), call.type, () =>
        arenaText(writer, call.type, putRepeated, [bytesArguments(text), valueOf(count)]),
      );
    },
  }),
  scalar({
    names: ["space"],
    arity: [1, 1],
    resolve: (args, context) => inputTypes(args, [IntegerType], context, StringType),
    emit: (writer, args, call) => {
      const count = writer.expression(args[0]!);
      return guarded(writer, count.isNull, call.type, () =>
        arenaText(writer, call.type, putSpaces, [valueOf(count)]),
      );
    },
  }),
  scalar({
    names: ["chr", "char"],
    arity: [1, 1],
    resolve: (args, context) => inputTypes(args, [LongType], context, StringType),
    emit: (writer, args, call) => {
      const code = writer.expression(args[0]!);
      return guarded(writer, code.isNull, call.type, () =>
        arenaText(writer, call.type, putCharacter, [wordArguments(writer, code)]),
      );
    },
  }),
  scalar({
    names: ["reverse"],
    arity: [1, 1],
    resolve: (args, context) =>
      inputTypes(args, [[StringType, BinaryType, "array"]], context, (cast) => typeOf(cast[0]!)),
    emit: (writer, args, call) => {
      const codes = [writer.expression(args[0]!)];
      if (call.type.kind === "string") return arenaTextOfBytes(writer, call.type, codes, putReversed);
      if (call.type.kind === "binary") return arenaTextOfBytes(writer, call.type, codes, putReversedBytes);
      return emitBoxedCall(writer, (values: Value[]) => [...values].reverse(), codes, call.type);
    },
  }),
  scalar({
    names: ["overlay"],
    arity: [3, 4],
    resolve: (args, context) =>
      inputTypes(args, [TEXT_OR_BINARY, TEXT_OR_BINARY, IntegerType, IntegerType], context, (cast) =>
        typeOf(cast[0]!),
      ),
    emit: (writer, args, call) => {
      const codes = args.map((arg) => writer.expression(arg));
      const [text, part, from, count] = codes as [BytesCode, BytesCode, Code, Code | undefined];
      const put = call.type.kind === "binary" ? putOverlaidBytes : putOverlaid;
      return guarded(writer, anyNull(...codes.map((code) => code.isNull)), call.type, () =>
        arenaText(writer, call.type, put, [
          bytesArguments(text),
          bytesArguments(part),
          valueOf(from),
          count ? valueOf(count) : "-1",
        ]),
      );
    },
  }),
];

function putRepeated(arena: TextArena, data: Uint8Array, start: number, length: number, count: number): void {
  const total = length * Math.max(count, 0);
  let out = arena.reserve(total);
  const { bytes } = arena;
  for (let round = count; round > 0 && length > 0; round--) {
    for (let k = 0; k < length; k++) bytes[out + k] = data[start + k]!;
    out += length;
  }
  arena.close(total);
}

function putSpaces(arena: TextArena, count: number): void {
  const total = Math.max(count, 0);
  const at = arena.reserve(total);
  arena.bytes.fill(32, at, at + total);
  arena.close(total);
}

/** The character of the lowest byte of a number; nothing for one below 0. */
function putCharacter(arena: TextArena, low: number, high: number): void {
  const at = arena.reserve(2);
  if (high < 0) return arena.close(0);
  const code = low & 255;
  if (code < 128) {
    arena.bytes[at] = code;
    return arena.close(1);
  }
  arena.bytes[at] = 0xc0 | (code >> 6);
  arena.bytes[at + 1] = 0x80 | (code & 63);
  arena.close(2);
}

function putReversed(arena: TextArena, data: Uint8Array, start: number, length: number): void {
  const at = arena.reserve(length);
  const { bytes } = arena;
  let out = at + length;
  for (let k = 0; k < length; ) {
    let next = k + 1;
    if (data[start + k]! >= 128) while (next < length && (data[start + next]! & 0xc0) === 0x80) next++;
    out -= next - k;
    for (let from = k; from < next; from++) bytes[out + from - k] = data[start + from]!;
    k = next;
  }
  arena.close(length);
}

function putReversedBytes(arena: TextArena, data: Uint8Array, start: number, length: number): void {
  const at = arena.reserve(length);
  const { bytes } = arena;
  for (let k = 0; k < length; k++) bytes[at + k] = data[start + length - 1 - k]!;
  arena.close(length);
}

/** Puts what stands before byte `kept`, a part, and what stands from byte `rest` on. */
function putParts(
  arena: TextArena,
  data: Uint8Array,
  start: number,
  length: number,
  part: Uint8Array,
  partStart: number,
  partLength: number,
  kept: number,
  rest: number,
): void {
  const total = kept + partLength + length - rest;
  let out = arena.reserve(total);
  const { bytes } = arena;
  for (let k = 0; k < kept; k++) bytes[out++] = data[start + k]!;
  for (let k = 0; k < partLength; k++) bytes[out++] = part[partStart + k]!;
  for (let k = rest; k < length; k++) bytes[out++] = data[start + k]!;
  arena.close(total);
}

/**
 * A text with a part from character `from` (from 1) replaced; a negative `count` means as many as the new part has. What follows the part is a
 * `substring`, whose position counts from the end where it is negative.
 */
function putOverlaid(
  arena: TextArena,
  data: Uint8Array,
  start: number,
  length: number,
  part: Uint8Array,
  partStart: number,
  partLength: number,
  from: number,
  count: number,
): void {
  const replaced = count >= 0 ? count : characterCount(part, partStart, partLength);
  const kept = charactersLength(data, start, length, Math.max(from - 1, 0));
  const position = from + replaced;
  const skipped = position < 0 ? characterCount(data, start, length) + position : position - 1;
  const rest = charactersLength(data, start, length, Math.max(skipped, 0));
  putParts(arena, data, start, length, part, partStart, partLength, kept, rest);
}

/** {@link putOverlaid} of binaries, by bytes. */
function putOverlaidBytes(
  arena: TextArena,
  data: Uint8Array,
  start: number,
  length: number,
  part: Uint8Array,
  partStart: number,
  partLength: number,
  from: number,
  count: number,
): void {
  const replaced = count >= 0 ? count : partLength;
  const kept = Math.min(Math.max(from - 1, 0), length);
  const position = from + replaced;
  const rest = Math.min(Math.max(position < 0 ? length + position : position - 1, 0), length);
  putParts(arena, data, start, length, part, partStart, partLength, kept, rest);
}
