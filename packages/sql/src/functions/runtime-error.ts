import { StreamError } from "@ss/core";
import { contextText } from "../expression/context-text.js";
import { queryContext } from "../expression/errors.js";
import type { Origin } from "../expression/expression.js";

const ANSI_CONFIG = '"spark.sql.ansi.enabled"';

/** An error of a value, found while a query runs. */
export function runtimeError(
  condition: string,
  sqlState: string,
  parameters: Readonly<Record<string, string>>,
  message: string,
  origin?: Origin | undefined,
): StreamError {
  const context = origin && { ...queryContext(origin)!, summary: contextText(origin) };
  return new StreamError({ condition, sqlState, parameters, message, queryContext: context });
}

/** The result of integer or interval arithmetic does not fit; `tryName` names the function that gives null instead. */
export function arithmeticOverflow(message: string, tryName: string, origin?: Origin): StreamError {
  const alternative = tryName === "" ? "" : ` Use '${tryName}' to tolerate overflow and return NULL instead.`;
  return runtimeError(
    "ARITHMETIC_OVERFLOW",
    "22003",
    { message, alternative, config: ANSI_CONFIG },
    `${message}.${alternative} Or set "spark.sql.ansi.enabled" to "false" to bypass this error.`,
    origin,
  );
}

/** A TINYINT or SMALLINT operation that overflows. */
export function binaryArithmeticOverflow(
  value1: string,
  symbol: string,
  value2: string,
  functionName: string,
  origin?: Origin,
): StreamError {
  return runtimeError(
    "BINARY_ARITHMETIC_OVERFLOW",
    "22003",
    { value1, symbol, value2, functionName: `\`${functionName}\`` },
    `${value1} ${symbol} ${value2} caused overflow. Use \`${functionName}\` to get NULL instead.`,
    origin,
  );
}

export function divideByZero(origin?: Origin): StreamError {
  return runtimeError(
    "DIVIDE_BY_ZERO",
    "22012",
    { config: ANSI_CONFIG },
    'Division by zero. Use `try_divide` to get NULL instead, or set "spark.sql.ansi.enabled" to "false".',
    origin,
  );
}

export function remainderByZero(origin?: Origin): StreamError {
  return runtimeError(
    "REMAINDER_BY_ZERO",
    "22012",
    { config: ANSI_CONFIG },
    'Remainder by zero. Use `try_mod` to get NULL instead, or set "spark.sql.ansi.enabled" to "false".',
    origin,
  );
}

export function intervalDividedByZero(origin?: Origin): StreamError {
  return runtimeError(
    "INTERVAL_DIVIDED_BY_ZERO",
    "22012",
    {},
    "Division by zero. Use `try_divide` to get NULL instead.",
    origin,
  );
}

/** Interval arithmetic that overflows; `tryName` names the function that gives null instead, if there is one. */
export function intervalOverflow(tryName = "", origin?: Origin): StreamError {
  if (tryName === "") {
    return runtimeError(
      "INTERVAL_ARITHMETIC_OVERFLOW.WITHOUT_SUGGESTION",
      "22015",
      {},
      "Integer overflow while operating with intervals. Try to devise appropriate values.",
      origin,
    );
  }
  return runtimeError(
    "INTERVAL_ARITHMETIC_OVERFLOW.WITH_SUGGESTION",
    "22015",
    { functionName: `\`${tryName}\`` },
    `Integer overflow while operating with intervals. Use \`${tryName}\` to get NULL instead.`,
    origin,
  );
}

/** A number that does not fit a decimal type. */
export function decimalOutOfRange(
  value: string,
  precision: number,
  scale: number,
  origin?: Origin,
): StreamError {
  return runtimeError(
    "NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION",
    "22003",
    { value, precision: String(precision), scale: String(scale), config: ANSI_CONFIG },
    `${value} cannot be represented as Decimal(${precision}, ${scale}). Set "spark.sql.ansi.enabled" to "false" to get NULL instead.`,
    origin,
  );
}

/** A text (or value) that is no value of a type. All but `expression` are SQL texts of types, unquoted. */
export function castInvalidInput(
  expression: string,
  sourceType: string,
  targetType: string,
  origin?: Origin,
): StreamError {
  return runtimeError(
    "CAST_INVALID_INPUT",
    "22018",
    { expression, sourceType: `"${sourceType}"`, targetType: `"${targetType}"`, ansiConfig: ANSI_CONFIG },
    `The value ${expression} of the type "${sourceType}" cannot be cast to "${targetType}" because it is malformed. Correct the value, or use \`try_cast\` to get NULL instead.`,
    origin,
  );
}

/** A number that is beyond the range of the type it is cast to. */
export function castOverflow(value: string, sourceType: string, targetType: string): StreamError {
  return runtimeError(
    "CAST_OVERFLOW",
    "22003",
    { value, sourceType: `"${sourceType}"`, targetType: `"${targetType}"`, ansiConfig: ANSI_CONFIG },
    `The value ${value} of the type "${sourceType}" cannot be cast to "${targetType}" due to an overflow. Use \`try_cast\` to get NULL instead.`,
  );
}

/** A parameter of a function with a value that it does not take. */
export function invalidParameter(
  subCondition: string,
  functionName: string,
  parameter: string,
  more: Readonly<Record<string, string>>,
  origin?: Origin,
): StreamError {
  const details = Object.entries(more).map(([name, value]) => `${name} ${value}`);
  return runtimeError(
    `INVALID_PARAMETER_VALUE.${subCondition}`,
    "22023",
    { functionName: `\`${functionName}\``, parameter: `\`${parameter}\``, ...more },
    `The value of parameter \`${parameter}\` of \`${functionName}\` is invalid: ${details.join(", ")}.`,
    origin,
  );
}
