import { type DataType, type QueryContext, StreamError, sqlText } from "@ss/core";
import { expectationText, type TypeExpectation } from "./coercion/type-expectation.js";
import type { Expression, Origin } from "./expression.js";
import { prettyName } from "./expression-text.js";
import { typeOf } from "./type-of.js";

/** What the errors of a call need to know of it; a FunctionContext is one. */
export interface CallSite {
  /** The name as called. */
  readonly name: string;
  /** The call as SQL text. */
  readonly sql: string;
  readonly origin?: Origin | undefined;
}

/** A part of the query's text, as errors carry it. */
export function queryContext(origin: Origin | undefined): QueryContext | undefined {
  return (
    origin && {
      startIndex: origin.start,
      stopIndex: origin.stop,
      fragment: origin.text,
    }
  );
}

/** An error of analysis, with the part of the query that it is about. */
export function analysisError(
  condition: string,
  sqlState: string | undefined,
  message: string,
  parameters: Readonly<Record<string, string>>,
  origin?: Origin | undefined,
): StreamError {
  return new StreamError({ condition, sqlState, message, parameters, queryContext: queryContext(origin) });
}

/** A type as messages show it: `"ARRAY<INT>"`. */
export function quotedType(type: DataType): string {
  return `"${sqlText(type)}"`;
}

/** An expression as messages show it: `"(a + b)"`. */
export function sqlOf(e: Expression): string {
  return `"${prettyName(e)}"`;
}

