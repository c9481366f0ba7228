/** A validity bitmap that exists only when there is a null. */
export class ValidityBits {
  private buffer: Uint8Array = new Uint8Array(512);
  private rows = 0;
  /** The bitmap, or null while every row has a value. */
  bits: Uint8Array | null = null;

  reset(rows: number): void {
    this.rows = rows;
    this.bits = null;
  }

  /** Makes a row null. */
  clear(row: number): void {
    let bits = this.bits;
    if (bits === null) bits = this.allValid();
    bits[row >> 3]! &= ~(1 << (row & 7));
  }

  private allValid(): Uint8Array {
    const size = (this.rows + 7) >> 3;
    if (this.buffer.length < size) this.buffer = new Uint8Array(size);
    this.bits = this.buffer.fill(255, 0, size);
    return this.bits;
  }
}
