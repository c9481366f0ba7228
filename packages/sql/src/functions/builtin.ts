import { aggregateFunctions } from "./aggregate/index.js";
import { FunctionRegistry, builtinFunctions as scalarsAndGenerators } from "./registry.js";
import { windowFunctions } from "./window/index.js";

/** Every function that a session knows from the start. */
export function builtinRegistry(): FunctionRegistry {
  return new FunctionRegistry([...scalarsAndGenerators(), ...aggregateFunctions, ...windowFunctions]);
}
