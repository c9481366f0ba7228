import type { KeyIndex } from "./key-index.js";
import { SEGMENT_MASK, SEGMENT_SHIFT } from "./key-segments.js";
import { type KeyShape, PRIME_A, PRIME_B, restHashText, restOf } from "./key-shape.js";

/** Looks keys up and leaves -1 where one is not there. */
export const FIND = 0;
/** Looks keys up and adds those that are not there. */
export const FIND_OR_ADD = 1;
/** Looks at the rows alone whose slot is negative, and adds their keys. */
export const ADD_MISSING = 2;

/** What a look-up needs of the table around it. */
export interface ProbeHost {
  /** Slots of removed keys, and the first that was never used. */
  readonly free: number[];
  slotEnd: number;
  /** Fills the slot of the key of row `i` at once, where nulls are about. */
  fill(slot: number, i: number): void;
  /** Makes room for the words of a slot. */
  reserveSlot(slot: number): void;
  /** Whether the null bits of a slot are those of row `i`. */
  sameNulls(slot: number, i: number): boolean;
  /** A hash with the null bits of row `i`. */
  withNullsOf(hash: number, i: number): number;
}

/**
 * The slots of rows of words. Rows with new keys are put into `added` and counted: their slots are chosen, in the index, and have their
 * words; where there are nulls they are filled altogether, else the caller does the rest.
 */
export type KeyProbe = (
  index: KeyIndex,
  segments: readonly Int32Array[],
  words: Int32Array,
  rowCount: number,
  slots: Int32Array,
  mode: number,
  added: Int32Array,
  host: ProbeHost,
) => number;

const probes: Map<string, KeyProbe> = new Map();

/** The look-up of keys of a shape, written out for it; without `nulls` no row and no slot has one. */
export function keyProbe(shape: KeyShape, nulls: boolean): KeyProbe {
  const { width, timeAt, timeWidth, inline } = shape;
  const name = `${width} ${timeAt} ${timeWidth} ${inline} ${nulls}`;
  let probe = probes.get(name);
  if (probe === undefined) {
    probe = compile(shape, nulls);
    probes.set(name, probe);
  }
  return probe;
}

// The text holds nothing but numbers.
function compile(shape: KeyShape, nulls: boolean): KeyProbe {
  const { width, timeAt, timeWidth, inline } = shape;
  const all = Array.from({ length: width }, (_, k) => k);
  const times = all.filter((k) => timeAt >= 0 && k >= timeAt && k < timeAt + timeWidth);
  const timed = times.length > 0;
  const body = `
    const { free } = host;
    let count = 0;
    let last = -1;
    let known = false;
    let bucket = index.bucketOf(0);
    let { tables, partMask } = bucket;
    let t = ${PRIME_B};
    let ${all.map((k) => `p${k} = 0`).join(", ")};
    ${times.map((k) => `let q${k} = 0;`).join(" ")}
    for (let i = 0, r = 0; i < rowCount; i++, r += ${width}) {
      if (mode === ${ADD_MISSING} && slots[i] >= 0) continue;
      const ${all.map((k) => `w${k} = words[r + ${k}]`).join(", ")};
      // rows that follow each other often have the same key
      if (last >= 0 && ${all.map((k) => `w${k} === p${k}`).join(" && ")}${nulls ? " && host.sameNulls(last, i)" : ""}) {
        slots[i] = last;
        continue;
      }
      ${timed ? timeText(times) : ""}
      let h = t;
      ${restHashText(restOf(shape).map((k) => `w${k}`))}
      ${nulls && !inline ? "h = host.withNullsOf(h, i);" : ""}
      const part = (h >>> 24) & partMask;
      const table = tables[part];
      const mask = table.length - 1;
      let at = (h << 1) & mask;
      let slot = -1;
      for (;;) {
        const stored = table[at];
        if (stored === 0) break;
        if (table[at + 1] === ${inline ? "w0" : "h"}) {
          ${inline ? inlineText(nulls) : storedText(all, width, nulls)}
        }
        at = (at + 2) & mask;
      }
      if (slot < 0 && mode !== ${FIND}) {
        slot = free.length > 0 ? free.pop() : host.slotEnd++;
        if (bucket.room[part] > 0) {
          bucket.room[part]--;
          table[at] = slot + 1;
          table[at + 1] = ${inline ? "w0" : "h"};
        } else {
          index.insert(t, h, slot, words, r);
          bucket = index.bucketOf(t);
          ({ tables, partMask } = bucket);
        }
        ${nulls ? "host.fill(slot, i);" : writeText(all, width)}
        added[count++] = i;
      }
      slots[i] = slot;
      last = slot;
      ${all.map((k) => `p${k} = w${k};`).join(" ")}
    }
    return count;`;
  const parameters = ["index", "segments", "words", "rowCount", "slots", "mode", "added", "host"];
  return new Function(...parameters, body) as KeyProbe;
}

/** The bucket of a time; rows that follow each other mostly have the same. */
function timeText(times: readonly number[]): string {
  const [low, high] = times as [number, number | undefined];
  const word = high === undefined ? `w${low}` : `w${low} ^ Math.imul(w${high}, ${PRIME_B})`;
  return `
      if (!known || ${times.map((k) => `w${k} !== q${k}`).join(" || ")}) {
        known = true;
        ${times.map((k) => `q${k} = w${k};`).join(" ")}
        t = Math.imul(${word}, ${PRIME_A});
        t = Math.imul(t ^ (t >>> 16), 0x85ebca6b);
        t = Math.imul(t ^ (t >>> 13), 0xc2b2ae35);
        t ^= t >>> 16;
        bucket = index.bucketOf(t);
        ({ tables, partMask } = bucket);
      }`;
}

/** Writes the words of a new slot. */
function writeText(all: readonly number[], width: number): string {
  return `
        let own = segments[slot >> ${SEGMENT_SHIFT}];
        const to = (slot & ${SEGMENT_MASK}) * ${width};
        if (own === undefined || to >= own.length) {
          host.reserveSlot(slot);
          own = segments[slot >> ${SEGMENT_SHIFT}];
        }
        ${all.map((k) => `own[to + ${k}] = w${k};`).join(" ")}`;
}

function inlineText(nulls: boolean): string {
  return `${nulls ? "if (host.sameNulls(stored - 1, i)) " : ""}{ slot = stored - 1; break; }`;
}

function storedText(all: readonly number[], width: number, nulls: boolean): string {
  const same = all.map((k) => `entry[f + ${k}] === w${k}`);
  if (nulls) same.push("host.sameNulls(stored - 1, i)");
  return `const entry = segments[(stored - 1) >> ${SEGMENT_SHIFT}];
          const f = ((stored - 1) & ${SEGMENT_MASK}) * ${width};
          if (${same.join(" && ")}) { slot = stored - 1; break; }`;
}
