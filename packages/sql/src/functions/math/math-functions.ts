import { DoubleType, IntegerType, LongType, StringType, type Value } from "@ss/core";
import type { Code, CodeWriter } from "../../expression/code.js";
import type { Expression } from "../../expression/expression.js";
import { literal } from "../../expression/expression.js";
import type { EmitCall, ScalarFunction } from "../../expression/function.js";
import { boxed, callLike, inputTypes, rewriting, scalar } from "../define.js";
import { anyNull, guarded, held, valueCode, valueOf } from "../emit/parts.js";
import { arithmeticOverflow } from "../runtime-error.js";

/** Functions of doubles. */
export const mathFunctions: readonly ScalarFunction[] = [
  unary(["sqrt"], "Math.sqrt"),
  unary(["cbrt"], "Math.cbrt"),
  unary(["exp"], "Math.exp"),
  unary(["expm1"], "Math.expm1"),
  unary(["sin"], "Math.sin"),
  unary(["cos"], "Math.cos"),
  unary(["tan"], "Math.tan"),
  unary(["asin"], "Math.asin"),
  unary(["acos"], "Math.acos"),
  unary(["atan"], "Math.atan"),
  unary(["sinh"], "Math.sinh"),
  unary(["cosh"], "Math.cosh"),
  unary(["tanh"], "Math.tanh"),
  unary(["asinh"], "Math.asinh"),
  unary(["acosh"], "Math.acosh"),
  unary(["atanh"], "Math.atanh"),
  computed(["cot"], (x) => 1 / Math.tan(x)),
  computed(["sec"], (x) => 1 / Math.cos(x)),
  computed(["csc"], (x) => 1 / Math.sin(x)),
  computed(["degrees"], (x) => x * (180 / Math.PI)),
  computed(["radians"], (x) => (x / 180) * Math.PI),
  boxed(
    ["signum", "sign"],
    [[DoubleType, "yearMonthInterval", "dayTimeInterval"]],
    DoubleType,
    () => (x) => Math.sign(Number(x)),
  ),
  computed(["rint"], halfEven),
  logarithm(["ln"], Math.log, 0),
  logarithm(["log10"], Math.log10, 0),
  logarithm(["log2"], Math.log2, 0),
  logarithm(["log1p"], Math.log1p, -1),
  rewriting(["log"], [1, 2], (args, context) =>
    args.length === 1 ? callLike(context, "ln", args[0]!) : callLike(context, "$log", ...args),
  ),
  boxed(
    ["$log"],
    [DoubleType, DoubleType],
    DoubleType,
    () => (base, x) => {
      if (!((base as number) > 0) || !((x as number) > 0)) return null;
      return Math.log(x as number) / Math.log(base as number);
    },
    { nullable: true },
  ),
  binary(["power", "pow"], javaPower),
  binary(["atan2"], (y, x) => Math.atan2(y + 0, x + 0)),
  binary(["hypot"], Math.hypot),
  constant("e", Math.E),
  constant("pi", Math.PI),
  boxed(
    ["factorial"],
    [IntegerType],
    LongType,
    () => (n) => {
      if ((n as number) < 0 || (n as number) > 20) return null;
      let product = 1n;
      for (let k = 2n; k <= BigInt(n as number); k++) product *= k;
      return product;
    },
    { nullable: true },
  ),
  boxed(["bin"], [LongType], StringType, () => (value) => BigInt.asUintN(64, value as bigint).toString(2)),
  boxed(
    ["conv"],
    [StringType, IntegerType, IntegerType],
    StringType,
    ({ ansi, origin }) =>
      (text, from, to) =>
        convert(text as string, from as number, to as number, () => {
          if (ansi) throw arithmeticOverflow("Overflow in function conv()", "", origin);
        }),
    { nullable: true },
  ),
];

