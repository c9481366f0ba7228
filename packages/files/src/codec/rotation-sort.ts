/**
 * Sorts all rotations of a text, `text[0 .. n)`. Returns the last byte of each in their order, and the place of the text itself among
 * them: the transform of Burrows and Wheeler. It takes a time in proportion to the length, whatever repeats in the text.
 */
export function sortRotations(text: Uint8Array, n: number): { last: Uint8Array; origin: number } {
  // rotations of the least one stand in the order of its suffixes
  const shift = leastRotation(text, n);
  const rotated = new Int32Array(n);
  for (let i = 0; i < n; i++) rotated[i] = text[i + shift < n ? i + shift : i + shift - n]!;
  const order = suffixOrder(rotated, n, 255);
  const start = shift === 0 ? 0 : n - shift;
  const last = new Uint8Array(n);
  let origin = 0;
  for (let i = 0; i < n; i++) {
    const place = order[i]!;
    if (place === start) origin = i;
    last[i] = rotated[place === 0 ? n - 1 : place - 1]!;
  }
  return { last, origin };
}

/** Where the least rotation begins. */
function leastRotation(text: Uint8Array, n: number): number {
  let a = 0;
  let b = 1;
  let equal = 0;
  while (a < n && b < n && equal < n) {
    const left = text[a + equal < n ? a + equal : a + equal - n]!;
    const right = text[b + equal < n ? b + equal : b + equal - n]!;
    if (left === right) {
      equal++;
      continue;
    }
    if (left > right) a += equal + 1;
    else b += equal + 1;
    if (a === b) b++;
    equal = 0;
  }
  return Math.min(a, b);
}

/**
 * The places of all suffixes in their order, by induced sorting (Nong, Zhang and Chan, 2009): the suffixes that are less than both
 * neighbours are sorted first, as a text of their own, and give the order of all others.
 */
function suffixOrder(text: Int32Array, n: number, largest: number): Int32Array {
  const order = new Int32Array(n);
  if (n <= 1) return order;
  const isSmall = smallSuffixes(text, n);
  const isValley = (i: number): boolean => i > 0 && isSmall[i] === 1 && isSmall[i - 1] === 0;
  const buckets = new Buckets(text, n, largest);
  let count = 0;
  for (let i = 1; i < n; i++) if (isValley(i)) count++;
  const valleys = new Int32Array(count);
  for (let i = 1, k = 0; i < n; i++) if (isValley(i)) valleys[k++] = i;
  induce(text, n, isSmall, buckets, valleys, order);
  if (count > 1) {
    const sorted = sortValleys(text, n, valleys, order, isValley);
    induce(text, n, isSmall, buckets, sorted, order);
  }
  return order;
}

/** Marks the suffixes that are less than the one behind them. */
function smallSuffixes(text: Int32Array, n: number): Uint8Array {
  const isSmall = new Uint8Array(n);
  for (let i = n - 2; i >= 0; i--) {
    const here = text[i]!;
    const next = text[i + 1]!;
    isSmall[i] = here < next ? 1 : here > next ? 0 : isSmall[i + 1]!;
  }
  return isSmall;
}

/** Where the suffixes that begin with a symbol stand. */
class Buckets {
  /** The first place of each symbol, and one behind the last. */
  readonly starts: Int32Array;
  readonly next: Int32Array;

  constructor(text: Int32Array, n: number, largest: number) {
    this.starts = new Int32Array(largest + 2);
    this.next = new Int32Array(largest + 1);
    for (let i = 0; i < n; i++) this.starts[text[i]! + 1]!++;
    for (let symbol = 0; symbol <= largest; symbol++) this.starts[symbol + 1]! += this.starts[symbol]!;
  }

  toStarts(): Int32Array {
    this.next.set(this.starts.subarray(0, this.next.length));
    return this.next;
  }

  toEnds(): Int32Array {
    this.next.set(this.starts.subarray(1));
    return this.next;
  }
}

/** Puts all suffixes in order, given that of the valleys. */
function induce(
  text: Int32Array,
  n: number,
  isSmall: Uint8Array,
  buckets: Buckets,
  valleys: Int32Array,
  order: Int32Array,
): void {
  order.fill(-1);
  const ends = buckets.toEnds();
  for (let k = valleys.length - 1; k >= 0; k--) order[--ends[text[valleys[k]!]!]!] = valleys[k]!;
  const starts = buckets.toStarts();
  // the last suffix is followed by the end, which is less than anything
  order[starts[text[n - 1]!]!++] = n - 1;
  for (let i = 0; i < n; i++) {
    const before = order[i]! - 1;
    if (before >= 0 && isSmall[before] === 0) order[starts[text[before]!]!++] = before;
  }
  const lasts = buckets.toEnds();
  for (let i = n - 1; i >= 0; i--) {
    const before = order[i]! - 1;
    if (before >= 0 && isSmall[before] === 1) order[--lasts[text[before]!]!] = before;
  }
}

/** The valleys in the order of their suffixes. `order` has them sorted up to the next valley. */
function sortValleys(
  text: Int32Array,
  n: number,
  valleys: Int32Array,
  order: Int32Array,
  isValley: (i: number) => boolean,
): Int32Array {
  const count = valleys.length;
  const nameOf = new Int32Array(n);
  const following = new Int32Array(n);
  for (let k = 0; k < count; k++) following[valleys[k]!] = k + 1 < count ? valleys[k + 1]! : n;
  let name = -1;
  let previous = -1;
  for (let i = 0; i < n; i++) {
    const place = order[i]!;
    if (!isValley(place)) continue;
    if (previous < 0 || !isSameStretch(text, n, previous, place, following)) name++;
    nameOf[place] = name;
    previous = place;
  }
  const names = new Int32Array(count);
  for (let k = 0; k < count; k++) names[k] = nameOf[valleys[k]!]!;
  const sorted = new Int32Array(count);
  if (name + 1 === count) for (let k = 0; k < count; k++) sorted[names[k]!] = valleys[k]!;
  else {
    const inner = suffixOrder(names, count, name);
    for (let k = 0; k < count; k++) sorted[k] = valleys[inner[k]!]!;
  }
  return sorted;
}

/** Whether two stretches from a valley to the next are equal. */
function isSameStretch(text: Int32Array, n: number, a: number, b: number, following: Int32Array): boolean {
  const length = following[a]! - a;
  if (following[b]! - b !== length) return false;
  // the end is unlike every symbol
  if (a + length >= n || b + length >= n) return false;
  for (let k = 0; k <= length; k++) if (text[a + k] !== text[b + k]) return false;
  return true;
}
