/** What each batch of a long row took. */
export interface BatchCosts {
  readonly durationsMs: readonly number[];
  /** Processor time of the whole process from the batch before to this one. */
  readonly cpuMs: readonly number[];
  readonly isRight: boolean;
}

/** Takes processor time from batch to batch. */
export class CpuMeter {
  readonly cpuMs: number[] = [];
  private last = process.cpuUsage();

  /** Begins anew. */
  start(): void {
    this.cpuMs.length = 0;
    this.last = process.cpuUsage();
  }

  /** A batch is done. */
  batchDone(): void {
    const now = process.cpuUsage();
    this.cpuMs.push((now.user + now.system - this.last.user - this.last.system) / 1000);
    this.last = now;
  }
}
