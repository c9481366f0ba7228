import type { DecimalType } from "@ss/core";
import {
  addDecimals,
  changeDecimalPrecision,
  divideDecimals,
  divideHalfUp,
  formatDecimal,
  integralQuotientOfDecimals,
  multiplyDecimals,
  powerOfTen,
  remainderOfDecimals,
  rescale,
  subtractDecimals,
} from "@ss/kernels";
import type { Code, CodeWriter } from "../../expression/code.js";
import type { EmitCall } from "../../expression/function.js";
import { anyNull, guarded, held, valueCode, valueOf } from "../emit/parts.js";
import { arithmeticOverflow, decimalOutOfRange } from "../runtime-error.js";
import type { ArithmeticState } from "./arithmetic-state.js";
import { byNonZero, failing } from "./emit-integers.js";

/** Arithmetic on FLOAT and DOUBLE. */
export function emitFloating(
  writer: CodeWriter,
  l: Code,
  r: Code,
  state: ArithmeticState,
  call: EmitCall,
): Code {
  const { operator } = state;
  const { type } = call;
  const isNull = anyNull(l.isNull, r.isNull);
  const round = (text: string): string => (type.kind === "float" ? `Math.fround(${text})` : text);
  if (operator === "+" || operator === "-" || operator === "*") {
    return valueCode(type, isNull, held(writer, round(`(${valueOf(l)} ${operator} ${valueOf(r)})`)));
  }
  return guarded(writer, isNull, type, () => {
    const a = held(writer, valueOf(l));
    const b = held(writer, valueOf(r));
    return byNonZero(writer, b, "0", state, call, () => {
      const value = writer.variable(round(`(${a} ${operator === "/" ? "/" : "%"} ${b})`));
      if (operator !== "pmod") return valueCode(type, "false", value);
      return valueCode(
        type,
        "false",
        writer.variable(`${value} < 0 ? ${round(`(${value} + ${b}) % ${b}`)} : ${value}`),
      );
    });
  });
}

const FUNCTIONS = {
  "+": addDecimals,
  "-": subtractDecimals,
  "*": multiplyDecimals,
  "/": divideDecimals,
  "%": remainderOfDecimals,
  pmod: positiveRemainder,
} as const;

/** Arithmetic on decimals: straight on unscaled values where nothing can overflow, through functions elsewhere. */
export function emitDecimal(
  writer: CodeWriter,
  l: Code,
  r: Code,
  state: ArithmeticState,
  call: EmitCall,
): Code {
  const { operator, mode } = state;
  const left = l.type as DecimalType;
  const right = r.type as DecimalType;
  const isNull = anyNull(l.isNull, r.isNull);
  return guarded(writer, isNull, call.type, () => {
    const a = held(writer, valueOf(l));
    const b = held(writer, valueOf(r));
    if (operator === "div") return integralQuotient(writer, a, b, left, right, state, call);
    const type = call.type as DecimalType;
    const straight = straightText(operator, a, b, left, right, type);
    if (straight) return valueCode(type, "false", writer.variable(straight));
    const compute = (): Code => {
      const fn = writer.constant(FUNCTIONS[operator]);
      const value = writer.variable(
        `${fn}(${a}, ${left.scale}, ${b}, ${right.scale}, ${type.precision}, ${type.scale})`,
      );
      if (mode !== "ansi") return valueCode(type, `(${value} === undefined)`, value);
      const fails = writer.constant((x: bigint, y: bigint) => {
        throw decimalOutOfRange(
          exactText(operator, x, left.scale, y, right.scale),
          type.precision,
          type.scale,
          call.origin,
        );
      });
      writer.write(`if (${value} === undefined) ${fails}(${a}, ${b});`);
      return valueCode(type, "false", value);
    };
    return operator === "/" || operator === "%" || operator === "pmod"
      ? byNonZero(writer, b, "0n", state, call, compute)
      : compute();
  });
}

/** The text of an exact operation on unscaled values, where the result type has room for every result. */
function straightText(
  operator: ArithmeticState["operator"],
  a: string,
  b: string,
  left: DecimalType,
  right: DecimalType,
  type: DecimalType,
): string | undefined {
  if (operator === "*") {
    const exact =
      type.scale === left.scale + right.scale && type.precision >= left.precision + right.precision;
    return exact ? `${a} * ${b}` : undefined;
  }
  if (operator !== "+" && operator !== "-") return undefined;
  const scale = Math.max(left.scale, right.scale);
  const whole = Math.max(left.precision - left.scale, right.precision - right.scale);
  if (type.scale !== scale || type.precision < whole + scale + 1) return undefined;
  const scaled = (text: string, from: number): string =>
    from === scale ? text : `${text} * ${powerOfTen(scale - from)}n`;
  return `${scaled(a, left.scale)} ${operator} ${scaled(b, right.scale)}`;
}

function positiveRemainder(
  left: bigint,
  leftScale: number,
  right: bigint,
  rightScale: number,
  precision: number,
  scale: number,
): bigint | undefined {
  const common = Math.max(leftScale, rightScale);
  const divisor = rescale(right, rightScale, common);
  const rest = rescale(left, leftScale, common) % divisor;
  const positive = rest < 0n ? (rest + divisor) % divisor : rest;
  return changeDecimalPrecision(positive, common, precision, scale);
}

function integralQuotient(
  writer: CodeWriter,
  a: string,
  b: string,
  left: DecimalType,
  right: DecimalType,
  state: ArithmeticState,
  call: EmitCall,
): Code {
  return byNonZero(writer, b, "0n", state, call, () => {
    const fn = writer.constant(integralQuotientOfDecimals);
    const exact = writer.variable(`${fn}(${a}, ${left.scale}, ${b}, ${right.scale})`);
    const value = writer.variable(`BigInt.asIntN(64, ${exact})`);
    if (state.mode === "legacy") return valueCode(call.type, "false", value);
    return failing(writer, `${exact} !== ${value}`, value, state.mode, call.type, () =>
      arithmeticOverflow("Overflow in integral divide", "try_divide", call.origin),
    );
  });
}

/** The result before it was fitted to its type, as messages show it. */
function exactText(operator: string, a: bigint, aScale: number, b: bigint, bScale: number): string {
  const scale = Math.max(aScale, bScale);
  switch (operator) {
    case "+":
      return formatDecimal(rescale(a, aScale, scale) + rescale(b, bScale, scale), scale);
    case "-":
      return formatDecimal(rescale(a, aScale, scale) - rescale(b, bScale, scale), scale);
    case "*":
      return roundedText(a * b, aScale + bScale);
    case "/":
      return formatDecimal(divideHalfUp(a * powerOfTen(39 + bScale), b * powerOfTen(aScale)), 39);
    default:
      return formatDecimal(rescale(a, aScale, scale) % rescale(b, bScale, scale), scale);
  }
}

/** Products are kept to 39 digits. */
function roundedText(unscaled: bigint, scale: number): string {
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().length;
  const excess = digits - 39;
  if (excess <= 0) return formatDecimal(unscaled, scale);
  return formatDecimal(divideHalfUp(unscaled, powerOfTen(excess)), scale - excess);
}
