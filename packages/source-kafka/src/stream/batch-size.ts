/** Rows of a batch before anything is known. */
const FIRST_ROWS = 10_000;
/** A batch is at most so many times as large as the largest of late: what holds for small ones need not hold for large ones. */
const GROWTH = 2;
/** How much a batch counts beside the one after it. */
const DECAY = 0.8;
const LEAST_ROWS = 100;
const MOST_ROWS = 1e9;

/**
 * Chooses how many rows a batch takes so that it lasts about as long as it should.
 *
 * A batch costs something by itself and something for each row; both are estimated by least squares over the batches of late, older ones
 * counting less. Where a batch without any row lasts longer than half the time, as long again goes to rows, as smaller batches would cost
 * more than they bring.
 */
export class BatchSize {
  /** Rows that the next batch takes at most. */
  rows: number = FIRST_ROWS;
  private readonly targetMs: number;
  /** Decayed sums over batches: of 1, rows, times, rows squared, rows by time. */
  private count = 0;
  private sumRows = 0;
  private sumMs = 0;
  private sumRowsRows = 0;
  private sumRowsMs = 0;
  private largest = 0;

  constructor(targetMs: number) {
    this.targetMs = targetMs;
  }

  /** Takes over how long a batch lasted. */
  observe(rows: number, ms: number): void {
    if (rows <= 0) return;
    this.count = this.count * DECAY + 1;
    this.sumRows = this.sumRows * DECAY + rows;
    this.sumMs = this.sumMs * DECAY + ms;
    this.sumRowsRows = this.sumRowsRows * DECAY + rows * rows;
    this.sumRowsMs = this.sumRowsMs * DECAY + rows * ms;
    this.largest = Math.max(rows, this.largest * DECAY);
    this.rows = this.choose();
  }

  private choose(): number {
    const { batchMs, rowMs } = this.costs();
    const highest = Math.min(MOST_ROWS, Math.max(this.largest * GROWTH, LEAST_ROWS));
    const forRowsMs = Math.max(this.targetMs - batchMs, batchMs);
    const wanted = rowMs > 0 ? forRowsMs / rowMs : highest;
    return Math.round(Math.min(Math.max(wanted, LEAST_ROWS), highest));
  }

  /** What a batch, and each of its rows, costs. */
  private costs(): { readonly batchMs: number; readonly rowMs: number } {
    const { count, sumRows, sumMs, sumRowsRows, sumRowsMs } = this;
    const spread = count * sumRowsRows - sumRows * sumRows;
    // batches of one size do not tell the two apart
    const rowMs = spread > 1e-6 * sumRows * sumRows ? (count * sumRowsMs - sumRows * sumMs) / spread : 0;
    if (rowMs <= 0) return { batchMs: 0, rowMs: sumMs / sumRows };
    const batchMs = (sumMs - rowMs * sumRows) / count;
    return batchMs >= 0 ? { batchMs, rowMs } : { batchMs: 0, rowMs: sumMs / sumRows };
  }
}
