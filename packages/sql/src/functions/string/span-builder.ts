import { BytesBuilder, StringType } from "@ss/core";

/** A column of texts that lie in bytes kept elsewhere: rows are views, nothing is copied. Never holds nulls. */
export class SpanBuilder extends BytesBuilder {
  constructor() {
    super(StringType);
  }

  override isNull(): boolean {
    return false;
  }

  /** Makes room for `extra` more rows. */
  reserve(extra: number): void {
    const needed = this.length + extra;
    if (needed <= this.starts.length) return;
    const capacity = Math.max(needed, this.starts.length * 2);
    const starts = new Int32Array(capacity);
    starts.set(this.starts);
    this.starts = starts;
    const lengths = new Int32Array(capacity);
    lengths.set(this.lengths);
    this.lengths = lengths;
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
  // n bytes have at most n + 1 parts
  parts.reserve(length + 1);
  parts.data = data;
  const { starts, lengths } = parts;
  const end = start + length;
  let count = parts.length;
  let from = start;
  for (let at = start; at < end; at++) {
    if (data[at] !== separator) continue;
    starts[count] = from;
    lengths[count++] = at - from;
    from = at + 1;
  }
  starts[count] = from;
  lengths[count++] = end - from;
  parts.length = count;
}
