import { StringType, type Value } from "@ss/core";
import type { EvaluationContext, ScalarFunction } from "../../expression/function.js";
import { boxed } from "../define.js";
import { runtimeError } from "../runtime-error.js";
import { type ParsedUrl, parseUrl } from "./parse-url.js";

/** Functions of URLs. */
export const urlFunctions: readonly ScalarFunction[] = [
  parts("parse_url", false),
  parts("try_parse_url", true),
  boxed(
    ["url_encode"],
    [StringType],
    StringType,
    () => (text) =>
      encodeURIComponent(text as string)
        .replace(/[!'()~]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
        .replaceAll("%20", "+"),
  ),
  boxed(["url_decode"], [StringType], StringType, ({ origin }) => (text) => {
    const decoded = decode(text as string);
    if (decoded !== undefined) return decoded;
    throw runtimeError(
      "CANNOT_DECODE_URL",
      "22546",
      { url: text as string },
      `The URL ${text as string} cannot be decoded: use \`try_url_decode\` to get NULL instead.`,
      origin,
    );
  }),
  boxed(["try_url_decode"], [StringType], StringType, () => (text) => decode(text as string) ?? null, {
    nullable: true,
  }),
];

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return undefined;
  }
}

function parts(name: string, tries: boolean): ScalarFunction {
  return boxed([name], [StringType], StringType, (context) => evaluate(context, tries), {
    arity: [2, 3],
    nullable: true,
  });
}

function evaluate({ ansi, origin }: EvaluationContext, tries: boolean): (...values: Value[]) => Value {
  return (url, part, key) => {
    const parsed = parseUrl(url as string);
    if (!parsed) {
      if (tries || !ansi) return null;
      throw runtimeError(
        "INVALID_URL",
        "22P02",
        { url: url as string },
        `The url is invalid: ${url as string}. Use \`try_parse_url\` to get NULL instead.`,
        origin,
      );
    }
    if (key === undefined) return partOf(parsed, part as string);
    if (part !== "QUERY" || parsed.query === null) return null;
    const match = new RegExp(`(?:&|^)${escaped(key as string)}=([^&]*)`).exec(parsed.query);
    return match?.[1] ?? null;
  };
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}

function partOf(url: ParsedUrl, part: string): string | null {
  switch (part) {
    case "HOST":
      return url.host;
    case "PATH":
      return url.path;
    case "QUERY":
      return url.query;
    case "REF":
      return url.ref;
    case "PROTOCOL":
      return url.protocol;
    case "FILE":
      return url.query === null ? url.path : `${url.path}?${url.query}`;
    case "AUTHORITY":
      return url.authority;
    case "USERINFO":
      return url.userInfo;
    default:
      return null;
  }
}