function unary(names: readonly string[], fn: string): ScalarFunction {
  return scalar({
    names,
    arity: [1, 1],
    resolve: (args, context) => inputTypes(args, [DoubleType], context, DoubleType),
    emit: (writer, args, call) => {
      const code = writer.expression(args[0]!);
      return valueCode(call.type, code.isNull, held(writer, `${fn}(${valueOf(code)})`));
    },
  });
}

function computed(names: readonly string[], fn: (x: number) => number): ScalarFunction {
  return scalar({
    names,
    arity: [1, 1],
    resolve: (args, context) => inputTypes(args, [DoubleType], context, DoubleType),
    emit: (writer, args, call) => {
      const code = writer.expression(args[0]!);
      return valueCode(call.type, code.isNull, writer.variable(`${writer.constant(fn)}(${valueOf(code)})`));
    },
  });
}

/** A logarithm is null at and below its bound. */
function logarithm(names: readonly string[], fn: (x: number) => number, bound: number): ScalarFunction {
  return scalar({
    names,
    arity: [1, 1],
    resolve: (args, context) => ({ ...inputTypes(args, [DoubleType], context, DoubleType), nullable: true }),
    emit: (writer, args, call) => {
      const code = writer.expression(args[0]!);
      const value = held(writer, valueOf(code));
      const result = writer.variable(`${writer.constant(fn)}(${value})`);
      return valueCode(call.type, anyNull(code.isNull, `(${value} <= ${bound})`), result);
    },
  });
}

function binary(names: readonly string[], fn: (x: number, y: number) => number): ScalarFunction {
  return scalar({
    names,
    arity: [2, 2],
    resolve: (args, context) => inputTypes(args, [DoubleType], context, DoubleType),
    emit: (writer, args, call) => emitBinary(writer, args, call, fn),
  });
}

function emitBinary(
  writer: CodeWriter,
  args: readonly Expression[],
  call: EmitCall,
  fn: (x: number, y: number) => number,
): Code {
  const l = writer.expression(args[0]!);
  const r = writer.expression(args[1]!);
  return guarded(writer, anyNull(l.isNull, r.isNull), call.type, () =>
    valueCode(call.type, "false", writer.variable(`${writer.constant(fn)}(${valueOf(l)}, ${valueOf(r)})`)),
  );
}

/** Java's power of one to an infinity is NaN, as is JavaScript's. */
function javaPower(x: number, y: number): number {
  return x ** y;
}

function constant(name: string, value: number): ScalarFunction {
  return scalar({
    names: [name],
    arity: [0, 0],
    resolve: (args) => ({ args, type: DoubleType, nullable: false }),
    emit: (writer) => writer.expression(literal(value, DoubleType)),
  });
}

/** A double rounded to an integer, half to even. */
export function halfEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  if (rest < 0.5) return Object.is(floor, 0) && x < 0 ? -0 : floor;
  if (rest > 0.5) return floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}

const DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz";

/** A number in one base as a text in another; a negative target base means a signed result. */
function convert(text: string, from: number, to: number, overflow: () => void): Value {
  const target = Math.abs(to);
  if (from < 2 || from > 36 || target < 2 || target > 36) return null;
  const trimmed = text.trim();
  if (trimmed === "") return null;
  const negative = trimmed.startsWith("-");
  let value = 0n;
  for (const character of trimmed.slice(negative ? 1 : 0).toLowerCase()) {
    const digit = DIGITS.indexOf(character);
    if (digit < 0 || digit >= from) break;
    value = value * BigInt(from) + BigInt(digit);
    if (value > 0xffffffffffffffffn) {
      overflow();
      value = 0xffffffffffffffffn;
      break;
    }
  }
  if (negative && to > 0) {
    // a negative number beyond the signed range counts as the largest unsigned one
    if (value > 0x7fffffffffffffffn) {
      overflow();
      value = 0xffffffffffffffffn;
    } else value = BigInt.asUintN(64, -value);
  }
  if (to > 0) return BigInt.asUintN(64, value).toString(target).toUpperCase();
  const signed = BigInt.asIntN(64, negative ? -value : value);
  return signed.toString(target).toUpperCase();
}
