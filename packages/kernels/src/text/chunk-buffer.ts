/**
 * Bytes on their way from a reader to a tokeniser: new bytes are added at the end, whole records are consumed
 * from the front, and the incomplete last record is carried over to the next round.
 *
 * The protocol: `writable(n)` gives room to read into, `commit(n)` says how much was read; tokenise `bytes` from
 * `start` to `end`; then `consume(position)`. `writable` may move the unconsumed bytes or replace `bytes`, so spans
 * of records must be used up before it is called.
 */
export class ChunkBuffer {
  /** The memory; the unconsumed bytes are those from `start` to `end`. */
  bytes: Uint8Array;
  /** Offset of the first unconsumed byte. */
  start = 0;
  /** Offset behind the last byte that was read. */
  end = 0;

  constructor(capacity: number = 1 << 20) {
    this.bytes = new Uint8Array(capacity);
  }

  /** Room for at least `size` bytes behind `end`. */
  writable(size: number): Uint8Array {
    if (this.bytes.length - this.end < size) this.makeRoom(size);
    return this.bytes.subarray(this.end);
  }

  /** Adds the first `count` bytes that were written into the room that `writable` gave. */
  commit(count: number): void {
    if (count < 0 || count > this.bytes.length - this.end)
      throw new RangeError(`cannot commit ${count} bytes`);
    this.end += count;
  }

  /** Copies bytes to the end. */
  append(source: Uint8Array): void {
    this.writable(source.length).set(source);
    this.end += source.length;
  }

  /** Gives up the bytes before `position`. */
  consume(position: number): void {
    if (position < this.start || position > this.end)
      throw new RangeError(`cannot consume up to ${position}`);
    this.start = position;
  }

  private makeRoom(size: number): void {
    const carried = this.end - this.start;
    if (carried + size > this.bytes.length) {
      const grown = new Uint8Array(Math.max(carried + size, this.bytes.length * 2));
      grown.set(this.bytes.subarray(this.start, this.end));
      this.bytes = grown;
    } else {
      this.bytes.copyWithin(0, this.start, this.end);
    }
    this.start = 0;
    this.end = carried;
  }
}
