/** Stretches of time that belong to keys: entry i is one of key `keyOf[i]`, in microseconds from `starts[i]` to `ends[i]`. */
export interface Stretches {
  readonly keyOf: Int32Array;
  readonly keyCount: number;
  readonly starts: BigInt64Array;
  readonly ends: BigInt64Array;
}

/** Sessions that some stretches make. */
export interface Sessions {
  readonly count: number;
  /** The entries by key and start; of equal ones the first stays first. */
  readonly order: Int32Array;
  /** Where in `order` each session begins, and after the last the number of entries. */
  readonly firsts: Int32Array;
  /** Per session when it ends: when the last of its entries does. (It starts with its first.) */
  readonly ends: BigInt64Array;
}

/** Joins the stretches of each key that touch or overlap. */
export function mergeSessions(stretches: Stretches): Sessions {
  const { keyOf, starts, ends } = stretches;
  const order = byKeyAndStart(stretches);
  const entryCount = order.length;
  const firsts = new Int32Array(entryCount + 1);
  const sessionEnds = new BigInt64Array(entryCount);
  const [startWords, endWords, lastWords] = [wordsOf(starts), wordsOf(ends), wordsOf(sessionEnds)];
  let count = 0;
  let key = -1;
  for (let place = 0; place < entryCount; place++) {
    const entry = order[place]!;
    const goesOn = keyOf[entry] === key && compare(startWords, entry, lastWords, count - 1) <= 0;
    if (!goesOn) {
      key = keyOf[entry]!;
      firsts[count++] = place;
    } else if (compare(endWords, entry, lastWords, count - 1) <= 0) continue;
    lastWords[2 * count - 2] = endWords[2 * entry]!;
    lastWords[2 * count - 1] = endWords[2 * entry + 1]!;
  }
  firsts[count] = entryCount;
  return { count, order, firsts: firsts.subarray(0, count + 1), ends: sessionEnds.subarray(0, count) };
}

/** Fewer entries of a key are sorted in place. */
const SHORT = 16;

function byKeyAndStart({ keyOf, keyCount, starts }: Stretches): Int32Array {
  const bounds = boundsOf(keyOf, keyCount);
  const order = groupedByKey(keyOf, bounds);
  const words = wordsOf(starts);
  for (let key = 0; key < keyCount; key++) {
    const from = bounds[key]!;
    const to = bounds[key + 1]!;
    if (to - from <= SHORT) insertionSort(order, words, from, to);
    else if (!isSorted(order, words, from, to)) {
      // typed arrays sort stably
      order.subarray(from, to).sort((a, b) => compare(words, a, words, b));
    }
  }
  return order;
}

/** Where the entries of each key stand when they are brought together, and after the last key the number of entries. */
export function boundsOf(keyOf: Int32Array, keyCount: number): Int32Array {
  const bounds = new Int32Array(keyCount + 1);
  for (let i = 0; i < keyOf.length; i++) bounds[keyOf[i]! + 1]!++;
  for (let key = 0; key < keyCount; key++) bounds[key + 1]! += bounds[key]!;
  return bounds;
}

/** The entries key by key, in their order. */
export function groupedByKey(keyOf: Int32Array, bounds: Int32Array): Int32Array {
  const next = bounds.slice();
  const order = new Int32Array(keyOf.length);
  for (let i = 0; i < keyOf.length; i++) order[next[keyOf[i]!]!++] = i;
  return order;
}

function insertionSort(order: Int32Array, words: Int32Array, from: number, to: number): void {
  for (let k = from + 1; k < to; k++) {
    const entry = order[k]!;
    let at = k;
    while (at > from && compare(words, order[at - 1]!, words, entry) > 0) {
      order[at] = order[at - 1]!;
      at--;
    }
    order[at] = entry;
  }
}

function isSorted(order: Int32Array, words: Int32Array, from: number, to: number): boolean {
  for (let k = from + 1; k < to; k++) if (compare(words, order[k - 1]!, words, order[k]!) > 0) return false;
  return true;
}

function wordsOf(times: BigInt64Array): Int32Array {
  return new Int32Array(times.buffer, times.byteOffset, 2 * times.length);
}

/** Compares 64-bit numbers by their halves, so that no bigint is made. */
function compare(a: Int32Array, i: number, b: Int32Array, j: number): number {
  const high = a[2 * i + 1]! - b[2 * j + 1]!;
  return high !== 0 ? high : (a[2 * i]! >>> 0) - (b[2 * j]! >>> 0);
}
