import { type HashIndex, mix } from "./hash-index.js";
import { SEGMENT_MASK, SEGMENT_SHIFT } from "./key-segments.js";

const PRIME_A = 0x9e3779b1 | 0;
const PRIME_B = 0x85ebca77 | 0;
/** Keys of more words are looked up by a loop over them. */
const WIDEST = 16;

/** Adds row `i` and gives its slot. */
type AddRow = (i: number, hash: number) => number;

/** The slots of rows of words; where a key is not there, what `add` gives, or -1 without it. Null bits are not looked at. */
export type KeyProbe = (
  index: HashIndex,
  segments: readonly Int32Array[],
  words: Int32Array,
  rowCount: number,
  slots: Int32Array,
  add: AddRow | null,
) => void;

/** A hash of `width` words: two at a time, as the second does not wait for the first. */
export function hashWords(words: Int32Array, at: number, width: number): number {
  let hash = PRIME_B;
  let k = 0;
  for (; k + 1 < width; k += 2) {
    hash = Math.imul(hash ^ words[at + k]! ^ Math.imul(words[at + k + 1]!, PRIME_B), PRIME_A);
    hash = (hash << 13) | (hash >>> 19);
  }
  if (k < width) {
    hash = Math.imul(hash ^ words[at + k]!, PRIME_A);
    hash = (hash << 13) | (hash >>> 19);
  }
  return mix(hash);
}

const probes: (KeyProbe | undefined)[] = [];

/** The look-up of keys of `width` words, written out for that many; undefined where that is none or too many. */
export function keyProbe(width: number): KeyProbe | undefined {
  if (width === 0 || width > WIDEST) return undefined;
  probes[width] ??= compile(width);
  return probes[width];
}

// The text holds nothing but the number of words.
function compile(width: number): KeyProbe {
  const words = Array.from({ length: width }, (_, k) => k);
  const text = `
    let last = -1;
    let ${words.map((k) => `p${k} = 0`).join(", ")};
    for (let i = 0, r = 0; i < rowCount; i++, r += ${width}) {
      const ${words.map((k) => `w${k} = words[r + ${k}]`).join(", ")};
      // rows that follow each other often have the same key
      if (last >= 0 && ${words.map((k) => `w${k} === p${k}`).join(" && ")}) { slots[i] = last; continue; }
      let h = ${PRIME_B};
      ${hashText(width)}
      h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
      h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
      h ^= h >>> 16;
      const part = index.parts[(h >>> 24) & index.partMask];
      const mask = part.length - 1;
      let at = (h << 1) & mask;
      let slot = -1;
      for (;;) {
        const candidate = part[at + 1] - 1;
        if (candidate < 0) break;
        if (part[at] === h) {
          const entry = segments[candidate >> ${SEGMENT_SHIFT}];
          const e = (candidate & ${SEGMENT_MASK}) * ${width};
          if (${words.map((k) => `entry[e + ${k}] === w${k}`).join(" && ")}) { slot = candidate; break; }
        }
        at = (at + 2) & mask;
      }
      if (slot < 0 && add !== null) slot = add(i, h);
      slots[i] = slot;
      last = slot;
      ${words.map((k) => `p${k} = w${k};`).join(" ")}
    }`;
  return new Function("index", "segments", "words", "rowCount", "slots", "add", text) as KeyProbe;
}

function hashText(width: number): string {
  const steps: string[] = [];
  for (let k = 0; k < width; k += 2) {
    const pair = k + 1 < width ? `w${k} ^ Math.imul(w${k + 1}, ${PRIME_B})` : `w${k}`;
    steps.push(`h = Math.imul(h ^ ${pair}, ${PRIME_A}); h = (h << 13) | (h >>> 19);`);
  }
  return steps.join("\n      ");
}
