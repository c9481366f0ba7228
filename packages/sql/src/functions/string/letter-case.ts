import { StringType } from "@ss/core";
import type { Code, CodeWriter } from "../../expression/code.js";
import type { Expression } from "../../expression/expression.js";
import type { EmitCall, ScalarFunction } from "../../expression/function.js";
import { inputTypes, scalar } from "../define.js";
import { type BytesCode, bytesCode, guarded, present } from "../emit/parts.js";
import { initialCapitals } from "./text-edits.js";

/** `upper`, `lower` and `initcap`: ASCII letter by letter into the arena, other texts by the rules of Unicode. */
export const letterCaseFunctions: readonly ScalarFunction[] = [
  changing(["upper", "ucase"], upperAscii, (text) => text.toUpperCase()),
  changing(["lower", "lcase"], lowerAscii, (text) => text.toLowerCase()),
  changing(["initcap"], capitalAscii, initialCapitals),
];

/** Writes a changed text at `at`; false where it is not all ASCII, and then what was written means nothing. */
type WriteAscii = (data: Uint8Array, start: number, length: number, out: Uint8Array, at: number) => boolean;

function upperAscii(data: Uint8Array, start: number, length: number, out: Uint8Array, at: number): boolean {
  for (let k = 0; k < length; k++) {
    const byte = data[start + k]!;
    if (byte >= 0x80) return false;
    out[at + k] = byte >= 97 && byte <= 122 ? byte - 32 : byte;
  }
  return true;
}

function lowerAscii(data: Uint8Array, start: number, length: number, out: Uint8Array, at: number): boolean {
  for (let k = 0; k < length; k++) {
    const byte = data[start + k]!;
    if (byte >= 0x80) return false;
    out[at + k] = byte >= 65 && byte <= 90 ? byte + 32 : byte;
  }
  return true;
}

/** Letters after a space, and the first one, become capitals, all others small. */
function capitalAscii(data: Uint8Array, start: number, length: number, out: Uint8Array, at: number): boolean {
  let before = 32;
  for (let k = 0; k < length; k++) {
    const byte = data[start + k]!;
    if (byte >= 0x80) return false;
    if (before === 32) out[at + k] = byte >= 97 && byte <= 122 ? byte - 32 : byte;
    else out[at + k] = byte >= 65 && byte <= 90 ? byte + 32 : byte;
    before = byte;
  }
  return true;
}

function changing(
  names: readonly string[],
  ascii: WriteAscii,
  unicode: (text: string) => string,
): ScalarFunction {
  return scalar({
    names,
    arity: [1, 1],
    resolve: (args, context) => inputTypes(args, [StringType], context, StringType),
    emit: (writer, args, call) => emitChange(writer, args, call, ascii, unicode),
  });
}

function emitChange(
  writer: CodeWriter,
  args: readonly Expression[],
  call: EmitCall,
  ascii: WriteAscii,
  unicode: (text: string) => string,
): Code {
  const code = writer.expression(args[0]!) as BytesCode;
  return guarded(writer, code.isNull, call.type, () => {
    const rt = writer.runtime;
    const length = writer.variable(code.length);
    const start = writer.variable(`${rt}.reserve(${length})`);
    const written = `${writer.constant(ascii)}(${code.data}, ${code.start}, ${length}, ${rt}.bytes, ${start})`;
    writer.when(
      written,
      () => writer.write(`${rt}.close(${length});`),
      () => {
        writer.write(`${rt}.put(${writer.constant(unicode)}(${writer.box(present(code))}));`);
        writer.write(`${start} = ${rt}.start; ${length} = ${rt}.length;`);
      },
    );
    return bytesCode(call.type, "false", `${rt}.bytes`, start, length);
  });
}
