import { aggregateFunctions } from "./aggregate/index.js";
import { builtinScalars, FunctionRegistry } from "./registry.js";
import { windowFunctions } from "./window/index.js";

/** Every function that a session knows from the start. */
export function builtinFunctions(): FunctionRegistry {
  return builtinScalars().with([...aggregateFunctions, ...windowFunctions]);
}
