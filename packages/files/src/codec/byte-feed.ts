/** Bytes that come in pieces, looked at as one run: what is wanted lies together in `bytes[start .. end)`. */
export class ByteFeed {
  bytes: Uint8Array = new Uint8Array(0);
  start = 0;
  end = 0;
  private readonly pieces: AsyncIterator<Uint8Array>;
  private isDrained = false;

  constructor(pieces: AsyncIterable<Uint8Array>) {
    this.pieces = pieces[Symbol.asyncIterator]();
  }

  /** Bytes at hand. */
  get length(): number {
    return this.end - this.start;
  }

  /** Waits until `count` bytes are at hand; false where the input ends before. Room is made only for bytes that have come. */
  async ensure(count: number): Promise<boolean> {
    while (this.length < count && !this.isDrained) {
      const next = await this.pieces.next();
      if (next.done) this.isDrained = true;
      else this.append(next.value);
    }
    return this.length >= count;
  }

  /** Ends the input before its end. */
  async close(): Promise<void> {
    await this.pieces.return?.();
  }

  private append(piece: Uint8Array): void {
    const needed = this.length + piece.length;
    if (this.end + piece.length > this.bytes.length) {
      const room = needed * 2 <= this.bytes.length ? this.bytes : new Uint8Array(needed * 2);
      room.set(this.bytes.subarray(this.start, this.end), 0);
      this.bytes = room;
      this.end -= this.start;
      this.start = 0;
    }
    this.bytes.set(piece, this.end);
    this.end += piece.length;
  }
}
