/** Which rows of a batch have something wrong in them. */
export class BadRows {
  /** 1 for a row with a fault. */
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

  mark(row: number, column: string): void {
    if (this.flags[row] === 1) return;
    this.flags[row] = 1;
    this.count++;
    if (this.firstRow < 0 || row < this.firstRow) {
      this.firstRow = row;
      this.firstColumn = column;
    }
  }
}
