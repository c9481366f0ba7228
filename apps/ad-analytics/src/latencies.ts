/** Times in whole milliseconds, counted, so that millions of them take no memory. */
export class Latencies {
  private readonly counts: number[] = [];
  private added = 0;

  add(ms: number): void {
    const slot = Math.max(0, Math.round(ms));
    while (this.counts.length <= slot) this.counts.push(0);
    this.counts[slot]!++;
    this.added++;
  }

  /** How many there are. */
  get size(): number {
    return this.added;
  }

  /** The time that a part of all, from 0 to 1, do not exceed. */
  quantile(part: number): number {
    const rank = Math.max(1, Math.ceil(part * this.added));
    let seen = 0;
    for (const [ms, count] of this.counts.entries()) {
      seen += count;
      if (seen >= rank) return ms;
    }
    return 0;
  }
}
