import { type Json, type Offset, type ReadLimit, type Source, sameOffset } from "@ss/core";

/** Where a source stands in a sequence of streams. */
export interface SequencePlace {
  /** Whether the streams before it have ended. */
  readonly begins: () => boolean;
  /** Tells the streams behind it that it has ended; absent for those of the last one, which never do. */
  readonly ends?: () => void;
}

/**
 * A source of a sequential union. It waits until those before it have ended. One that has others behind it delivers what was there when its turn
 * came, then ends: its offset becomes `{"sequenceEnded": ...}`, which stands in the offset log, so that a later run does not begin it again.
 */
export function sequencedSource(inner: Source, place: SequencePlace): Source {
  const turn = new Turn(inner, place);
  const source: Source = {
    description: inner.description,
    schema: inner.schema,
    replayable: inner.replayable,
    readLimit: inner.readLimit,
    worker: inner.worker,
    open: (context) => inner.open(context),
    initialOffset: () => inner.initialOffset(),
    latestOffset: (start, limit) => turn.latestOffset(start, limit),
    plan: async (start, end) => {
      const [from, to] = [positionOf(start), positionOf(end)];
      return to === null || sameOffset(from, to) ? [] : inner.plan(from, to);
    },
    read: (partition, scan, signal) => inner.read(partition, scan, signal),
    commit: async (end) => {
      const position = positionOf(end);
      if (position !== null) await inner.commit(position);
    },
    close: () => inner.close(),
  };
  return {
    ...source,
    ...(inner.runModes && { runModes: inner.runModes }),
    ...(inner.onData && { onData: (wake: () => void) => inner.onData!(wake) }),
    ...(inner.pushdown && { pushdown: (predicate) => inner.pushdown!(predicate) }),
    ...(inner.reportLatestOffset && { reportLatestOffset: () => inner.reportLatestOffset!() }),
    ...(inner.metrics && { metrics: (consumed) => inner.metrics!(positionOf(consumed)) }),
    ...availableNow(inner, place),
  };
}

/** What ends by itself needs no end for the trigger availableNow. */
function availableNow(inner: Source, { ends }: SequencePlace): Pick<Source, "prepareForAvailableNow"> {
  if (ends !== undefined) return { prepareForAvailableNow: async () => {} };
  const { prepareForAvailableNow } = inner;
  return prepareForAvailableNow ? { prepareForAvailableNow: () => prepareForAvailableNow.call(inner) } : {};
}

/** How a source comes to its end. */
class Turn {
  private readonly inner: Source;
  private readonly place: SequencePlace;
  private isPinned = false;
  /** Where a source ends that cannot pin its end itself. */
  private pinned: Offset | null = null;

  constructor(inner: Source, place: SequencePlace) {
    this.inner = inner;
    this.place = place;
  }

  async latestOffset(start: Offset | null, limit: ReadLimit): Promise<Offset | null> {
    const { begins, ends } = this.place;
    if (isFinished(start)) ends?.();
    if (isFinished(start) || !begins()) return start;
    if (ends === undefined) return this.inner.latestOffset(start, limit);
    await this.pin(start);
    const end = this.inner.prepareForAvailableNow ? await this.inner.latestOffset(start, limit) : this.pinned;
    if (end !== null && !sameOffset(start, end)) return end;
    ends();
    return { sequenceEnded: start };
  }

  private async pin(start: Offset | null): Promise<void> {
    if (this.isPinned) return;
    this.isPinned = true;
    if (this.inner.prepareForAvailableNow) await this.inner.prepareForAvailableNow();
    else this.pinned = await this.inner.latestOffset(start, { kind: "allAvailable" });
  }
}

function isFinished(offset: Offset | null): offset is { readonly sequenceEnded: Json } {
  return offset !== null && typeof offset === "object" && "sequenceEnded" in offset;
}

function positionOf(offset: Offset | null): Offset | null {
  return isFinished(offset) ? offset.sequenceEnded : offset;
}
