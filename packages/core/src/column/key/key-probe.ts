import type { KeyChains } from "./key-chains.js";
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
 * The slots of the rows `from .. to)` of words, as `found` tells where keys are. Rows with new keys are put into `added`, behind the `count` that are there,
 * and counted: their slots are chosen, in `found`, and have their words; where there are nulls they are filled altogether, else the caller does the rest.
 */
type Probe<Found> = (
  found: Found,
  segments: readonly Int32Array[],
  words: Int32Array,
  from: number,
  to: number,
  slots: Int32Array,
  mode: number,
  added: Int32Array,
  count: number,
  host: ProbeHost,
) => number;

/** The look-up by the hash of a key. */
export type KeyProbe = Probe<KeyIndex>;

/**
 * The look-up by the code of a string. It stops when it has gone along more other keys with the same codes as its rows than `chains.allowance`, which it
 * takes them off: `chains.reached` is the row that it comes to next.
 */
export type ChainProbe = Probe<KeyChains>;

/**
 * Reads what the look-up of the rows `from .. to)` is going to read first, of all of them together: the processor waits for the memory of
 * many rows at once, where a look-up by itself waits for that of one row after the other. `near` has room for the rows; the result is of no use but that it
 * is one.
 */
export type KeyTouch = (
  index: KeyIndex,
  segments: readonly Int32Array[],
  words: Int32Array,
  from: number,
  to: number,
  slots: Int32Array,
  mode: number,
  near: Int32Array,
) => number;

const probes: Map<string, KeyProbe> = new Map();
const chainProbes: Map<string, ChainProbe> = new Map();
const touches: Map<string, KeyTouch> = new Map();

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

const PARAMETERS = ["index", "segments", "words", "from", "to", "slots", "mode"];

// The text holds nothing but numbers.
function compile(shape: KeyShape, nulls: boolean): KeyProbe {
  const { width, timeAt, timeWidth, inline } = shape;
  const all = Array.from({ length: width }, (_, k) => k);
  const times = all.filter((k) => timeAt >= 0 && k >= timeAt && k < timeAt + timeWidth);
  const timed = times.length > 0;
  const body = `
    const { free } = host;
    let last = -1;
    let known = false;
    let bucket = index.bucketOf(0);
    let { tables, partMask } = bucket;
    let t = ${PRIME_B};
    let ${all.map((k) => `p${k} = 0`).join(", ")};
    ${times.map((k) => `let q${k} = 0;`).join(" ")}
    for (let i = from, r = from * ${width}; i < to; i++, r += ${width}) {
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
  const parameters = [...PARAMETERS, "added", "count", "host"];
  return new Function(...parameters, body) as KeyProbe;
}

/** The look-up of keys of a shape by the code in one of their words, written out for it; without `nulls` no row and no slot has one. */
export function chainProbe({ width }: KeyShape, word: number, nulls: boolean): ChainProbe {
  const name = `${width} ${word} ${nulls}`;
  let probe = chainProbes.get(name);
  if (probe === undefined) {
    probe = compileChain(width, word, nulls);
    chainProbes.set(name, probe);
  }
  return probe;
}

function compileChain(width: number, word: number, nulls: boolean): ChainProbe {
  const all = Array.from({ length: width }, (_, k) => k);
  const body = `
    const { free } = host;
    const { heads, next, allowance } = chains;
    let last = -1;
    let steps = 0;
    let ${all.map((k) => `p${k} = 0`).join(", ")};
    for (let i = from, r = from * ${width}; i < to; i++, r += ${width}) {
      if (mode === ${ADD_MISSING} && slots[i] >= 0) continue;
      if (steps > allowance) {
        to = i;
        break;
      }
      const ${all.map((k) => `w${k} = words[r + ${k}]`).join(", ")};
      // rows that follow each other often have the same key
      if (last >= 0 && ${all.map((k) => `w${k} === p${k}`).join(" && ")}${nulls ? " && host.sameNulls(last, i)" : ""}) {
        slots[i] = last;
        continue;
      }
      // what the dictionary does not have is below all places
      const place = w${word} + 1;
      let slot = -1;
      let stored = place >>> 0 < heads.length ? heads[place] : 0;
      while (stored !== 0) {
        ${storedText(all, width, nulls)}
        stored = next[stored - 1];
        steps++;
      }
      if (slot < 0 && mode !== ${FIND}) {
        slot = free.length > 0 ? free.pop() : host.slotEnd++;
        next[slot] = heads[place];
        heads[place] = slot + 1;
        ${nulls ? "host.fill(slot, i);" : writeText(all, width)}
        added[count++] = i;
      }
      slots[i] = slot;
      last = slot;
      ${all.map((k) => `p${k} = w${k};`).join(" ")}
    }
    chains.reached = to;
    chains.allowance -= steps;
    return count;`;
  const parameters = ["chains", ...PARAMETERS.slice(1), "added", "count", "host"];
  return new Function(...parameters, body) as ChainProbe;
}

/** What reads ahead for the look-up of keys of a shape that have no nulls, written out for it. */
export function keyTouch(shape: KeyShape): KeyTouch {
  const { width, timeAt, timeWidth, inline } = shape;
  const name = `${width} ${timeAt} ${timeWidth} ${inline}`;
  let touch = touches.get(name);
  if (touch === undefined) {
    touch = compileTouch(shape);
    touches.set(name, touch);
  }
  return touch;
}

function compileTouch(shape: KeyShape): KeyTouch {
  const { width, timeAt, timeWidth, inline } = shape;
  const all = Array.from({ length: width }, (_, k) => k);
  const times = all.filter((k) => timeAt >= 0 && k >= timeAt && k < timeAt + timeWidth);
  const body = `
    let touched = 0;
    let count = 0;
    let known = false;
    let bucket = index.bucketOf(0);
    let { tables, partMask } = bucket;
    let t = ${PRIME_B};
    ${times.map((k) => `let q${k} = 0;`).join(" ")}
    for (let i = from, r = from * ${width}; i < to; i++, r += ${width}) {
      if (mode === ${ADD_MISSING} && slots[i] >= 0) continue;
      const ${all.map((k) => `w${k} = words[r + ${k}]`).join(", ")};
      ${times.length > 0 ? timeText(times) : ""}
      let h = t;
      ${restHashText(restOf(shape).map((k) => `w${k}`))}
      const table = tables[(h >>> 24) & partMask];
      const at = (h << 1) & (table.length - 1);
      ${inline ? "touched ^= table[at];" : "if (table[at + 1] === h && table[at] !== 0) near[count++] = table[at] - 1;"}
    }
    for (let k = 0; k < count; k++) {
      touched ^= segments[near[k] >> ${SEGMENT_SHIFT}][(near[k] & ${SEGMENT_MASK}) * ${width}];
    }
    return touched;`;
  return new Function(...PARAMETERS, "near", body) as KeyTouch;
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
