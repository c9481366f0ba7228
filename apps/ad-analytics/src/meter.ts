import { type BatchReport, positionAfter } from "./batch-report.js";
import { windowOf } from "./counts.js";
import { WINDOW_MS } from "./events.js";
import { Latencies } from "./latencies.js";
import type { Schedule } from "./schedule.js";
import type { SendTimes } from "./send-times.js";
import { eventAt } from "./topic.js";

/** Measures the stream by what it says of its batches. */
export class Meter {
  /** From the moment that an event is sent to the end of the batch that counted it. */
  readonly latencies: Latencies = new Latencies();
  /** From the moment that an event happens to that at which it is sent. */
  readonly delays: Latencies = new Latencies();
  private readonly schedule: Schedule;
  private readonly sent: SendTimes;
  /** When a batch last counted an event of a window. */
  private readonly lastUpdates = new Map<number, number>();
  private second = new Latencies();
  private rows = 0;
  private lag = 0;
  private position = 0;

  constructor(schedule: Schedule, sent: SendTimes) {
    this.schedule = schedule;
    this.sent = sent;
  }

  add(report: BatchReport): void {
    this.lag = report.lag;
    // what a killed batch had read is read again, and counts once
    this.rows += Math.max(0, positionAfter(report) - this.position);
    this.position = Math.max(this.position, positionAfter(report));
    for (const [partition, end] of report.to.entries())
      for (let offset = report.from[partition] ?? 0; offset < end; offset++)
        this.addEvent(eventAt(partition, offset), report.at);
  }

  private addEvent(id: number, at: number): void {
    if (!this.schedule.isLive(id)) return;
    const time = this.schedule.timeOf(id);
    const sentAt = this.sent.timeOf(id);
    this.delays.add(sentAt - time);
    this.latencies.add(at - sentAt);
    this.second.add(at - sentAt);
    this.lastUpdates.set(windowOf(time), at);
  }

  /** The events read since the last call, as a line for a person. */
  takeLine(seconds: number): string {
    const { second, rows, lag } = this;
    this.second = new Latencies();
    this.rows = 0;
    const line = `${pad(seconds.toFixed(0), 5)} s ${pad(thousands(rows), 10)} events ${pad(thousands(lag), 8)} behind`;
    return second.size === 0 ? line : `${line}   latency ${text(second, SHORT)}`;
  }

  /** Yahoo's measure: from the end of each window to its last update. Windows that events did not fill are left out. */
  afterWindows(): Latencies {
    const { backlog, events } = this.schedule;
    const first = this.schedule.timeOf(backlog);
    const last = this.schedule.timeOf(events - 1);
    const updates = new Latencies();
    for (const [window, at] of this.lastUpdates)
      if (window >= first - WINDOW_MS && window + WINDOW_MS <= last) updates.add(at - window - WINDOW_MS);
    return updates;
  }
}

const SHORT = { p50: 0.5, p99: 0.99 };
const LONG = { ...SHORT, max: 1 };

function text(latencies: Latencies, parts: Readonly<Record<string, number>>): string {
  return Object.entries(parts)
    .map(([name, part]) => `${name} ${thousands(latencies.quantile(part))} ms`)
    .join(", ");
}

/** `p50 21 ms, p99 48 ms, max 60 ms`. */
export const latencyText = (latencies: Latencies): string => text(latencies, LONG);

const pad = (text: string, width: number): string => text.padStart(width);

/** `1,234,567`. */
export const thousands = (number: number): string => number.toLocaleString("en-US");
