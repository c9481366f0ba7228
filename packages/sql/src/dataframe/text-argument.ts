import { StreamError } from "@ss/core";
import { valueText } from "../expression/value-text.js";

/** The places that a program passes to a method that reads; SS_INVALID_ARGUMENT for what names none. */
export function pathArguments(method: string, paths: readonly unknown[]): readonly string[] {
  for (const path of paths) {
    if (Array.isArray(path))
      throw notOf(method, "path", path, `a text; several paths go one by one: ${method}(...paths)`);
    checkPath(method, path);
  }
  return paths as readonly string[];
}

/** The place that a program may pass to a method that writes to one; SS_INVALID_ARGUMENT for what names none. */
export function pathArgument(method: string, path: unknown): string | undefined {
  if (path === undefined || path === null) return undefined;
  checkPath(method, path);
  return path as string;
}

/** What a program calls a format by; SS_INVALID_ARGUMENT for what is no name. */
export function formatArgument(name: unknown): string {
  if (typeof name === "string" && name !== "") return name;
  throw notOf("format", "name", name, "the name of a format");
}

/** An argument that is a text and not empty, such as a name; SS_INVALID_ARGUMENT for anything else. */
export function textArgument(method: string, argument: string, given: unknown): string {
  if (typeof given === "string" && given !== "") return given;
  throw notOf(method, argument, given, "a text");
}

/** An argument that is a function; SS_INVALID_ARGUMENT for anything else. */
export function functionArgument<F>(method: string, argument: string, given: F): F {
  if (typeof given === "function") return given;
  throw notOf(method, argument, given, "a function");
}

/** An argument that is an object with some fields or methods; SS_INVALID_ARGUMENT for anything else. */
export function objectArgument<T>(
  method: string,
  argument: string,
  given: T,
  expected: string,
  fields: readonly (keyof T & string)[] = [],
): T {
  const isObject = typeof given === "object" && given !== null;
  if (isObject && fields.every((name) => given[name] !== undefined)) return given;
  throw notOf(method, argument, given, expected);
}

function checkPath(method: string, path: unknown): void {
  if (typeof path !== "string" || path.trim() === "")
    throw notOf(method, "path", path, "a text that names a place");
}

function notOf(method: string, argument: string, given: unknown, expected: string): StreamError {
  const value = valueText(given);
  return new StreamError({
    condition: "SS_INVALID_ARGUMENT",
    sqlState: "22023",
    parameters: { method, argument, value, expected },
    message: `The argument ${argument} of ${method}(...) is ${value}, but it has to be ${expected}.`,
  });
}
