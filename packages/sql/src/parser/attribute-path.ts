import { StreamError } from "@ss/core";

/**
 * The parts of a column's name as programs write it: dots separate parts, backquotes keep a part together and a
 * backquote within them is doubled. This is no SQL: white space and signs belong to the names.
 */
export function parseAttributePath(path: string): string[] {
  const parts: string[] = [];
  let at = 0;
  while (true) {
    const end = path.charAt(at) === "`" ? quotedEnd(path, at) : plainEnd(path, at);
    const text = path.slice(at, end);
    parts.push(text.startsWith("`") ? text.slice(1, -1).replaceAll("``", "`") : text);
    if (end === path.length) return parts;
    if (path.charAt(end) !== "." || end === path.length - 1) throw invalid(path);
    at = end + 1;
  }
}

function quotedEnd(path: string, start: number): number {
  for (let at = start + 1; at < path.length; at++) {
    if (path.charAt(at) !== "`") continue;
    if (path.charAt(at + 1) !== "`") return at + 1;
    at++;
  }
  throw invalid(path);
}

function plainEnd(path: string, start: number): number {
  let end = start;
  while (end < path.length && path.charAt(end) !== ".") {
    if (path.charAt(end) === "`") throw invalid(path);
    end++;
  }
  // The empty name is a name, but not between dots.
  if (end === start && path !== "") throw invalid(path);
  return end;
}

function invalid(path: string): StreamError {
  return new StreamError({
    condition: "INVALID_ATTRIBUTE_NAME_SYNTAX",
    sqlState: "42601",
    parameters: { name: path },
    message: `The column name ${path} has unpaired backquotes or empty parts: write parts as a.\`b.c\`.`,
  });
}
