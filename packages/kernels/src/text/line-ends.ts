const LF = 10;
const CR = 13;

/**
 * Where lines end: at `\n`, `\r\n` or `\r`, or at a byte sequence of the caller's.
 *
 * All methods look at `bytes` from `start` to `end` only. When more bytes follow later (`isLast` false), a `\r` at
 * the very end ends no line yet, because a `\n` that belongs to it may follow.
 */
export class LineEnds {
  /** The separator, or undefined for `\n`, `\r\n` and `\r`. */
  readonly separator: Uint8Array | undefined;

  constructor(separator?: Uint8Array) {
    if (separator !== undefined && separator.length === 0)
      throw new RangeError("the line separator is empty");
    this.separator = separator;
  }

  /** Offset of the first line end, or `end`. */
  find(bytes: Uint8Array, start: number, end: number): number {
    const separator = this.separator;
    if (separator === undefined) {
      let position = start;
      while (position < end) {
        const byte = bytes[position];
        if (byte <= CR && (byte === LF || byte === CR)) return position;
        position++;
      }
      return end;
    }
    const first = separator[0];
    const last = end - separator.length;
    for (let position = start; position <= last; position++) {
      if (bytes[position] === first && this.width(bytes, position, end) > 0) return position;
    }
    return end;
  }

  /** How many bytes the line end at `position` takes; 0 when there is none. */
  width(bytes: Uint8Array, position: number, end: number): number {
    if (position >= end) return 0;
    const separator = this.separator;
    if (separator === undefined) {
      const byte = bytes[position];
      if (byte === LF) return 1;
      if (byte !== CR) return 0;
      return position + 1 < end && bytes[position + 1] === LF ? 2 : 1;
    }
    if (position + separator.length > end) return 0;
    for (let i = 0; i < separator.length; i++) if (bytes[position + i] !== separator[i]) return 0;
    return separator.length;
  }

  /** Offset behind the last line that is certainly complete; with `isLast` everything is. */
  completeUntil(bytes: Uint8Array, start: number, end: number, isLast: boolean): number {
    if (isLast) return end;
    const separator = this.separator;
    if (separator === undefined) {
      for (let position = end - 1; position >= start; position--) {
        const byte = bytes[position];
        if (byte === LF || (byte === CR && position + 1 < end)) return position + 1;
      }
      return start;
    }
    if (separator.length === 1) {
      let position = end;
      while (position > start && bytes[position - 1] !== separator[0]) position--;
      return position;
    }
    // A longer separator may overlap itself, so only a scan from the start finds the true line ends.
    let complete = start;
    for (;;) {
      const next = this.find(bytes, complete, end);
      if (next === end) return complete;
      complete = next + separator.length;
    }
  }
}
