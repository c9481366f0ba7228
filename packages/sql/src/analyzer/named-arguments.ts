import { analysisError, quotedName } from "../expression/errors.js";
import type { Expression, UnresolvedCall } from "../expression/expression.js";
import type { SqlFunction } from "../expression/function.js";

/** The arguments of a call with named ones (`f(x, b => 1)`) by position. */
export function positionalArguments(e: UnresolvedCall, fn: SqlFunction): readonly Expression[] {
  const names = e.argNames ?? [];
  if (names.every((name) => name === undefined)) return e.args;
  const routineName = quotedName(...e.name);
  const { parameters } = fn;
  if (!parameters) {
    throw analysisError(
      "NAMED_PARAMETERS_NOT_SUPPORTED",
      "4274K",
      `The function ${routineName} takes no named arguments: give them by position.`,
      { functionName: routineName },
      e.origin,
    );
  }
  const values: (Expression | undefined)[] = [];
  e.args.forEach((arg, i) => {
    const name = names[i];
    const index = name === undefined ? i : indexOf(parameters, name, e);
    if (name === undefined && names.slice(0, i).some((earlier) => earlier !== undefined))
      throw positionalAfterNamed(e, i);
    if (values[index]) throw assignedTwice(e, parameters[index]!, names[index] === undefined && index < i);
    values[index] = arg;
  });
  return filled(values, parameters, fn, e);
}

function indexOf(parameters: readonly string[], name: string, e: UnresolvedCall): number {
  const index = parameters.findIndex((parameter) => parameter.toLowerCase() === name.toLowerCase());
  if (index >= 0) return index;
  const proposal = parameters.map((parameter) => quotedName(parameter)).join(" ");
  throw analysisError(
    "UNRECOGNIZED_PARAMETER_NAME",
    "4274K",
    `The function ${quotedName(...e.name)} has no parameter ${quotedName(name)}. Did you mean one of these? [${proposal}].`,
    { routineName: quotedName(...e.name), argumentName: quotedName(name), proposal },
    e.origin,
  );
}

function positionalAfterNamed(e: UnresolvedCall, index: number): Error {
  return analysisError(
    "UNEXPECTED_POSITIONAL_ARGUMENT",
    "4274K",
    `The call of ${quotedName(...e.name)} has a positional argument behind a named one.`,
    { routineName: quotedName(...e.name), parameterName: quotedName(e.argNames?.[index - 1] ?? "") },
    e.origin,
  );
}

function assignedTwice(e: UnresolvedCall, parameter: string, byPosition: boolean): Error {
  const sub = byPosition ? "BOTH_POSITIONAL_AND_NAMED" : "DOUBLE_NAMED_ARGUMENT_REFERENCE";
  const parameterName = quotedName(parameter);
  return analysisError(
    `DUPLICATE_ROUTINE_PARAMETER_ASSIGNMENT.${sub}`,
    "4274K",
    `The call of ${quotedName(...e.name)} gives the parameter ${parameterName} twice.`,
    { routineName: quotedName(...e.name), parameterName },
    e.origin,
  );
}

function filled(
  values: readonly (Expression | undefined)[],
  parameters: readonly string[],
  fn: SqlFunction,
  e: UnresolvedCall,
): readonly Expression[] {
  return Array.from({ length: values.length }, (_, i) => {
    const value = values[i] ?? fn.defaults?.[i];
    if (value) return value;
    throw analysisError(
      "REQUIRED_PARAMETER_NOT_FOUND",
      "4274K",
      `The call of ${quotedName(...e.name)} lacks the parameter ${quotedName(parameters[i]!)}.`,
      { routineName: quotedName(...e.name), parameterName: quotedName(parameters[i]!), index: String(i) },
      e.origin,
    );
  });
}
