import { BooleanType, ByteType, type DataType, IntegerType, LongType, sameType } from "@ss/core";
import type { Code, CodeWriter } from "../../expression/code.js";
import { implicitCast } from "../../expression/coercion/implicit-cast.js";
import { findTightestCommonType } from "../../expression/coercion/wider-type.js";
import {
  binaryOperatorDiffTypes,
  binaryOperatorWrongType,
  unexpectedInputType,
} from "../../expression/errors.js";
import type { Expression } from "../../expression/expression.js";
import type { EmitCall, FunctionContext, Resolution, ScalarFunction } from "../../expression/function.js";
import { typeOf } from "../../expression/type-of.js";
import { isIntegral, isString } from "../../expression/type-predicates.js";
import { boxed, coerced, inputTypes, scalar } from "../define.js";
import { anyNull, guarded, held, valueCode, valueOf } from "../emit/parts.js";
import { wordArguments } from "../emit/stored-int64.js";
import { runtimeError } from "../runtime-error.js";

/** `& | ^ ~`, shifts and counts of bits. */
export const bitwiseFunctions: readonly ScalarFunction[] = [
  bitOperator("&"),
  bitOperator("|"),
  bitOperator("^"),
  scalar({
    names: ["~"],
    arity: [1, 1],
    resolve: (args, context) => inputTypes(args, ["integral"], context, (cast) => typeOf(cast[0]!)),
    emit: (writer, args, call) => {
      const code = writer.expression(args[0]!);
      return guarded(writer, code.isNull, call.type, () =>
        valueCode(call.type, "false", `(~${valueOf(code)})`),
      );
    },
  }),
  shift(["shiftleft", "<<"], "<<"),
  shift(["shiftright", ">>"], ">>"),
  shift(["shiftrightunsigned", ">>>"], ">>>"),
  scalar({
    names: ["bit_count"],
    arity: [1, 1],
    resolve: (args, context) => inputTypes(args, [["integral", BooleanType]], context, IntegerType),
    emit: (writer, args, call) => {
      const code = writer.expression(args[0]!);
      return guarded(writer, code.isNull, call.type, () =>
        valueCode(call.type, "false", writer.variable(onesText(writer, code))),
      );
    },
  }),
  boxed(
    ["bit_get", "getbit"],
    ["integral", IntegerType],
    ByteType,
    ({ argTypes, origin }) =>
      (value, position) => {
        const size = bitSize(argTypes[0]!);
        const at = position as number;
        if (at < 0 || at >= size) {
          throw runtimeError(
            "INVALID_PARAMETER_VALUE.BIT_POSITION_RANGE",
            "22023",
            { functionName: "`bit_get`", parameter: "`pos`", upper: String(size), invalidValue: String(at) },
            `The bit position must be between 0 and ${size - 1}, but it is ${at}.`,
            origin,
          );
        }
        return Number((BigInt(value as number | bigint) >> BigInt(at)) & 1n);
      },
  ),
];

function onesText(writer: CodeWriter, code: Code): string {
  if (code.layout === "boolean") return `(${code.value} ? 1 : 0)`;
  if (code.layout === "int64") return `${writer.constant(onesOfLong)}(${wordArguments(writer, code)})`;
  // what has fewer bits counts as the 64 bits of the same number
  const value = writer.variable(valueOf(code));
  return `${writer.constant(onesOfLong)}(${value}, ${value} >> 31)`;
}

function onesOfLong(low: number, high: number): number {
  return ones(low) + ones(high);
}

/** Adds up pairs of bits, then pairs of pairs, and so on. */
function ones(bits: number): number {
  const pairs = bits - ((bits >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

function bitSize(type: DataType): number {
  return type.kind === "byte" ? 8 : type.kind === "short" ? 16 : type.kind === "integer" ? 32 : 64;
}

function bitOperator(sign: "&" | "|" | "^"): ScalarFunction {
  return scalar({
    names: [sign],
    arity: [2, 2],
    resolve: resolveBits,
    emit: (writer, args, call) => {
      const l = writer.expression(args[0]!);
      const r = writer.expression(args[1]!);
      return guarded(writer, anyNull(l.isNull, r.isNull), call.type, () =>
        valueCode(call.type, "false", held(writer, `(${valueOf(l)} ${sign} ${valueOf(r)})`)),
      );
    },
  });
}

function resolveBits(args: readonly Expression[], context: FunctionContext): Resolution {
  const [left, right] = args.map((arg) =>
    isString(typeOf(arg))
      ? coerced(
          arg,
          isIntegral(typeOf(args[0]!)) || isIntegral(typeOf(args[1]!)) ? LongType : typeOf(arg),
          context,
        )
      : arg,
  ) as [Expression, Expression];
  const [l, r] = [typeOf(left), typeOf(right)];
  const common = findTightestCommonType(l, r, context.ansi);
  if (!common || (!sameType(l, r) && !isIntegral(common))) throw binaryOperatorDiffTypes(context, l, r);
  const type = common.kind === "void" ? IntegerType : common;
  if (!isIntegral(type)) throw binaryOperatorWrongType(context, "integral", type);
  return { args: [coerced(left, type, context), coerced(right, type, context)], type };
}

function shift(names: readonly string[], sign: "<<" | ">>" | ">>>"): ScalarFunction {
  return scalar({
    names,
    arity: [2, 2],
    resolve: (args, context) => {
      const value = implicitCast(args[0]!, [IntegerType, LongType], context.ansi);
      if (!value) throw unexpectedInputType(context, 0, [IntegerType, LongType], args[0]!);
      const count = implicitCast(args[1]!, IntegerType, context.ansi);
      if (!count) throw unexpectedInputType(context, 1, IntegerType, args[1]!);
      return { args: [value, count], type: typeOf(value) };
    },
    emit: (writer, args, call) => emitShift(writer, args, call, sign),
  });
}

function emitShift(writer: CodeWriter, args: readonly Expression[], call: EmitCall, sign: string): Code {
  const l = writer.expression(args[0]!);
  const r = writer.expression(args[1]!);
  return guarded(writer, anyNull(l.isNull, r.isNull), call.type, () => {
    if (call.type.kind !== "long")
      return valueCode(call.type, "false", `((${valueOf(l)} ${sign} ${valueOf(r)}) | 0)`);
    const count = `BigInt(${valueOf(r)} & 63)`;
    const shifted =
      sign === ">>>" ? `(BigInt.asUintN(64, ${valueOf(l)}) >> ${count})` : `(${valueOf(l)} ${sign} ${count})`;
    return valueCode(call.type, "false", writer.variable(`BigInt.asIntN(64, ${shifted})`));
  });
}
