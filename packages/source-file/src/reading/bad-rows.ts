const PART = 1;
const WHOLE = 2;

/** Which rows of a batch have something wrong in them. */
export class BadRows {
  /** Not 0 for a row with a fault: a bit for a value that is none, another for one of which a part could not be read. */
  flags: Uint8Array = new Uint8Array(0);
  count = 0;
  /** The column of the first fault found in the batch, and its row; for messages. */
  firstColumn = "";
  firstRow = -1;

  /** Begins a batch of `rows` rows without faults. */
  reset(rows: number): void {
    if (this.flags.length < rows) this.flags = new Uint8Array(rows);
    else if (this.count > 0) this.flags.fill(0);
    this.count = 0;
    this.firstColumn = "";
    this.firstRow = -1;
  }

  /** `isPart` says that the value stands, with a null in the place of what could not be read. */
  mark(row: number, column: string, isPart = false): void {
    const known = this.flags[row]!;
    this.flags[row] = known | (isPart ? PART : WHOLE);
    if (known !== 0) return;
    this.count++;
    if (this.firstRow < 0 || row < this.firstRow) {
      this.firstRow = row;
      this.firstColumn = column;
    }
  }

  /** Whether one of the rows `from .. to)` has a value that is none. */
  hasWhole(from: number, to: number): boolean {
    for (let row = from; row < to; row++) if ((this.flags[row]! & WHOLE) !== 0) return true;
    return false;
  }

  /** Whether one of the rows `from .. to)` has a fault. */
  hasAny(from: number, to: number): boolean {
    for (let row = from; row < to; row++) if (this.flags[row] !== 0) return true;
    return false;
  }
}
