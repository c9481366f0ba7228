import { BinaryType, IntegerType, StringType } from "@ss/core";
import type { Code, CodeWriter } from "../../expression/code.js";
import type { Expression } from "../../expression/expression.js";
import type { EmitCall, ScalarFunction } from "../../expression/function.js";
import { typeOf } from "../../expression/type-of.js";
import { inputTypes, scalar } from "../define.js";
import { anyNull, type BytesCode, bytesCode, guarded, valueOf } from "../emit/parts.js";
import type { StageArena } from "../emit/stage-bytes.js";
import { characterCount, charactersLength } from "./emit-strings.js";

const TEXT_OR_BINARY = [StringType, BinaryType] as const;
const SPACE = Uint8Array.of(32);
const ZERO = Uint8Array.of(0);

/** `lpad` and `rpad`, from bytes into the arena. */
export const padFunctions: readonly ScalarFunction[] = [padding("lpad", true), padding("rpad", false)];

function padding(name: string, left: boolean): ScalarFunction {
  return scalar({
    names: [name],
    arity: [2, 3],
    resolve: (args, context) =>
      inputTypes(args, [TEXT_OR_BINARY, IntegerType, TEXT_OR_BINARY], context, (cast) => typeOf(cast[0]!)),
    emit: (writer, args, call) => emitPadding(writer, args, call, left),
  });
}

function emitPadding(writer: CodeWriter, args: readonly Expression[], call: EmitCall, left: boolean): Code {
  const codes = args.map((arg) => writer.expression(arg));
  const [text, size, pad] = codes as [BytesCode, Code, BytesCode | undefined];
  return guarded(writer, anyNull(...codes.map((code) => code.isNull)), call.type, () => {
    const rt = writer.runtime;
    const source = `${text.data}, ${text.start}, ${text.length}`;
    const binary = call.type.kind === "binary";
    const fill = pad
      ? `${pad.data}, ${pad.start}, ${pad.length}`
      : `${writer.constant(binary ? ZERO : SPACE)}, 0, 1`;
    const put = writer.constant(binary ? putPaddedBytes : putPadded);
    writer.write(`${put}(${rt}, ${source}, ${valueOf(size)}, ${fill}, ${left});`);
    const [start, length] = [writer.variable(`${rt}.start`), writer.variable(`${rt}.length`)];
    return bytesCode(call.type, "false", `${rt}.bytes`, start, length);
  });
}

/** Puts a text of exactly `size` characters into the arena: cut, or filled up at one end; an empty filling fills nothing. */
function putPadded(
  arena: StageArena,
  data: Uint8Array,
  start: number,
  length: number,
  size: number,
  fill: Uint8Array,
  fillStart: number,
  fillLength: number,
  left: boolean,
): void {
  const missing = Math.max(size, 0) - characterCount(data, start, length);
  const kept = missing < 0 ? charactersLength(data, start, length, Math.max(size, 0)) : length;
  let filled = 0;
  if (missing > 0 && fillLength > 0) {
    const characters = characterCount(fill, fillStart, fillLength);
    const rounds = Math.floor(missing / characters);
    filled =
      rounds * fillLength + charactersLength(fill, fillStart, fillLength, missing - rounds * characters);
  }
  putFilled(arena, data, start, kept, filled, fill, fillStart, fillLength, left);
}

/** Puts a binary of exactly `size` bytes into the arena. */
function putPaddedBytes(
  arena: StageArena,
  data: Uint8Array,
  start: number,
  length: number,
  size: number,
  fill: Uint8Array,
  fillStart: number,
  fillLength: number,
  left: boolean,
): void {
  const kept = Math.min(length, Math.max(size, 0));
  const filled = fillLength === 0 ? 0 : Math.max(size - kept, 0);
  putFilled(arena, data, start, kept, filled, fill, fillStart, fillLength, left);
}

/** Puts `kept` bytes with `filled` bytes of a filling, over and over, at one end. */
function putFilled(
  arena: StageArena,
  data: Uint8Array,
  start: number,
  kept: number,
  filled: number,
  fill: Uint8Array,
  fillStart: number,
  fillLength: number,
  left: boolean,
): void {
  const at = arena.reserve(kept + filled);
  const { bytes } = arena;
  const text = left ? at + filled : at;
  const filling = left ? at : at + kept;
  for (let k = 0; k < kept; k++) bytes[text + k] = data[start + k]!;
  for (let k = 0, from = 0; k < filled; k++) {
    bytes[filling + k] = fill[fillStart + from]!;
    if (++from === fillLength) from = 0;
  }
  arena.close(kept + filled);
}
