import { mix } from "./hash-index.js";

export const PRIME_A: number = 0x9e3779b1 | 0;
export const PRIME_B: number = 0x85ebca77 | 0;

/** Keys of more words are looked up by a loop over them. */
const WIDEST = 16;

/** How the words of a key are looked at. */
export interface KeyShape {
  /** Words per key. */
  readonly width: number;
  /** Where the words of a time begin, which choose the bucket; -1 without one. */
  readonly timeAt: number;
  readonly timeWidth: number;
  /** Whether the tag of an entry of the index is the key's one word; else it is the hash. */
  readonly inline: boolean;
  /** Whether look-ups are written out for it. */
  readonly generated: boolean;
}

/** The shape of keys of `width` words; `time` says which of them are a time, if there are others. */
export function keyShape(width: number, time?: { readonly at: number; readonly width: number }): KeyShape {
  const generated = width > 0 && width <= WIDEST;
  const timed = generated && time !== undefined && time.width < width;
  return {
    width,
    timeAt: timed ? time.at : -1,
    timeWidth: timed ? time.width : 0,
    inline: width === 1,
    generated,
  };
}

/** Places of the words that are no time's. */
export function restOf({ width, timeAt, timeWidth }: KeyShape): number[] {
  return Array.from({ length: width }, (_, k) => k).filter(
    (k) => timeAt < 0 || k < timeAt || k >= timeAt + timeWidth,
  );
}

/** The hash of the time of a key; a constant without one. */
export function timeHash({ timeAt, timeWidth }: KeyShape, words: Int32Array, at: number): number {
  if (timeAt < 0) return PRIME_B;
  let hash = words[at + timeAt]!;
  if (timeWidth > 1) hash ^= Math.imul(words[at + timeAt + 1]!, PRIME_B);
  return mix(Math.imul(hash, PRIME_A));
}

/** Hashes keys: `(words, at, hash of the time)`. Two words at a time, as the second does not wait for the first. */
export type RestHash = (words: Int32Array, at: number, time: number) => number;

const hashes: Map<string, RestHash> = new Map();

/** The hash of keys of a shape, given that of their time; written out where there are not too many words. */
export function restHash(shape: KeyShape): RestHash {
  const rest = restOf(shape);
  if (!shape.generated) return loopHash(Int32Array.from(rest));
  const name = rest.join(" ");
  let hash = hashes.get(name);
  if (hash === undefined) {
    const words = rest.map((k) => `words[at + ${k}]`);
    const text = `let h = time; ${restHashText(words)} return h;`;
    hash = new Function("words", "at", "time", text) as RestHash;
    hashes.set(name, hash);
  }
  return hash;
}

/** Statements that hash some words into `h`, which begins as the hash of the time. */
export function restHashText(words: readonly string[]): string {
  const steps: string[] = [];
  for (let k = 0; k < words.length; k += 2) {
    const pair = k + 1 < words.length ? `${words[k]} ^ Math.imul(${words[k + 1]}, ${PRIME_B})` : words[k];
    steps.push(`h = Math.imul(h ^ ${pair}, ${PRIME_A}); h = (h << 13) | (h >>> 19);`);
  }
  steps.push("h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);");
  steps.push("h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);");
  steps.push("h ^= h >>> 16;");
  return steps.join("\n      ");
}

function loopHash(rest: Int32Array): RestHash {
  return (words, at, time) => {
    let hash = time;
    let k = 0;
    for (; k + 1 < rest.length; k += 2) {
      hash = Math.imul(hash ^ words[at + rest[k]!]! ^ Math.imul(words[at + rest[k + 1]!]!, PRIME_B), PRIME_A);
      hash = (hash << 13) | (hash >>> 19);
    }
    if (k < rest.length) {
      hash = Math.imul(hash ^ words[at + rest[k]!]!, PRIME_A);
      hash = (hash << 13) | (hash >>> 19);
    }
    return mix(hash);
  };
}
