/** A regular expression that bytes are enough for: it matches the same text as the expression, and never an empty one. */
export type SplitPattern =
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  /** One byte of a set (1 at its place), or with `repeated` as many as there are. */
  | { readonly kind: "set"; readonly set: Uint8Array; readonly repeated: boolean };

interface Atom {
  readonly set: readonly number[] | undefined;
  readonly literal: string;
  /** How much of the pattern it takes. */
  readonly size: number;
}

const SPECIAL = ".$|()[{^?*+\\";
const SPACES: readonly number[] = [9, 10, 11, 12, 13, 32];
const ESCAPES: Readonly<Record<string, string>> = { t: "\t", n: "\n", r: "\r", f: "\f" };

/** Reads a pattern that is a plain text, maybe escaped, or one class of ASCII characters: `,`, `\|`, `::`, `\s+`, `[,;]`. */
export function splitPattern(pattern: string): SplitPattern | undefined {
  const first = readAtom(pattern, 0);
  if (first === undefined) return undefined;
  const repeated = pattern.length === first.size + 1 && pattern.endsWith("+");
  if (repeated || (first.set && pattern.length === first.size)) return setOf(first, repeated);
  const literal = literalText(pattern);
  return literal === undefined ? undefined : { kind: "bytes", bytes: new TextEncoder().encode(literal) };
}

function setOf({ set, literal }: Atom, repeated: boolean): SplitPattern | undefined {
  const members = set ?? [literal.charCodeAt(0)];
  if (members.some((member) => member >= 128)) return undefined;
  const bytes = new Uint8Array(256);
  for (const member of members) bytes[member] = 1;
  return { kind: "set", set: bytes, repeated };
}

function literalText(pattern: string): string | undefined {
  let text = "";
  for (let at = 0; at < pattern.length; ) {
    const atom = readAtom(pattern, at);
    if (atom === undefined || atom.set) return undefined;
    text += atom.literal;
    at += atom.size;
  }
  // a lone surrogate matches no bytes
  return /\p{Surrogate}/u.test(text) ? undefined : text;
}

/** What stands at a place of the pattern; undefined for all that is not simple. */
function readAtom(pattern: string, at: number): Atom | undefined {
  const character = pattern[at];
  if (character === undefined) return undefined;
  if (character === "[") return readClass(pattern, at);
  if (character === "\\") return readEscape(pattern, at);
  return SPECIAL.includes(character) ? undefined : { set: undefined, literal: character, size: 1 };
}

function readEscape(pattern: string, at: number): Atom | undefined {
  const character = pattern[at + 1];
  if (character === undefined) return undefined;
  if (character === "s") return { set: SPACES, literal: "", size: 2 };
  // an escaped letter or digit means something else than itself
  const literal = ESCAPES[character] ?? (/[A-Za-z0-9]/.test(character) ? undefined : character);
  return literal === undefined ? undefined : { set: undefined, literal, size: 2 };
}

function readClass(pattern: string, at: number): Atom | undefined {
  const set: number[] = [];
  let next = at + 1;
  while (next < pattern.length && pattern[next] !== "]") {
    const character = pattern[next]!;
    // ranges, intersections and classes within classes are for the full reader
    if ("[^-&".includes(character)) return undefined;
    const atom =
      character === "\\" ? readEscape(pattern, next) : { set: undefined, literal: character, size: 1 };
    if (atom === undefined) return undefined;
    set.push(...(atom.set ?? [atom.literal.charCodeAt(0)]));
    next += atom.size;
  }
  return next < pattern.length && set.length > 0 ? { set, literal: "", size: next + 1 - at } : undefined;
}
