import type { Origin } from "../../expression/expression.js";
import { runtimeError } from "../runtime-error.js";

/** A part of a LIKE pattern. */
export type LikePart = { readonly text: string } | "any" | "one";

/** The parts of a LIKE pattern; texts between `%` and `_`. */
export function likeParts(pattern: string, escape: string, origin?: Origin): readonly LikePart[] {
  const parts: LikePart[] = [];
  let text = "";
  const flush = (): void => {
    if (text !== "") parts.push({ text });
    text = "";
  };
  const points = Array.from(pattern);
  for (let k = 0; k < points.length; k++) {
    const character = points[k]!;
    if (character === escape) {
      const next = points[++k];
      if (next === undefined) throw invalidFormat("ESC_AT_THE_END", pattern, {}, origin);
      if (next !== "_" && next !== "%" && next !== escape) {
        throw invalidFormat("ESC_IN_THE_MIDDLE", pattern, { char: `'${next}'` }, origin);
      }
      text += next;
    } else if (character === "%") {
      flush();
      if (parts[parts.length - 1] !== "any") parts.push("any");
    } else if (character === "_") {
      flush();
      parts.push("one");
    } else text += character;
  }
  flush();
  return parts;
}

function invalidFormat(
  sub: string,
  pattern: string,
  more: Readonly<Record<string, string>>,
  origin: Origin | undefined,
): Error {
  return runtimeError(
    `INVALID_FORMAT.${sub}`,
    "42601",
    { format: `'${pattern}'`, ...more },
    `The format is invalid: '${pattern}'. The escape character has to stand before '_', '%' or itself.`,
    origin,
  );
}

/** A LIKE pattern as a regular expression over whole texts. */
export function likeRegex(parts: readonly LikePart[], ignoreCase: boolean): RegExp {
  const source = parts
    .map((part) => {
      if (part === "any") return "[\\s\\S]*";
      if (part === "one") return "[\\s\\S]";
      return part.text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
    })
    .join("");
  return new RegExp(`^${source}$`, ignoreCase ? "iu" : "u");
}
