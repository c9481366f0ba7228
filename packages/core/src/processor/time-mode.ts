/** What time a {@link StatefulProcessor} works by. */
export const TimeMode: {
  /** No time: neither timers nor state that ends by itself. */
  readonly None: "NoTime";
  /** The time of batches: timers by the clock, and state that ends after a while. */
  readonly ProcessingTime: "ProcessingTime";
  /** The watermark: timers by event time, and rows that come behind it are dropped. */
  readonly EventTime: "EventTime";
} = {
  None: "NoTime",
  ProcessingTime: "ProcessingTime",
  EventTime: "EventTime",
};
/** What time a {@link StatefulProcessor} works by. */
export type TimeMode = (typeof TimeMode)[keyof typeof TimeMode];
