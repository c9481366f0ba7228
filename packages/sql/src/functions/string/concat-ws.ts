import { ArrayType, StringType, type Value } from "@ss/core";
import type { Code, CodeWriter } from "../../expression/code.js";
import { implicitCast } from "../../expression/coercion/implicit-cast.js";
import { findWiderType } from "../../expression/coercion/wider-type.js";
import { analysisError, unexpectedInputType } from "../../expression/errors.js";
import type { Expression } from "../../expression/expression.js";
import type { EmitCall, FunctionContext, Resolution, ScalarFunction } from "../../expression/function.js";
import { nullableOf, typeOf } from "../../expression/type-of.js";
import { coerced, scalar } from "../define.js";
import { bytesArguments } from "../emit/arena-text.js";
import { type BytesCode, bytesCode, guarded, present } from "../emit/parts.js";

/** `concat_ws(separator, texts or arrays of texts ...)`: what is null is left out. */
export const concatWsFunctions: readonly ScalarFunction[] = [
  scalar({ names: ["concat_ws"], arity: [1, Number.POSITIVE_INFINITY], resolve, emit }),
];

function resolve(args: readonly Expression[], context: FunctionContext): Resolution {
  const cast = args.map((arg, k) => {
    const type = typeOf(arg);
    if (type.kind === "array" && k > 0) {
      const common = findWiderType([type.elementType, StringType], context.ansi);
      if (!common)
        throw analysisError("DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE", "42K09", "texts are needed.", {});
      return coerced(arg, ArrayType(StringType, type.containsNull), context);
    }
    const one = implicitCast(arg, StringType, context.ansi);
    const wanted = k === 0 ? StringType : ([{ arrayOf: StringType }, StringType] as const);
    if (!one) throw unexpectedInputType(context, k, wanted, arg);
    return one;
  });
  return { args: cast, type: StringType, nullable: nullableOf(args[0]!) };
}

function emit(writer: CodeWriter, args: readonly Expression[], call: EmitCall): Code {
  const codes = args.map((arg) => writer.expression(arg));
  const separator = codes[0] as BytesCode;
  const hasArrays = codes.some((code) => code.layout !== "bytes");
  return guarded(writer, separator.isNull, call.type, () =>
    hasArrays
      ? writer.unbox(
          `${writer.constant(joined)}(${[present(separator), ...codes.slice(1)].map((code) => writer.box(code)).join(", ")})`,
          call.type,
        )
      : emitParts(writer, separator, codes.slice(1) as BytesCode[], call),
  );
}

function joined(separator: string, ...values: Value[]): string {
  const parts = values.flatMap((value) => (Array.isArray(value) ? (value as Value[]) : [value]));
  return parts.filter((part) => part !== null).join(separator);
}

/** The lengths are added up first, so that the arena grows once. */
function emitParts(
  writer: CodeWriter,
  separator: BytesCode,
  parts: readonly BytesCode[],
  call: EmitCall,
): BytesCode {
  const rt = writer.runtime;
  const count = writer.variable("0");
  const size = writer.variable("0");
  const there = parts.filter((part) => part.isNull !== "true");
  for (const part of there) {
    const add = `${count}++; ${size} += ${part.length};`;
    writer.write(part.isNull === "false" ? add : `if (!${part.isNull}) { ${add} }`);
  }
  writer.write(`if (${count} > 1) ${size} += (${count} - 1) * ${separator.length};`);
  const start = writer.variable(`${rt}.reserve(${size})`);
  const at = writer.variable(start);
  const copy = writer.constant(copyBytes);
  for (const [k, part] of there.entries()) {
    const parting =
      k === 0
        ? ""
        : `if (${count} === 0) ${at} = ${copy}(${bytesArguments(separator)}, ${rt}.bytes, ${at}); else ${count} = 0;`;
    const put = `${parting} ${at} = ${copy}(${bytesArguments(part)}, ${rt}.bytes, ${at});`;
    // from here on the count is 0 as soon as a part was put
    const first = k === 0 ? `${put} ${count} = 0;` : put;
    writer.write(part.isNull === "false" ? first : `if (!${part.isNull}) { ${first} }`);
  }
  writer.write(`${rt}.close(${size});`);
  return bytesCode(call.type, "false", `${rt}.bytes`, start, size) as BytesCode;
}

/** Copies bytes and returns the position behind them. */
export function copyBytes(
  data: Uint8Array,
  start: number,
  length: number,
  out: Uint8Array,
  at: number,
): number {
  if (length <= 32) for (let k = 0; k < length; k++) out[at + k] = data[start + k]!;
  else out.set(data.subarray(start, start + length), at);
  return at + length;
}
