import { BytesBuilder, StringType } from "@ss/core";
import { indexOfBytes, KernelArrays, type KernelExports, kernelAddress, kernels } from "@ss/kernels";

/** The kernel may load this many bytes behind a slice. */
const REACH_BYTES = 64;
const SMALLEST_CAPACITY = 4096;

/**
 * A column of texts that lie in bytes kept elsewhere: rows are views, nothing is copied. Never holds nulls.
 *
 * Where those bytes lie in the kernels' memory, so do the rows' spans, and a kernel writes them.
 */
export class SpanBuilder extends BytesBuilder {
  /** Where bytes and spans are in the kernels' memory; they are there only after `open` has said so. */
  dataAddress = -1;
  startsAddress = -1;
  lengthsAddress = -1;
  /** The kernel that writes spans. */
  splitSlice: KernelExports["splitSlice"] | undefined;
  private arrays: KernelArrays | undefined;
  private opened: Uint8Array | undefined;

  constructor() {
    super(StringType);
  }

  override isNull(): boolean {
    return false;
  }

  /** Makes room for `extra` more rows in `data`; says whether a kernel can write them. */
  open(data: Uint8Array, extra: number): boolean {
    if (data !== this.opened) this.find(data);
    const needed = this.length + extra;
    if (needed > this.starts.length || (this.dataAddress >= 0 && this.startsAddress < 0))
      this.growSpans(needed);
    return this.dataAddress >= 0 && this.startsAddress >= 0 && this.lengthsAddress >= 0;
  }

  private find(data: Uint8Array): void {
    this.opened = data;
    this.data = data;
    const address = kernelAddress(data);
    const isInside =
      address >= 0 && address + data.length + REACH_BYTES <= kernels().memory.current().byteLength;
    this.dataAddress = isInside ? address : -1;
    if (!isInside) return;
    this.splitSlice ??= kernels().exports.splitSlice;
    this.arrays ??= new KernelArrays();
  }

  private growSpans(needed: number): void {
    const capacity = Math.max(needed, this.starts.length * 2, SMALLEST_CAPACITY);
    this.starts = this.grown(this.starts, capacity);
    this.lengths = this.grown(this.lengths, capacity);
    this.startsAddress = kernelAddress(this.starts);
    this.lengthsAddress = kernelAddress(this.lengths);
  }

  private grown(old: Int32Array, capacity: number): Int32Array {
    const larger = this.arrays?.int32(capacity) ?? new Int32Array(capacity);
    larger.set(old.subarray(0, this.length));
    return larger;
  }
}

/** Appends the parts of a slice between bytes `separator`. */
export function splitAtByte(
  parts: SpanBuilder,
  data: Uint8Array,
  start: number,
  length: number,
  separator: number,
): void {
  const count = parts.length;
  // n bytes have at most n + 1 parts
  if (!parts.open(data, length + 1)) {
    parts.length = count + splitHere(parts, data, start, length, separator);
    return;
  }
  const { dataAddress, startsAddress, lengthsAddress } = parts;
  const at = 4 * count;
  parts.length =
    count + parts.splitSlice!(dataAddress, start, length, separator, startsAddress + at, lengthsAddress + at);
}

function splitHere(
  parts: SpanBuilder,
  data: Uint8Array,
  start: number,
  length: number,
  separator: number,
): number {
  const { starts, lengths } = parts;
  const end = start + length;
  const before = parts.length;
  let count = before;
  let from = start;
  for (let at = start; at < end; at++) {
    if (data[at] !== separator) continue;
    starts[count] = from;
    lengths[count++] = at - from;
    from = at + 1;
  }
  starts[count] = from;
  lengths[count++] = end - from;
  return count - before;
}

/** Appends the parts of a slice between occurrences of some bytes; with a positive limit at most that many. */
export function splitAtBytes(
  parts: SpanBuilder,
  data: Uint8Array,
  start: number,
  length: number,
  separator: Uint8Array,
  limit = -1,
): void {
  parts.open(data, length + 1);
  const { starts, lengths } = parts;
  const end = start + length;
  const last = limit > 0 ? parts.length + limit - 1 : Number.MAX_SAFE_INTEGER;
  let count = parts.length;
  let from = start;
  for (;;) {
    const at = count < last ? indexOfBytes(data, from, end, separator) : -1;
    starts[count] = from;
    lengths[count++] = (at < 0 ? end : at) - from;
    if (at < 0) break;
    from = at + separator.length;
  }
  parts.length = count;
}

/** Appends the parts of a slice between bytes of a set, or between runs of them if `repeated`; `limit` as above. */
export function splitAtSet(
  parts: SpanBuilder,
  data: Uint8Array,
  start: number,
  length: number,
  set: Uint8Array,
  repeated: boolean,
  limit: number,
): void {
  parts.open(data, length + 1);
  const { starts, lengths } = parts;
  const end = start + length;
  const last = limit > 0 ? parts.length + limit - 1 : Number.MAX_SAFE_INTEGER;
  let count = parts.length;
  let from = start;
  for (let at = start; at < end && count < last; ) {
    if (set[data[at]!] === 0) {
      at++;
      continue;
    }
    starts[count] = from;
    lengths[count++] = at - from;
    at++;
    if (repeated) while (at < end && set[data[at]!] === 1) at++;
    from = at;
  }
  starts[count] = from;
  lengths[count++] = end - from;
  parts.length = count;
}
