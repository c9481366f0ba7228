import { StreamError } from "@ss/core";
import { valueText } from "../expression/value-text.js";
import { objectArgument, textArgument } from "./text-argument.js";

/** Options that name a place: what is no text would silently make a folder called `null` or `5`. */
const PATHS: ReadonlySet<string> = new Set(["path", "checkpointlocation"]);

/** Options of a reader or writer as a program sets them: later settings of a name, in whatever case, replace earlier ones. */
export function withOption(
  options: Readonly<Record<string, string>>,
  name: string,
  value: unknown,
): Readonly<Record<string, string>> {
  textArgument("option", "name", name);
  if (PATHS.has(name.toLowerCase()) && (typeof value !== "string" || value === "")) throw noPath(name, value);
  const others = Object.entries(options).filter(([key]) => key.toLowerCase() !== name.toLowerCase());
  return Object.fromEntries([...others, [name, String(value)]]);
}

/** Several options at once. */
export function withOptions(
  options: Readonly<Record<string, string>>,
  more: Readonly<Record<string, unknown>>,
): Readonly<Record<string, string>> {
  objectArgument("options", "values", more, "an object of names and values");
  return Object.entries(more).reduce((all, [name, value]) => withOption(all, name, value), options);
}

function noPath(name: string, value: unknown): StreamError {
  const text = valueText(value);
  return new StreamError({
    condition: "SS_INVALID_OPTION",
    sqlState: "22023",
    parameters: { option: name, value: text, expected: "a text that names a place" },
    message: `The option '${name}' is ${text}, but it has to be a text that names a place.`,
  });
}
