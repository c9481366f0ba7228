/** When events were sent, by runs of events that went together. */
export class SendTimes {
  private readonly ends: number[] = [];
  private readonly times: number[] = [];

  /** The events behind those of the call before, up to one that is not among them, go at a time. */
  add(endId: number, atMs: number): void {
    this.ends.push(endId);
    this.times.push(atMs);
  }

  /** When an event was sent. */
  timeOf(id: number): number {
    let low = 0;
    let high = this.ends.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.ends[middle]! > id) high = middle;
      else low = middle + 1;
    }
    return this.times[low] ?? Number.NaN;
  }
}
