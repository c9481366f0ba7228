import type { OutputMode } from "../sink/sink.js";
import { handleMissing } from "./processor-errors.js";
import type { ExpiredTimerInfo, StatefulProcessorHandle, TimerValues } from "./processor-handle.js";
import type { TimeMode } from "./time-mode.js";

/**
 * A program over the rows of each key, with state variables and timers: what `transformWithState` runs.
 *
 * Order of calls: `init` once, when a query starts; then batch by batch `handleInputRows` for each key with rows and, after all of those,
 * `handleExpiredTimer` for each timer whose time has come, in the order of the times; `close` once, when the query ends. A batch that did not
 * end is run again from the state before it, perhaps by another instance: a processor remembers nothing but in its state variables.
 *
 * @example
 * ```ts
 * class Count extends StatefulProcessor<string, { user: string }, { user: string; count: number }> {
 *   private count!: ValueState<number>;
 *   override init(): void {
 *     this.count = this.getHandle().getValueState("count", "bigint");
 *   }
 *   override *handleInputRows(user: string, rows: Iterable<{ user: string }>) {
 *     const count = (this.count.get() ?? 0) + [...rows].length;
 *     this.count.update(count);
 *     yield { user, count };
 *   }
 * }
 * ```
 */
export abstract class StatefulProcessor<Key, Input, Output extends object> {
  private handle: StatefulProcessorHandle | undefined;

  /** State variables and timers; there from `init` to `close`. */
  getHandle(): StatefulProcessorHandle {
    if (this.handle === undefined) throw handleMissing();
    return this.handle;
  }

  /** For whoever runs the processor. */
  setHandle(handle: StatefulProcessorHandle | undefined): void {
    this.handle = handle;
  }

  /** Makes the state variables. */
  init(_outputMode: OutputMode, _timeMode: TimeMode): void {}

  /** Takes the rows that a key has in a batch. */
  abstract handleInputRows(key: Key, rows: Iterable<Input>, timerValues: TimerValues): Iterable<Output>;

  /** Called when the time of a timer has come; the timer is gone afterwards. */
  handleExpiredTimer(
    _key: Key,
    _timerValues: TimerValues,
    _expiredTimerInfo: ExpiredTimerInfo,
  ): Iterable<Output> {
    return [];
  }

  /** The end of the query. */
  close(): void {}
}

/** A processor whose state begins as a table says: its first batch calls `handleInitialState` for each of the table's rows first. */
export abstract class StatefulProcessorWithInitialState<
  Key,
  Input extends object,
  Output extends object,
  Initial extends object,
> extends StatefulProcessor<Key, Input, Output> {
  /** Takes a row of the initial state. */
  abstract handleInitialState(key: Key, initialState: Initial, timerValues: TimerValues): void;
}
