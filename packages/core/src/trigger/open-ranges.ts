import type { Clock } from "../clock/clock.js";
import type { OffsetRange } from "../query/stream-plan.js";
import { type Offset, sameOffset } from "../source/source.js";
import type { RunObserver } from "./run-environment.js";

/** What an open batch needs of the loop. */
export interface OpenBatch {
  readonly closeMs: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly observer: RunObserver;
  /** Waits for rows, for somebody who asks for progress, for the end of the query, or for so many milliseconds. */
  readonly wait: (ms: number) => Promise<void>;
}

/** The ranges of an open batch, each as soon as there are rows in it, until the batch is to be closed. */
export class OpenRanges {
  /** How far the sources were read. */
  position: readonly (Offset | null)[];
  private readonly batch: OpenBatch;
  private readonly latest: (starts: readonly (Offset | null)[]) => Promise<readonly (Offset | null)[]>;

  constructor(
    batch: OpenBatch,
    starts: readonly (Offset | null)[],
    latest: (starts: readonly (Offset | null)[]) => Promise<readonly (Offset | null)[]>,
  ) {
    this.batch = batch;
    this.position = starts;
    this.latest = latest;
  }

  /** `first` is where the first range ends; it comes also if it is empty, for what the plan does without rows. */
  async *from(first: readonly (Offset | null)[]): AsyncGenerator<readonly (OffsetRange | null)[]> {
    yield this.moveTo(first);
    for (let ends = await this.next(); ends !== null; ends = await this.next()) yield this.moveTo(ends);
  }

  private moveTo(ends: readonly (Offset | null)[]): readonly (OffsetRange | null)[] {
    const ranges = rangesBetween(this.position, ends);
    this.position = ends;
    return ranges;
  }

  /** Where the next range ends that has rows; null if the batch is over before. */
  private async next(): Promise<readonly (Offset | null)[] | null> {
    const { closeMs, clock, signal, observer, wait } = this.batch;
    for (;;) {
      signal.throwIfAborted();
      const restMs = closeMs - clock.now();
      if (restMs <= 0) return null;
      observer.triggerStarted();
      const ends = await this.latest(this.position);
      if (ends.some((end, k) => !sameOffset(end, this.position[k]!))) return ends;
      // all that was there when somebody asked has been handed over
      observer.triggerEnded(false);
      await wait(restMs);
    }
  }
}

/** One range per source; null where nothing is new. */
export function rangesBetween(
  starts: readonly (Offset | null)[],
  ends: readonly (Offset | null)[],
): (OffsetRange | null)[] {
  return ends.map((end, k) => {
    const start = starts[k]!;
    return end === null || sameOffset(start, end) ? null : { start, end };
  });
}
