import { ArrayType, BinaryType, type DataType, StringType, type Value } from "@ss/core";
import type { Code, CodeWriter } from "../../expression/code.js";
import { implicitCast } from "../../expression/coercion/implicit-cast.js";
import { unexpectedInputType } from "../../expression/errors.js";
import type { Expression } from "../../expression/expression.js";
import type { EmitCall, FunctionContext, Resolution, ScalarFunction } from "../../expression/function.js";
import { typeOf } from "../../expression/type-of.js";
import { commonType } from "../conditional/common-type.js";
import { coerced, scalar } from "../define.js";
import { emitBoxedCall } from "../emit/boxed-call.js";
import { anyNull, type BytesCode, bytesCode, guarded } from "../emit/parts.js";
import { copyBytes } from "./concat-ws.js";

/** `concat` of texts, binaries and arrays, and `||`. */
export const concatFunctions: readonly ScalarFunction[] = [
  scalar({ names: ["concat", "||"], arity: [0, Number.POSITIVE_INFINITY], resolve, emit }),
];

function resolve(args: readonly Expression[], context: FunctionContext): Resolution {
  if (args.length === 0) return { args, type: StringType };
  const types = args.map(typeOf);
  if (types.some((type) => type.kind === "array")) {
    const type = commonType(args, context, "concat") as ArrayType;
    const containsNull = types.some((one) => one.kind === "array" && one.containsNull);
    return {
      args: args.map((arg) => coerced(arg, type, context)),
      type: ArrayType(type.elementType, containsNull),
    };
  }
  const target: DataType = types.every((type) => type.kind === "binary") ? BinaryType : StringType;
  const cast = args.map((arg, k) => {
    const binary = typeOf(arg).kind === "binary" && target.kind === "string";
    const one = binary ? coerced(arg, StringType, context) : implicitCast(arg, target, context.ansi);
    if (!one) throw unexpectedInputType(context, k, [StringType, BinaryType, "array"], arg);
    return one;
  });
  return { args: cast, type: target };
}

function emit(writer: CodeWriter, args: readonly Expression[], call: EmitCall): Code {
  const codes = args.map((arg) => writer.expression(arg));
  if (call.type.kind === "array") {
    return emitBoxedCall(
      writer,
      (...lists: (readonly Value[])[]) => lists.flat() as Value[],
      codes as Code[],
      call.type,
    );
  }
  const parts = codes as BytesCode[];
  return guarded(writer, anyNull(...parts.map((part) => part.isNull)), call.type, () => {
    const rt = writer.runtime;
    const total = writer.variable(parts.map((part) => part.length).join(" + ") || "0");
    const start = writer.variable(`${rt}.reserve(${total})`);
    const at = writer.variable(start);
    const copy = writer.constant(copyBytes);
    for (const part of parts) {
      writer.write(`${at} = ${copy}(${part.data}, ${part.start}, ${part.length}, ${rt}.bytes, ${at});`);
    }
    writer.write(`${rt}.close(${total});`);
    return bytesCode(call.type, "false", `${rt}.bytes`, start, total);
  });
}
