import { WINDOW_MS } from "./events.js";

/** Events in a second of the time that the backlog is about. */
const BACKLOG_RATE = 10_000;

/**
 * When each event happens. The first ones, the backlog, are about a time that has passed; those after them happen while the stream runs,
 * at an even rate from the moment on that {@link Schedule.startLive} is given.
 */
export class Schedule {
  readonly backlog: number;
  readonly live: number;
  private readonly rate: number;
  private readonly backlogStartMs: number;
  private liveStartMs = Number.POSITIVE_INFINITY;

  constructor(
    sizes: { readonly backlog: number; readonly rate: number; readonly seconds: number },
    nowMs: number,
  ) {
    this.backlog = sizes.backlog;
    this.rate = sizes.rate;
    this.live = sizes.rate * sizes.seconds;
    const lengthMs = (sizes.backlog * 1000) / BACKLOG_RATE;
    this.backlogStartMs = Math.floor((nowMs - lengthMs) / WINDOW_MS - 1) * WINDOW_MS;
  }

  get events(): number {
    return this.backlog + this.live;
  }

  startLive(nowMs: number): void {
    this.liveStartMs = nowMs;
  }

  isLive(id: number): boolean {
    return id >= this.backlog;
  }

  /** The time of an event, in milliseconds. */
  timeOf(id: number): number {
    const time = this.isLive(id)
      ? this.liveStartMs + ((id - this.backlog) * 1000) / this.rate
      : this.backlogStartMs + (id * 1000) / BACKLOG_RATE;
    return Math.floor(time);
  }

  /** How many events, the backlog among them, have happened at a time. */
  happenedBy(nowMs: number): number {
    const live = Math.floor(((nowMs - this.liveStartMs) * this.rate) / 1000) + 1;
    return this.backlog + Math.max(0, Math.min(this.live, live));
  }
}