/** A name as messages show it: `` `a`.`b` ``. */
export function quotedName(...parts: readonly string[]): string {
  return parts.map((part) => `\`${part.replaceAll("`", "``")}\``).join(".");
}

/** A number as a place: `first`, `second`, ... from index 0. */
export function ordinalWord(index: number): string {
  return ORDINALS[index] ?? `${index + 1}th`;
}

const ORDINALS: readonly string[] = [
  "first",
  "second",
  "third",
  "fourth",
  "fifth",
  "sixth",
  "seventh",
  "eighth",
  "ninth",
  "tenth",
];

/** DATATYPE_MISMATCH with one of its sub-conditions; `sqlExpr` is added. */
export function datatypeMismatch(
  site: CallSite,
  sub: string,
  message: string,
  parameters: Readonly<Record<string, string>> = {},
): StreamError {
  return analysisError(
    `DATATYPE_MISMATCH.${sub}`,
    "42K09",
    `Cannot resolve "${site.sql}" because its data types do not fit: ${message}`,
    { sqlExpr: `"${site.sql}"`, ...parameters },
    site.origin,
  );
}

/** The two sides of an operator have different types and meet in none. */
export function binaryOperatorDiffTypes(site: CallSite, left: DataType, right: DataType): StreamError {
  return datatypeMismatch(
    site,
    "BINARY_OP_DIFF_TYPES",
    `the left side is ${quotedType(left)} and the right side ${quotedType(right)}; cast one of them.`,
    { left: quotedType(left), right: quotedType(right) },
  );
}

/** The sides of an operator have one type, which it does not take. */
export function binaryOperatorWrongType(
  site: CallSite,
  expected: TypeExpectation,
  actual: DataType,
): StreamError {
  const inputType = expectationText(expected);
  return datatypeMismatch(
    site,
    "BINARY_OP_WRONG_TYPE",
    `the operator takes ${inputType}, not ${quotedType(actual)}.`,
    { inputType, actualDataType: quotedType(actual) },
  );
}

/** An argument has a type that its parameter does not take. `index` is its place from 0. */
export function unexpectedInputType(
  site: CallSite,
  index: number,
  expected: TypeExpectation,
  arg: Expression,
): StreamError {
  return unexpectedInputText(site, index, expectationText(expected), arg);
}

/** As {@link unexpectedInputType}, of a type as messages show it. */
export function unexpectedInputText(
  site: CallSite,
  index: number,
  requiredType: string,
  arg: Expression,
): StreamError {
  const inputType = quotedType(typeOf(arg));
  const paramIndex = ordinalWord(index);
  return datatypeMismatch(
    site,
    "UNEXPECTED_INPUT_TYPE",
    `the ${paramIndex} argument has to be of type ${requiredType}, but ${sqlOf(arg)} is ${inputType}.`,
    { paramIndex, requiredType, inputSql: sqlOf(arg), inputType },
  );
}

/** Arguments meet in no type. */
export function dataDiffTypes(
  site: CallSite,
  types: readonly DataType[],
  functionName: string = site.name,
): StreamError {
  const dataType = `(${types.map(quotedType).join(" or ")})`;
  return datatypeMismatch(
    site,
    "DATA_DIFF_TYPES",
    `the arguments of ${quotedName(functionName)} have to be of one type, but they are ${dataType}.`,
    { functionName: quotedName(functionName), dataType },
  );
}

/** Values of the type have no order. */
export function invalidOrderingType(site: CallSite, functionName: string, type: DataType): StreamError {
  return datatypeMismatch(
    site,
    "INVALID_ORDERING_TYPE",
    `${quotedName(functionName)} cannot order or compare values of type ${quotedType(type)}.`,
    { functionName: quotedName(functionName), dataType: quotedType(type) },
  );
}

/** INVALID_ORDERING_TYPE of a call that is known by its text and name. */
export function notOrderable(sql: string, functionName: string, type: DataType): StreamError {
  return invalidOrderingType({ sql, name: functionName }, functionName, type);
}

/** An argument has to be a constant. `inputName` stands as given. */
export function nonFoldableInput(
  site: CallSite,
  inputName: string,
  inputType: DataType | string,
  arg: Expression,
): StreamError {
  const type = typeof inputType === "string" ? inputType : quotedType(inputType);
  return datatypeMismatch(
    site,
    "NON_FOLDABLE_INPUT",
    `the argument ${inputName} has to be a constant of type ${type}.`,
    {
      inputName: quotedName(inputName),
      inputType: type,
      inputExpr: sqlOf(arg),
    },
  );
}

/** An argument must not be null. */
export function unexpectedNull(site: CallSite, exprName: string): StreamError {
  return datatypeMismatch(site, "UNEXPECTED_NULL", `${exprName} must not be null.`, { exprName });
}

/** A constant argument is outside of the values that are allowed. */
export function valueOutOfRange(
  site: CallSite,
  exprName: string,
  valueRange: string,
  currentValue: string,
): StreamError {
  return datatypeMismatch(
    site,
    "VALUE_OUT_OF_RANGE",
    `${quotedName(exprName)} has to be within ${valueRange}, but it is ${currentValue}.`,
    { exprName: quotedName(exprName), valueRange, currentValue },
  );
}

/** A cast that does not exist. `site.sql` is the cast value here. */
export function castWithoutSuggestion(site: CallSite, from: DataType, to: DataType): StreamError {
  return datatypeMismatch(
    site,
    "CAST_WITHOUT_SUGGESTION",
    `cannot cast ${quotedType(from)} to ${quotedType(to)}.`,
    {
      srcType: quotedType(from),
      targetType: quotedType(to),
    },
  );
}

/** A cast that exists without ANSI mode only. */
export function castWithConfSuggestion(site: CallSite, from: DataType, to: DataType): StreamError {
  return datatypeMismatch(
    site,
    "CAST_WITH_CONF_SUGGESTION",
    `cannot cast ${quotedType(from)} to ${quotedType(to)} with ANSI mode on; set "spark.sql.ansi.enabled" to 'false' to allow it.`,
    {
      srcType: quotedType(from),
      targetType: quotedType(to),
      config: '"spark.sql.ansi.enabled"',
      configVal: "'false'",
    },
  );
}

/** A call with too few or too many arguments. `expected` reads `2`, `[2, 3]` or `> 0`. */
export function wrongNumArgs(site: CallSite, expected: string, actual: number): StreamError {
  return analysisError(
    "WRONG_NUM_ARGS.WITHOUT_SUGGESTION",
    "42605",
    `${quotedName(site.name)} takes ${expected} parameters, but ${actual} were given.`,
    {
      functionName: quotedName(site.name),
      expectedNum: expected,
      actualNum: String(actual),
      docroot: "https://spark.apache.org/docs/latest",
    },
    site.origin,
  );
}
