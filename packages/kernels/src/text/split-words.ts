import { KIND_PLAIN } from "./field-kind.js";
import type { SpanList } from "./span-list.js";

/**
 * Splits each of `count` slices at every `separator` byte and appends the parts to `words`.
 *
 * `offsets[i]` to `offsets[i + 1]` are the parts of slice i. Empty parts count, also at the ends: `n` separators
 * give `n + 1` parts. A slice of negative length (null) has none.
 */
export function splitWords(
  bytes: Uint8Array,
  starts: Int32Array,
  lengths: Int32Array,
  count: number,
  separator: number,
  words: SpanList,
  offsets: Int32Array,
): void {
  for (let i = 0; i < count; i++) {
    offsets[i] = words.count;
    const length = lengths[i];
    if (length >= 0) splitOne(bytes, starts[i], starts[i] + length, separator, words);
  }
  offsets[count] = words.count;
}

function splitOne(bytes: Uint8Array, start: number, end: number, separator: number, words: SpanList): void {
  // A slice of n bytes has at most n + 1 parts, so one check makes room for all of them.
  words.ensureCapacity(words.count + (end - start) + 1);
  const { starts, lengths, kinds } = words;
  let index = words.count;
  let from = start;
  for (let position = start; position < end; position++) {
    if (bytes[position] !== separator) continue;
    starts[index] = from;
    lengths[index] = position - from;
    kinds[index++] = KIND_PLAIN;
    from = position + 1;
  }
  starts[index] = from;
  lengths[index] = end - from;
  kinds[index++] = KIND_PLAIN;
  words.count = index;
}
