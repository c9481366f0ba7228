/** When the function of a group is called although the group has no new rows. */
export const GroupStateTimeout: {
  readonly NoTimeout: "NoTimeout";
  readonly ProcessingTimeTimeout: "ProcessingTimeTimeout";
  readonly EventTimeTimeout: "EventTimeTimeout";
} = {
  NoTimeout: "NoTimeout",
  ProcessingTimeTimeout: "ProcessingTimeTimeout",
  EventTimeTimeout: "EventTimeTimeout",
};
/** Never, after a time by the clock of the batches, or when the watermark has passed an event time. */
export type GroupStateTimeout = keyof typeof GroupStateTimeout;

/**
 * What `mapGroupsWithState` and `flatMapGroupsWithState` remember of a group between batches. Good for the call of the function that it
 * was given to, and not after it.
 *
 * The function is called for every group with rows in the batch, and then, with `hasTimedOut` and without rows, for every group whose timeout
 * has passed. A timeout holds until the next call for its group: a function that wants another one sets it each time.
 */
export interface GroupState<S> {
  /** Whether there is a state. */
  readonly exists: boolean;
  /** The state; fails where there is none. */
  get(): S;
  /** The state, or undefined. */
  getOption(): S | undefined;
  /** Sets the state; null is not one. */
  update(state: S): void;
  /** Forgets the group. */
  remove(): void;
  /** Whether the function is called since the timeout of the group has passed. */
  readonly hasTimedOut: boolean;
  /** With ProcessingTimeTimeout: lets the group time out so long after this batch, in milliseconds or as a text such as `"10 minutes"` (a month is 31 days). */
  setTimeoutDuration(duration: number | string): void;
  /**
   * With EventTimeTimeout: lets the group time out when the watermark has passed a time (milliseconds since 1970 or a Date), or that time and
   * a span such as `"10 minutes"` more, which cannot be negative. The time cannot be before the watermark.
   */
  setTimeoutTimestamp(timestamp: number | Date, additional?: string): void;
  /** When the batch began, in milliseconds since 1970; a batch that runs again after a crash has the same time. */
  getCurrentProcessingTimeMs(): number;
  /** The watermark in milliseconds since 1970; fails where the input has none. */
  getCurrentWatermarkMs(): number;
}
