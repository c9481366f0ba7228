import { ArrayType, IntegerType, StringType } from "@ss/core";
import type { EvaluationContext, ScalarFunction } from "../../expression/function.js";
import { remembered } from "../datetime/patterns.js";
import { boxed } from "../define.js";
import { invalidParameter } from "../runtime-error.js";
import { isSimpleText, pointCount, slicePoints } from "./code-points.js";
import { regexCache } from "./java-regex.js";

const TEXT = StringType;
const INT = IntegerType;

/** Functions of regular expressions. */
export const regexpFunctions: readonly ScalarFunction[] = [
  boxed(
    ["regexp_extract"],
    [TEXT, TEXT, INT],
    TEXT,
    (context) => {
      const regex = regexCache("regexp_extract", "regexp", context.origin);
      const groups = groupCounts(regex);
      return (text, pattern, group = 1) => {
        const match = regex(pattern as string).once.exec(text as string);
        const groupCount = match === null ? groups(pattern as string) : match.length - 1;
        checkGroup(groupCount, group as number, "regexp_extract", context);
        return match?.[group as number] ?? "";
      };
    },
    { arity: [2, 3] },
  ),
  boxed(
    ["regexp_extract_all"],
    [TEXT, TEXT, INT],
    ArrayType(TEXT, false),
    (context) => {
      const regex = regexCache("regexp_extract_all", "regexp", context.origin);
      const groups = groupCounts(regex);
      return (text, pattern, group = 1) => {
        checkGroup(groups(pattern as string), group as number, "regexp_extract_all", context);
        return Array.from(
          (text as string).matchAll(regex(pattern as string).global),
          (match) => match[group as number] ?? "",
        );
      };
    },
    { arity: [2, 3] },
  ),
  boxed(
    ["regexp_replace"],
    [TEXT, TEXT, TEXT, INT],
    TEXT,
    (context) => {
      const regex = regexCache("regexp_replace", "regexp", context.origin);
      const replacers = remembered(replacer);
      return (text, pattern, replacement, position = 1) => {
        const from = (position as number) - 1;
        if (from < 0) return text!;
        const { global } = regex(pattern as string);
        const by = replacers(replacement as string) as string;
        if (from === 0) return (text as string).replace(global, by);
        if (from >= pointCount(text as string) && from > 0) return text!;
        const head = slicePoints(text as string, 0, from);
        const tail = (text as string).slice(head.length);
        return head + tail.replace(global, by);
      };
    },
    { arity: [3, 4] },
  ),
  boxed(["regexp_count"], [TEXT, TEXT], INT, ({ origin }) => {
    const regex = regexCache("regexp_count", "regexp", origin);
    return (text, pattern) => [...(text as string).matchAll(regex(pattern as string).global)].length;
  }),
  boxed(
    ["regexp_substr"],
    [TEXT, TEXT],
    TEXT,
    ({ origin }) => {
      const regex = regexCache("regexp_substr", "regexp", origin);
      return (text, pattern) => regex(pattern as string).once.exec(text as string)?.[0] || null;
    },
    { nullable: true },
  ),
  boxed(
    ["regexp_instr"],
    [TEXT, TEXT, INT],
    INT,
    ({ origin }) => {
      const regex = regexCache("regexp_instr", "regexp", origin);
      return (text, pattern) => {
        const match = regex(pattern as string).once.exec(text as string);
        if (!match) return 0;
        const before = (text as string).slice(0, match.index);
        return (isSimpleText(before) ? before.length : pointCount(before)) + 1;
      };
    },
    { arity: [2, 3] },
  ),
];

type Cache = ReturnType<typeof regexCache>;

/** How many groups patterns have. */
function groupCounts(regex: Cache): (pattern: string) => number {
  return remembered((pattern) => {
    const { source, flags } = regex(pattern).once;
    // a match of nothing has all groups
    return (new RegExp(`${source}|`, flags).exec("") ?? [0]).length - 1;
  });
}

function checkGroup(groupCount: number, group: number, name: string, { origin }: EvaluationContext): void {
  if (group >= 0 && group <= groupCount) return;
  throw invalidParameter(
    "REGEX_GROUP_INDEX",
    name,
    "idx",
    { groupCount: String(groupCount), groupIndex: String(group) },
    origin,
  );
}

type ReplacementPart = string | number | { readonly name: string };

type Replacer = (match: string, ...rest: unknown[]) => string;

/**
 * A Java replacement: `$1` and `${name}` stand for groups, and a backslash takes a sign's meaning away. One without groups is a text as
 * JavaScript has it.
 */
function replacer(replacement: string): string | Replacer {
  const parts = replacementParts(replacement);
  if (parts.every((part) => typeof part === "string")) return parts.join("").replaceAll("$", "$$$$");
  return (match, ...rest) => {
    const last = rest[rest.length - 1];
    const names = typeof last === "object" ? (last as Record<string, string>) : undefined;
    const groups = rest.slice(
      0,
      rest.findIndex((one) => typeof one === "number"),
    ) as (string | undefined)[];
    return parts.map((part) => resolvePart(part, match, groups, names)).join("");
  };
}

function replacementParts(replacement: string): readonly ReplacementPart[] {
  const parts: ReplacementPart[] = [];
  let at = 0;
  while (at < replacement.length) {
    const group = /^\$(?:(\d+)|\{(\w+)\})/.exec(replacement.slice(at));
    if (group) {
      parts.push(group[1] === undefined ? { name: group[2]! } : Number(group[1]));
      at += group[0].length;
    } else {
      if (replacement[at] === "\\" && at + 1 < replacement.length) at++;
      parts.push(replacement[at]!);
      at++;
    }
  }
  return parts;
}

function resolvePart(
  part: ReplacementPart,
  match: string,
  groups: readonly (string | undefined)[],
  names: Readonly<Record<string, string>> | undefined,
): string {
  if (typeof part === "string") return part;
  if (typeof part === "number") return part === 0 ? match : (groupText(part, groups) ?? "");
  return names?.[part.name] ?? "";
}

/** `$12` is group 12 where there is one, else group 1 and a 2. */
function groupText(number: number, groups: readonly (string | undefined)[]): string | undefined {
  if (number <= groups.length || number < 10) return groups[number - 1];
  const shorter = Math.trunc(number / 10);
  return `${groupText(shorter, groups) ?? ""}${number % 10}`;
}
