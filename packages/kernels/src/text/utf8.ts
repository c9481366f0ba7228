import { kernelAddress, kernels } from "../wasm/kernel-module.js";
import type { ByteArena } from "./byte-arena.js";

/** The kernel may load this many bytes behind the end of its input. */
const REACH_BYTES = 16;
/** Shorter slices are looked at sooner than the kernel is called. */
const KERNEL_BYTES_MIN = 64;

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * Length of the well-formed UTF-8 sequence at `position`, at most `end - position`; 0 when there is none.
 *
 * Overlong forms, surrogates and code points beyond U+10FFFF are not well-formed.
 */
export function utf8SequenceLength(bytes: Uint8Array, position: number, end: number): number {
  const lead = bytes[position];
  if (lead < 0x80) return 1;
  if (lead < 0xc2 || lead > 0xf4) return 0;
  const size = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  if (position + size > end) return 0;
  const second = bytes[position + 1];
  if ((second & 0xc0) !== 0x80) return 0;
  if (size === 2) return 2;
  if ((bytes[position + 2] & 0xc0) !== 0x80) return 0;
  if (size === 3) return (lead === 0xe0 && second < 0xa0) || (lead === 0xed && second > 0x9f) ? 0 : 3;
  if ((bytes[position + 3] & 0xc0) !== 0x80) return 0;
  return (lead === 0xf0 && second < 0x90) || (lead === 0xf4 && second > 0x8f) ? 0 : 4;
}

/** Offset of the first byte that is not part of well-formed UTF-8, or `end`. */
export function findInvalidUtf8(bytes: Uint8Array, start: number, end: number): number {
  if (end - start >= KERNEL_BYTES_MIN) {
    const data = kernelAddress(bytes);
    if (data >= 0 && data + end + REACH_BYTES <= kernels().memory.current().byteLength)
      return (kernels().exports.invalidUtf8(data + start, data + end) >>> 0) - data;
  }
  return findInvalidScalar(bytes, start, end);
}

function findInvalidScalar(bytes: Uint8Array, start: number, end: number): number {
  let position = start;
  while (position < end) {
    if (bytes[position] < 0x80) {
      position++;
      continue;
    }
    const size = utf8SequenceLength(bytes, position, end);
    if (size === 0) return position;
    position += size;
  }
  return end;
}

/** Whether a slice is well-formed UTF-8. */
export function isValidUtf8(bytes: Uint8Array, start: number, length: number): boolean {
  return findInvalidUtf8(bytes, start, start + length) === start + length;
}

/** The first of `count` slices that is not well-formed UTF-8, or `count`; empty ones, and those of negative length, are. */
export function findInvalidUtf8Span(
  bytes: Uint8Array,
  starts: Int32Array,
  lengths: Int32Array,
  count: number,
): number {
  const data = kernelAddress(bytes);
  const startsAt = data < 0 ? -1 : kernelAddress(starts);
  const lengthsAt = data < 0 ? -1 : kernelAddress(lengths);
  if (
    startsAt >= 0 &&
    lengthsAt >= 0 &&
    data + bytes.length + REACH_BYTES <= kernels().memory.current().byteLength
  )
    return kernels().exports.firstInvalidUtf8(data, startsAt, lengthsAt, count);
  for (let i = 0; i < count; i++) {
    if (lengths[i] > 0 && !isValidUtf8(bytes, starts[i], lengths[i])) return i;
  }
  return count;
}

/** Decodes a slice to a JavaScript string; what is not UTF-8 becomes U+FFFD. */
export function decodeUtf8(bytes: Uint8Array, start: number, length: number): string {
  if (length > 24) return decoder.decode(bytes.subarray(start, start + length));
  let text = "";
  for (let i = start; i < start + length; i++) {
    const byte = bytes[i];
    if (byte >= 0x80) return decoder.decode(bytes.subarray(start, start + length));
    text += String.fromCharCode(byte);
  }
  return text;
}

/** Appends a slice to the arena with what is not UTF-8 replaced by U+FFFD, and returns the appended length. */
export function repairUtf8(bytes: Uint8Array, start: number, length: number, arena: ByteArena): number {
  return arena.appendString(decoder.decode(bytes.subarray(start, start + length)));
}

/** The offset behind a UTF-8 byte order mark at `start`, or `start` when there is none. */
export function skipByteOrderMark(bytes: Uint8Array, start: number, end: number): number {
  const marked =
    end - start >= 3 && bytes[start] === 0xef && bytes[start + 1] === 0xbb && bytes[start + 2] === 0xbf;
  return marked ? start + 3 : start;
}
