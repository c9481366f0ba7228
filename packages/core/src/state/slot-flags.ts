// flags of a slot of a family
export const LIVE = 1;
/** Put since the last commit. */
export const CHANGED = 2;
/** Not there at the last commit, so that its removal need not be recorded. */
export const NEW = 4;
/** What the image under way needs of it is put aside, or it had nothing. */
export const SETTLED = 8;
/** It was found to go, and is to be put in order. */
const GOING = 16;
/** A row that was asked for has its key; or several of them. */
const ASKED = 32;
const ASKED_AGAIN = 64;

/** From so many rows on, of not many more places, it pays to remove them in the order of their slots. */
const MANY_ROWS = 1 << 13;
const PLACES_SHARE = 32;

/** For each row the first one with the same slot; null where no two have one. Leaves the flags as they were. */
export function firstRows(flags: Uint8Array, slots: Int32Array, rowCount: number): Int32Array | null {
  let isAgain = false;
  for (let i = 0; i < rowCount; i++) {
    const before = flags[slots[i]!]!;
    if ((before & ASKED) === 0) flags[slots[i]!] = before | ASKED;
    else {
      flags[slots[i]!] = before | ASKED_AGAIN;
      isAgain = true;
    }
  }
  const firsts = isAgain ? new Int32Array(rowCount) : null;
  if (firsts !== null) {
    const known = new Map<number, number>();
    for (let i = 0; i < rowCount; i++) {
      const slot = slots[i]!;
      firsts[i] = (flags[slot]! & ASKED_AGAIN) === 0 ? i : (known.get(slot) ?? i);
      if (firsts[i] === i && (flags[slot]! & ASKED_AGAIN) !== 0) known.set(slot, i);
    }
  }
  for (let i = 0; i < rowCount; i++) flags[slots[i]!]! &= ~(ASKED | ASKED_AGAIN);
  return firsts;
}

/**
 * Many slots of those below `slotCount`, each once, in their order, so that what is done with them goes through the memory from one end to the other; few as
 * they are. Leaves the flags as they were.
 */
export function ascendingSlots(flags: Uint8Array, slots: Int32Array, slotCount: number): Int32Array {
  if (slots.length < MANY_ROWS || slots.length * PLACES_SHARE < slotCount) return slots;
  for (let k = 0; k < slots.length; k++) flags[slots[k]!]! |= GOING;
  let count = 0;
  for (let slot = 0; slot < slotCount; slot++) {
    if ((flags[slot]! & GOING) === 0) continue;
    flags[slot]! &= ~GOING;
    slots[count++] = slot;
  }
  return slots;
}
