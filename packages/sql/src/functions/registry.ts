import type { ScalarFunction, SqlFunction } from "../expression/function.js";
import { arithmeticFunctions } from "./arithmetic/operators.js";
import { unaryFunctions } from "./arithmetic/unary.js";
import { bitwiseFunctions } from "./bitwise/bitwise.js";
import { castFunctions } from "./cast/cast-functions.js";
import { conditionalFunctions } from "./conditional/conditional.js";
import { constructorFunctions } from "./nested/constructors.js";
import { itemFunctions } from "./nested/get-item.js";
import { comparisonFunctions } from "./predicate/comparison.js";
import { inFunctions } from "./predicate/in-list.js";
import { logicalFunctions } from "./predicate/logical.js";
import { timeWindowFunctions } from "./window-time/time-windows.js";

/** Functions by name. Immutable: `with` gives a new registry. */
export class FunctionRegistry {
  readonly #functions: ReadonlyMap<string, SqlFunction>;

  constructor(functions: Iterable<SqlFunction>) {
    const byName = new Map<string, SqlFunction>();
    for (const fn of functions) for (const name of fn.names) byName.set(name, fn);
    this.#functions = byName;
  }

  /** The function of a name, which is in lower case. */
  lookup(name: string): SqlFunction | undefined {
    return this.#functions.get(name);
  }

  /** The names in alphabetical order, without those of internal functions. */
  names(): readonly string[] {
    return [...this.#functions.keys()].filter((name) => !name.startsWith("$")).sort();
  }

  /** A registry with more functions; they take the place of those of the same name. */
  with(functions: readonly SqlFunction[]): FunctionRegistry {
    return new FunctionRegistry([...new Set(this.#functions.values()), ...functions]);
  }
}

/** Every scalar function that is built in. */
export function scalarFunctions(): readonly ScalarFunction[] {
  return [
    ...arithmeticFunctions,
    ...unaryFunctions,
    ...bitwiseFunctions,
    ...castFunctions,
    ...comparisonFunctions,
    ...logicalFunctions,
    ...inFunctions,
    ...conditionalFunctions,
    ...constructorFunctions,
    ...itemFunctions,
    ...timeWindowFunctions,
  ];
}

/** The built-in scalar functions and generators. */
export function builtinFunctions(): readonly SqlFunction[] {
  return scalarFunctions();
}
