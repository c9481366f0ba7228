import type { VariantReader } from "./variant-reader.js";

/** A way into a variant: keys, as UTF-8, and positions. */
export type VariantPath = readonly (Uint8Array | number)[];

const SEGMENT = /\[(\d+)\]|\.([^.[]+)|\['([^']+)'\]|\["([^"]+)"\]/y;

/** Reads `$`, `.name`, `['name']`, `["name"]` and `[0]`; undefined where a text is no path. */
export function parseVariantPath(text: string): VariantPath | undefined {
  if (text[0] !== "$") return undefined;
  const path: (Uint8Array | number)[] = [];
  const encoder = new TextEncoder();
  SEGMENT.lastIndex = 1;
  let at = 1;
  while (at < text.length) {
    SEGMENT.lastIndex = at;
    const match = SEGMENT.exec(text);
    if (match === null) return undefined;
    at = SEGMENT.lastIndex;
    const index = match[1];
    if (index === undefined) {
      path.push(encoder.encode(match[2] ?? match[3] ?? match[4]));
      continue;
    }
    if (Number(index) > 2147483647) return undefined;
    path.push(Number(index));
  }
  return path;
}

/** Position of what a path leads to in the variant that is open, -1 where it leads nowhere. */
export function followVariantPath(reader: VariantReader, path: VariantPath): number {
  let at = reader.root;
  for (const step of path) {
    const kind = reader.kindAt(at);
    if (typeof step === "number") at = kind === "array" ? reader.elementOf(at, step) : -1;
    else at = kind === "object" ? reader.fieldOf(at, step) : -1;
    if (at < 0) return -1;
  }
  return at;
}
