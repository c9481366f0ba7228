import { type OffsetStretch, ZoneTransitions } from "./zone-transitions.js";

/**
 * Within this many seconds after an offset change a local time may exist twice, or not at all; outside it the
 * remembered stretch answers alone. No change in history exceeds 26 hours.
 */
const CHANGE_MARGIN = 100000;

/**
 * A time zone: a fixed offset or a region of the tz database.
 *
 * Instances come from `timeZone(id)`, which gives one instance per id, so that the transitions that a region
 * looks up are looked up once. Times are epoch seconds; fractions never matter to a zone.
 */
export class TimeZone {
  /** The id as Spark prints it: `America/Los_Angeles`, `UTC`, `Z`, `+01:00`. */
  readonly id: string;
  /** Whether the offset is the same at all times. */
  readonly isFixed: boolean;
  /** Whether the zone is a bare offset (`Z`, `+01:00`), which has no name besides its id. */
  readonly isOffset: boolean;
  /** The id that `Intl` understands, for names; undefined for fixed offsets. */
  readonly region: string | undefined;

  readonly #transitions: ZoneTransitions | undefined;
  readonly #stretch: OffsetStretch;

  constructor(id: string, fixedOffset: number | undefined, region: string | undefined, isOffset: boolean) {
    this.id = id;
    this.isFixed = fixedOffset !== undefined;
    this.isOffset = isOffset;
    this.region = region;
    this.#transitions = region === undefined ? undefined : new ZoneTransitions(region);
    this.#stretch = this.isFixed
      ? { from: Number.NEGATIVE_INFINITY, until: Number.POSITIVE_INFINITY, offset: fixedOffset ?? 0 }
      : // Empty until the first question; the half keeps the fields doubles from the start.
        { from: 0.5, until: 0.5, offset: 0 };
  }

  /** The seconds east of UTC at an epoch second. */
  offsetAt(second: number): number {
    const stretch = this.#stretch;
    if (second >= stretch.from && second < stretch.until) return stretch.offset;
    (this.#transitions as ZoneTransitions).find(second, stretch);
    return stretch.offset;
  }

  /**
   * The epoch second of a local date-time, given as the epoch second it would be in UTC.
   *
   * A local time that a gap skips moves forward by the length of the gap; one that occurs twice is the earlier
   * of the two, unless `preferredOffset` names the other.
   */
  secondOfLocal(localSecond: number, preferredOffset: number = Number.NaN): number {
    const stretch = this.#stretch;
    const guess = localSecond - stretch.offset;
    if (guess - CHANGE_MARGIN >= stretch.from && guess + CHANGE_MARGIN < stretch.until) return guess;
    return this.#resolveLocal(localSecond, preferredOffset);
  }

  #resolveLocal(localSecond: number, preferredOffset: number): number {
    const preferred = localSecond - preferredOffset;
    if (preferred === preferred && this.offsetAt(preferred) === preferredOffset) return preferred;
    const before = this.offsetAt(localSecond - CHANGE_MARGIN);
    const early = localSecond - before;
    const offsetAtEarly = this.offsetAt(early);
    if (offsetAtEarly === before) return early;
    const late = localSecond - offsetAtEarly;
    // In a gap neither reading holds; the offset before it moves the time forward by the gap's length.
    return this.offsetAt(late) === offsetAtEarly ? late : early;
  }
}
