import type { DataType } from "@ss/core";
import type { Code, CodeWriter } from "../../expression/code.js";
import type { EmitCall } from "../../expression/function.js";
import { anyNull, guarded, held, present, valueCode, valueOf } from "../emit/parts.js";
import { literalText } from "../literal-text.js";
import {
  arithmeticOverflow,
  binaryArithmeticOverflow,
  divideByZero,
  remainderByZero,
} from "../runtime-error.js";
import { type ArithmeticState, TRY_NAMES } from "./arithmetic-state.js";

const WRAPS: Readonly<Record<string, (text: string) => string>> = {
  byte: (text) => `((${text}) << 24 >> 24)`,
  short: (text) => `((${text}) << 16 >> 16)`,
  integer: (text) => `((${text}) | 0)`,
};

/** `+`, `-`, `*`, `%` and `pmod` on TINYINT, SMALLINT and INT. */
export function emitSmall(
  writer: CodeWriter,
  l: Code,
  r: Code,
  state: ArithmeticState,
  call: EmitCall,
): Code {
  const { operator, mode } = state;
  const { type } = call;
  const isNull = anyNull(l.isNull, r.isNull);
  if (operator === "%" || operator === "pmod") return remainder(writer, l, r, state, call, "0");
  const wrap = WRAPS[type.kind]!;
  const exact = `${valueOf(l)} ${operator} ${valueOf(r)}`;
  if (mode === "legacy") {
    const text =
      operator === "*" && type.kind === "integer" ? `Math.imul(${valueOf(l)}, ${valueOf(r)})` : exact;
    return valueCode(type, isNull, held(writer, wrap(text)));
  }
  const sum = writer.variable(exact);
  const value = writer.variable(wrap(sum));
  if (mode === "try") return valueCode(type, anyNull(isNull, `(${sum} !== ${value})`), value);
  const fails = writer.constant((a: number, b: number) => {
    throw smallOverflow(a, b, state, call);
  });
  const guard = isNull === "false" ? "" : `!${isNull} && `;
  writer.write(`if (${guard}${sum} !== ${value}) ${fails}(${valueOf(l)}, ${valueOf(r)});`);
  return valueCode(type, isNull, value);
}

function smallOverflow(a: number, b: number, { operator }: ArithmeticState, call: EmitCall): Error {
  const tryName = TRY_NAMES[operator];
  if (call.type.kind === "integer") return arithmeticOverflow("overflow", tryName, call.origin);
  return binaryArithmeticOverflow(
    literalText(a, call.type),
    operator,
    literalText(b, call.type),
    tryName,
    call.origin,
  );
}

/** `+`, `-`, `*`, `%`, `pmod` and `div` on BIGINT. */
export function emitLong(writer: CodeWriter, l: Code, r: Code, state: ArithmeticState, call: EmitCall): Code {
  const { operator, mode } = state;
  if (operator === "%" || operator === "pmod") return remainder(writer, l, r, state, call, "0n");
  if (operator === "div") return quotient(writer, l, r, state, call);
  const isNull = anyNull(l.isNull, r.isNull);
  return guarded(writer, isNull, call.type, () => {
    const a = held(writer, valueOf(l));
    const b = held(writer, valueOf(r));
    const value = writer.variable(`BigInt.asIntN(64, ${a} ${operator} ${b})`);
    if (mode === "legacy") return valueCode(call.type, "false", value);
    const overflows = longOverflowTest(writer, operator as "+" | "-" | "*", a, b, value);
    return failing(writer, overflows, value, mode, call.type, () =>
      arithmeticOverflow("overflow", TRY_NAMES[operator], call.origin),
    );
  });
}

function longOverflowTest(
  writer: CodeWriter,
  operator: "+" | "-" | "*",
  a: string,
  b: string,
  value: string,
): string {
  switch (operator) {
    case "+":
      // both operands have the sign that the sum lacks
      return `((${a} ^ ${value}) & (${b} ^ ${value})) < 0n`;
    case "-":
      return `((${a} ^ ${b}) & (${a} ^ ${value})) < 0n`;
    case "*": {
      const small = `BigInt.asIntN(32, ${a}) === ${a} && BigInt.asIntN(32, ${b}) === ${b}`;
      return `!(${small}) && ${writer.constant(productOverflows)}(${a}, ${b})`;
    }
  }
}

function productOverflows(a: bigint, b: bigint): boolean {
  const product = a * b;
  return BigInt.asIntN(64, product) !== product;
}

/** A value that an error or null replaces where `test` holds. */
export function failing(
  writer: CodeWriter,
  test: string,
  value: string,
  mode: ArithmeticState["mode"],
  type: DataType,
  error: () => Error,
): Code {
  if (mode !== "ansi") return valueCode(type, writer.variable(test), value);
  const fails = writer.constant(() => {
    throw error();
  });
  writer.write(`if (${test}) ${fails}();`);
  return valueCode(type, "false", value);
}

function remainder(
  writer: CodeWriter,
  l: Code,
  r: Code,
  state: ArithmeticState,
  call: EmitCall,
  zero: "0" | "0n",
): Code {
  const { operator } = state;
  return guarded(writer, anyNull(l.isNull, r.isNull), call.type, () => {
    const a = held(writer, valueOf(l));
    const b = held(writer, valueOf(r));
    return byNonZero(writer, b, zero, state, call, () => {
      const rest = writer.variable(zero === "0" ? `${a} % ${b} | 0` : `${a} % ${b}`);
      const text = operator === "%" ? rest : positive(rest, b, zero, call.type);
      return valueCode(call.type, "false", held(writer, text));
    });
  });
}

/** The positive remainder: with a negative divisor it may still be negative, as in Spark. */
function positive(rest: string, divisor: string, zero: string, type: DataType): string {
  const sum = `${rest} + ${divisor}`;
  const wrapped = zero === "0n" ? `BigInt.asIntN(64, ${sum})` : WRAPS[type.kind]!(sum);
  return `(${rest} < ${zero} ? (${wrapped}) % ${divisor} : ${rest})`;
}

/** What `compute` gives where the divisor is not zero; else the error or null of a division by zero. */
export function byNonZero(
  writer: CodeWriter,
  divisor: string,
  zero: string,
  { operator, mode }: ArithmeticState,
  call: EmitCall,
  compute: () => Code,
): Code {
  if (/^\(?-?[1-9]\d*n?\)?$/.test(divisor)) return compute();
  if (mode === "ansi") {
    const error = operator === "%" || operator === "pmod" ? remainderByZero : divideByZero;
    const fails = writer.constant(() => {
      throw error(call.origin);
    });
    writer.write(`if (${divisor} === ${zero}) ${fails}();`);
    return compute();
  }
  const result = writer.declare(call.type);
  writer.when(`${divisor} !== ${zero}`, () => writer.assign(result, compute()));
  return result;
}

function quotient(writer: CodeWriter, l: Code, r: Code, state: ArithmeticState, call: EmitCall): Code {
  return guarded(writer, anyNull(l.isNull, r.isNull), call.type, () => {
    const a = held(writer, valueOf(present(l)));
    const b = held(writer, valueOf(present(r)));
    return byNonZero(writer, b, "0n", state, call, () => {
      const exact = writer.variable(`${a} / ${b}`);
      // only the smallest BIGINT by -1 leaves the range
      const value = writer.variable(`BigInt.asIntN(64, ${exact})`);
      if (state.mode === "legacy") return valueCode(call.type, "false", value);
      return failing(writer, `${exact} !== ${value}`, value, state.mode, call.type, () =>
        arithmeticOverflow("Overflow in integral divide", "try_divide", call.origin),
      );
    });
  });
}
