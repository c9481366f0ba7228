import type { FileEntry, FileSystem } from "@ss/core";
import { baseName, childPath } from "./path.js";

const GLOB_CHARACTERS = /[*?[\]{}]/;

/** Whether a path is a pattern. */
export function isGlob(path: string): boolean {
  return GLOB_CHARACTERS.test(path);
}

/** A test for names: `*`, `?`, `[abc]`, `[a-z]`, `[^a]`, `{a,b}` and `\` before a character that stands for itself. */
export function globTest(pattern: string): (name: string) => boolean {
  const expression = new RegExp(`^${globSource(pattern)}$`, "su");
  return (name) => expression.test(name);
}

function globSource(pattern: string): string {
  let source = "";
  let braces = 0;
  for (let i = 0; i < pattern.length; i++) {
    const character = pattern[i]!;
    if (character === "\\" && i + 1 < pattern.length) source += escapeCharacter(pattern[++i]!);
    else if (character === "*") source += "[^/]*";
    else if (character === "?") source += "[^/]";
    else if (character === "[") {
      const end = classEnd(pattern, i);
      if (end < 0) throw new RangeError(`the pattern ${pattern} has a [ without its ]`);
      source += classSource(pattern.slice(i + 1, end));
      i = end;
    } else if (character === "{") {
      braces++;
      source += "(?:";
    } else if (character === "}" && braces > 0) {
      braces--;
      source += ")";
    } else if (character === "," && braces > 0) source += "|";
    else source += escapeCharacter(character);
  }
  if (braces > 0) throw new RangeError(`the pattern ${pattern} has a { without its }`);
  return source;
}

function escapeCharacter(character: string): string {
  return /[\\^$.*+?()[\]{}|/]/.test(character) ? `\\${character}` : character;
}

function classEnd(pattern: string, start: number): number {
  let i = start + 1;
  if (pattern[i] === "^" || pattern[i] === "!") i++;
  // a bracket in the first place belongs to the class
  for (let first = true; i < pattern.length; i++, first = false) {
    if (pattern[i] === "\\") i++;
    else if (pattern[i] === "]" && !first) return i;
  }
  return -1;
}

function classSource(content: string): string {
  const negated = content[0] === "^" || content[0] === "!";
  const body = (negated ? content.slice(1) : content).replace(
    /\\(.)|([[\]^])/g,
    (_, escaped, bare) => `\\${escaped ?? bare}`,
  );
  return `[${negated ? "^" : ""}${body}]`;
}

/** Patterns in which no braces hold a slash: `/a/{b/c,d}` becomes `/a/b/c` and `/a/d`. */
function expandSlashedBraces(pattern: string): string[] {
  for (let open = pattern.indexOf("{"); open >= 0; open = pattern.indexOf("{", open + 1)) {
    const close = matchingBrace(pattern, open);
    if (close < 0) break;
    const body = pattern.slice(open + 1, close);
    if (!body.includes("/")) continue;
    return splitAlternatives(body).flatMap((part) =>
      expandSlashedBraces(pattern.slice(0, open) + part + pattern.slice(close + 1)),
    );
  }
  return [pattern];
}

function matchingBrace(pattern: string, open: number): number {
  let depth = 0;
  for (let i = open; i < pattern.length; i++) {
    if (pattern[i] === "{") depth++;
    else if (pattern[i] === "}" && --depth === 0) return i;
  }
  return -1;
}

function splitAlternatives(body: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (let i = 0; i < body.length; i++) {
    if (body[i] === "{") depth++;
    else if (body[i] === "}") depth--;
    else if (body[i] === "," && depth === 0) {
      parts.push(body.slice(from, i));
      from = i + 1;
    }
  }
  parts.push(body.slice(from));
  return parts;
}

/**
 * The files and folders that a pattern names, sorted by path. A path that is no pattern names itself, if it is there. What `skip`
 * knows by its path is left out without being looked at.
 */
export async function expandGlob(
  fileSystem: FileSystem,
  pattern: string,
  skip?: (path: string) => boolean,
): Promise<FileEntry[]> {
  const found = new Map<string, FileEntry>();
  for (const single of expandSlashedBraces(pattern)) {
    for (const entry of await expandSingle(fileSystem, single, skip)) found.set(entry.path, entry);
  }
  return [...found.values()].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

async function expandSingle(
  fileSystem: FileSystem,
  pattern: string,
  skip: ((path: string) => boolean) | undefined,
): Promise<FileEntry[]> {
  const scheme = /^[A-Za-z][A-Za-z0-9+.-]*:\/\/[^/]*/.exec(pattern)?.[0] ?? "";
  const parts = pattern
    .slice(scheme.length)
    .split("/")
    .filter((part) => part !== "");
  const firstPattern = parts.findIndex(isGlob);
  const fixed = `${scheme}/${parts.slice(0, firstPattern < 0 ? parts.length : firstPattern).join("/")}`;
  if (firstPattern < 0) {
    const entry = await fileSystem.stat(fixed);
    return entry === null ? [] : [entry];
  }
  let folders = [fixed.length > scheme.length + 1 ? fixed : scheme || "/"];
  let matched: FileEntry[] = [];
  for (let level = firstPattern; level < parts.length; level++) {
    matched = await matchLevel(fileSystem, folders, parts[level]!, skip);
    folders = matched.filter((entry) => entry.isFolder).map((entry) => entry.path);
  }
  return matched;
}

async function matchLevel(
  fileSystem: FileSystem,
  folders: readonly string[],
  part: string,
  skip: ((path: string) => boolean) | undefined,
): Promise<FileEntry[]> {
  const matched: FileEntry[] = [];
  if (!isGlob(part)) {
    for (const folder of folders) {
      const entry = await fileSystem.stat(childPath(folder, part.replace(/\\(.)/g, "$1")));
      if (entry !== null) matched.push(entry);
    }
    return matched;
  }
  const matches = globTest(part);
  const isLeftOut = (path: string): boolean => !matches(baseName(path)) || skip?.(path) === true;
  for (const folder of folders) {
    for await (const entry of fileSystem.list(folder, { skip: isLeftOut })) {
      if (matches(baseName(entry.path))) matched.push(entry);
    }
  }
  return matched;
}
