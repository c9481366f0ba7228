/**
 * The offset changes of a region, found by asking `Intl` and remembered page by page.
 *
 * A page covers 2^25 seconds (a little over a year). Offsets are sampled every 2^19 seconds (six days), which is
 * less than any two changes lie apart, and each difference is narrowed to the second by bisection. A page costs
 * some 0.3 ms once; programs touch few years, so nothing is resolved ahead of need.
 */

const PAGE_SECONDS = 33554432;
const SAMPLE_SECONDS = 524288;

/** Before this second every region keeps its local mean time. */
const FIRST_SECOND = -5368709120; // 1799-11-16, a page boundary
/** From this second on (2500-01-01) the calendar's 400-year cycle repeats the rules. */
const CYCLE_SECOND = 16725225600;
const CYCLE_SECONDS = 12622780800;

/** The stretch of time that has one offset, as last found by {@link ZoneTransitions.find}. */
export interface OffsetStretch {
  /** The first epoch second of the stretch, or of the page it was found in. */
  from: number;
  /** The first epoch second after it, or after the page. */
  until: number;
  /** Seconds east of UTC. */
  offset: number;
}

interface Page {
  /** Starts of the stretches, the page's own start first. */
  readonly starts: Float64Array;
  readonly offsets: Int32Array;
  readonly end: number;
}

/** The offsets of one region over all time. */
export class ZoneTransitions {
  readonly #format: Intl.DateTimeFormat;
  readonly #pages = new Map<number, Page>();

  constructor(timeZone: string) {
    this.#format = new Intl.DateTimeFormat("en-US", { timeZone, timeZoneName: "longOffset" });
  }

  /** Fills `stretch` with the offset that holds at an epoch second. */
  find(second: number, stretch: OffsetStretch): void {
    if (second < FIRST_SECOND) {
      stretch.from = Number.NEGATIVE_INFINITY;
      stretch.until = FIRST_SECOND;
      stretch.offset = this.#probe(FIRST_SECOND);
      return;
    }
    const cycles = second < CYCLE_SECOND ? 0 : Math.floor((second - CYCLE_SECOND) / CYCLE_SECONDS) + 1;
    const moved = cycles * CYCLE_SECONDS;
    const inCycle = second - moved;
    const page = this.#page(Math.floor(inCycle / PAGE_SECONDS));
    let i = page.starts.length - 1;
    while (i > 0 && (page.starts[i] as number) > inCycle) i--;
    stretch.from = (page.starts[i] as number) + moved;
    stretch.until = (i + 1 < page.starts.length ? (page.starts[i + 1] as number) : page.end) + moved;
    // A page at the seam of two cycles must not be remembered beyond it.
    if (cycles === 0 && stretch.until > CYCLE_SECOND) stretch.until = CYCLE_SECOND;
    if (cycles > 0) {
      stretch.from = Math.max(stretch.from, CYCLE_SECOND + (cycles - 1) * CYCLE_SECONDS);
      stretch.until = Math.min(stretch.until, CYCLE_SECOND + cycles * CYCLE_SECONDS);
    }
    stretch.offset = page.offsets[i] as number;
  }

  #page(number: number): Page {
    let page = this.#pages.get(number);
    if (page === undefined) {
      page = this.#readPage(number * PAGE_SECONDS);
      this.#pages.set(number, page);
    }
    return page;
  }

  #readPage(start: number): Page {
    const end = start + PAGE_SECONDS;
    const starts = [start];
    const offsets = [this.#probe(start)];
    for (let at = start; at < end; at += SAMPLE_SECONDS) {
      // The last sample of a page is the first second after it: a change there belongs to the next page.
      const last = offsets[offsets.length - 1] as number;
      const next = this.#probe(at + SAMPLE_SECONDS);
      if (next === last) continue;
      const change = this.#bisect(at, at + SAMPLE_SECONDS, last);
      if (change >= end) continue;
      starts.push(change);
      offsets.push(next);
    }
    return { starts: Float64Array.from(starts), offsets: Int32Array.from(offsets), end };
  }

  /** The first second in (low, high] whose offset is no longer `before`. */
  #bisect(low: number, high: number, before: number): number {
    let a = low;
    let b = high;
    while (b - a > 1) {
      const middle = Math.floor((a + b) / 2);
      if (this.#probe(middle) === before) a = middle;
      else b = middle;
    }
    return b;
  }

  #probe(second: number): number {
    const text = this.#format.format(second * 1000);
    return offsetOfLongName(text, text.lastIndexOf("GMT") + 3);
  }
}

/** Reads what follows "GMT": nothing, or `+HH:MM` with or without seconds. */
function offsetOfLongName(text: string, at: number): number {
  if (at >= text.length) return 0;
  const part = (from: number): number => Number(text.slice(from, from + 2));
  const seconds = part(at + 1) * 3600 + part(at + 4) * 60 + (text.length > at + 6 ? part(at + 7) : 0);
  return text.charCodeAt(at) === 43 ? seconds : -seconds;
}
