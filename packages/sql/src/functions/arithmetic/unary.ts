import { type DataType, DoubleType, type IntervalValue } from "@ss/core";
import type { Code, CodeWriter } from "../../expression/code.js";
import {
  NUMERIC_AND_ANSI_INTERVAL,
  NUMERIC_AND_INTERVAL,
  type TypeExpectation,
} from "../../expression/coercion/type-expectation.js";
import type { Expression } from "../../expression/expression.js";
import type { EmitCall, FunctionContext, Resolution, ScalarFunction } from "../../expression/function.js";
import { typeOf } from "../../expression/type-of.js";
import { isString } from "../../expression/type-predicates.js";
import { castInputs, coerced, scalar } from "../define.js";
import { emitBoxedCall } from "../emit/boxed-call.js";
import { guarded, held, valueCode, valueOf } from "../emit/parts.js";
import { literalText } from "../literal-text.js";
import { arithmeticOverflow, intervalOverflow } from "../runtime-error.js";

/** Unary `-` and `+`, and `abs`. */
export const unaryFunctions: readonly ScalarFunction[] = [
  unary(["negative"], NUMERIC_AND_INTERVAL, negated),
  unary(["positive"], NUMERIC_AND_INTERVAL, undefined),
  unary(["abs"], NUMERIC_AND_ANSI_INTERVAL, (value, zero) => `(${value} < ${zero} ? -${value} : ${value})`),
];

type Text = (value: string, zero: string) => string;

function negated(value: string): string {
  return `(-${value})`;
}

function unary(names: readonly string[], expected: TypeExpectation, text: Text | undefined): ScalarFunction {
  return scalar({
    names,
    arity: [1, 1],
    resolve: (args, context) => resolveUnary(args, expected, context),
    emit: (writer, args, call) => {
      const code = writer.expression(args[0]!);
      return text ? emitUnary(writer, code, call, text, names[0]!) : code;
    },
  });
}

function resolveUnary(
  args: readonly Expression[],
  expected: TypeExpectation,
  context: FunctionContext,
): Resolution {
  const arg = args[0]!;
  const cast = isString(typeOf(arg))
    ? [coerced(arg, DoubleType, context)]
    : castInputs(args, [expected], context);
  return { args: cast, type: typeOf(cast[0]!), state: context.ansi };
}

function emitUnary(writer: CodeWriter, code: Code, call: EmitCall, text: Text, name: string): Code {
  const { type } = call;
  const ansi = call.state as boolean;
  switch (type.kind) {
    case "float":
    case "double": {
      const value = held(writer, valueOf(code));
      return valueCode(type, code.isNull, name === "abs" ? `Math.abs(${value})` : text(value, "0"));
    }
    case "interval":
      return emitBoxedCall(writer, (value: IntervalValue) => negateCalendar(value, call), [code], type);
    case "decimal":
      return guarded(writer, code.isNull, type, () => {
        const value = held(writer, valueOf(code));
        return valueCode(type, "false", writer.variable(text(value, "0n")));
      });
    case "long":
    case "dayTimeInterval":
      return guarded(writer, code.isNull, type, () => {
        const value = held(writer, valueOf(code));
        const min = "(-9223372036854775808n)";
        checkSmallest(writer, value, min, ansi || type.kind !== "long", type, call, name);
        return valueCode(type, "false", writer.variable(`BigInt.asIntN(64, ${text(value, "0n")})`));
      });
    default:
      return guarded(writer, code.isNull, type, () => {
        const value = held(writer, valueOf(code));
        const bits = type.kind === "byte" ? 24 : type.kind === "short" ? 16 : 0;
        const min = `(${-(2 ** (31 - bits))})`;
        checkSmallest(writer, value, min, ansi || type.kind === "yearMonthInterval", type, call, name);
        const wrapped = `(${text(value, "0")} << ${bits} >> ${bits})`;
        return valueCode(type, "false", writer.variable(wrapped));
      });
  }
}

/** The smallest integer has no counterpart. */
function checkSmallest(
  writer: CodeWriter,
  value: string,
  min: string,
  checks: boolean,
  type: DataType,
  call: EmitCall,
  name: string,
): void {
  if (!checks) return;
  const fails = writer.constant((original: never) => {
    if (type.kind === "yearMonthInterval" || type.kind === "dayTimeInterval")
      throw intervalOverflow("", call.origin);
    const small = type.kind === "byte" || type.kind === "short";
    const message =
      small && name === "negative" ? `- ${literalText(original, type)} caused overflow` : "overflow";
    throw arithmeticOverflow(message, "", call.origin);
  });
  writer.write(`if (${value} === ${min}) ${fails}(${value});`);
}

function negateCalendar(value: IntervalValue, call: EmitCall): IntervalValue {
  if (value.months === -2147483648 || value.days === -2147483648 || value.micros === -9223372036854775808n) {
    throw intervalOverflow("", call.origin);
  }
  return { months: -value.months + 0, days: -value.days + 0, micros: -value.micros };
}
