import {
  type ExpiredTimerInfo,
  KeptHandle,
  type ListRows,
  type MapRows,
  type OutputMode,
  type StatefulProcessor,
  StatefulProcessorWithInitialState,
  TimeMode,
  type TimerValues,
  type ValueRows,
} from "@ss/core";
import { MemoryStorage } from "./memory-storage.js";

/** What a {@link TwsTester} begins with. */
export interface TwsTesterOptions<Key, Input, Initial = object> {
  /** Rows of an initial state, for a processor that takes them. */
  readonly initialState?: readonly (readonly [key: Key, row: Initial])[];
  /** Default none. */
  readonly timeMode?: TimeMode;
  /** Default `append`. */
  readonly outputMode?: OutputMode;
  /** The event time of a row in milliseconds: with it rows at or behind the watermark are dropped, as on a stream. */
  readonly eventTime?: (row: Input) => number;
}

/**
 * Runs a processor of `transformWithState` without a stream: one key at a time, with times that the test sets. Checks of the handle, ends of
 * values and the order of timers are those of a query; types of values are not looked at.
 *
 * @example
 * ```ts
 * const tester = new TwsTester(new RunningCount());
 * expect(tester.test("ada", [{ user: "ada" }, { user: "ada" }])).toEqual([{ user: "ada", count: 2 }]);
 * expect(tester.peekValueState("count", "ada")).toBe(2);
 * ```
 */
export class TwsTester<Key, Input extends object, Output extends object> {
  private readonly processor: StatefulProcessor<Key, Input, Output>;
  private readonly timeMode: TimeMode;
  private readonly eventTime: ((row: Input) => number) | undefined;
  private readonly storage: MemoryStorage = new MemoryStorage();
  private readonly handle: KeptHandle;
  private watermarkMs = 0;

  constructor(processor: StatefulProcessor<Key, Input, Output>, options: TwsTesterOptions<Key, Input> = {}) {
    const { timeMode = TimeMode.None, outputMode = "append", initialState = [], eventTime } = options;
    this.processor = processor;
    this.timeMode = timeMode;
    this.eventTime = eventTime;
    this.handle = new KeptHandle(timeMode, this.storage);
    processor.setHandle(this.handle);
    processor.init(outputMode, timeMode);
    this.handle.state = "INITIALIZED";
    for (const [key, row] of initialState) this.begin(key, row);
  }

  /** Hands rows of a key to the processor, without those that are late, and gives what it gives out. */
  test(key: Key, rows: readonly Input[]): Output[] {
    const { eventTime, watermarkMs } = this;
    const onTime = eventTime ? rows.filter((row) => eventTime(row) > watermarkMs) : rows;
    if (onTime.length === 0) return [];
    if (this.handle.state !== "CLOSED") this.handle.state = "INITIALIZED";
    return this.storage.forKey(key, () => [...this.processor.handleInputRows(key, onTime, this.times)]);
  }

  /** Moves the clock on, and gives what the processor gives out for the timers whose time has come. */
  setProcessingTime(timeMs: number): Output[] {
    if (this.timeMode === TimeMode.EventTime) throw new Error("setProcessingTime asks for another TimeMode");
    if (timeMs <= this.storage.processingTimeMs) {
      throw new RangeError(`time goes on from ${this.storage.processingTimeMs}, not to ${timeMs}`);
    }
    this.storage.processingTimeMs = timeMs;
    return this.timeMode === TimeMode.None ? [] : this.fire(timeMs);
  }

  /** Moves the watermark on, and gives what the processor gives out for the timers whose time has come. */
  setWatermark(watermarkMs: number): Output[] {
    if (this.timeMode !== TimeMode.EventTime) throw new Error("setWatermark asks for TimeMode.EventTime");
    if (watermarkMs <= this.watermarkMs) {
      throw new RangeError(`the watermark goes on from ${this.watermarkMs}, not to ${watermarkMs}`);
    }
    this.watermarkMs = watermarkMs;
    return this.fire(watermarkMs);
  }

  /** The value that a key has, or undefined. What has ended is not there, here and in the lists and maps. */
  peekValueState<T = unknown>(name: string, key: Key): T | undefined {
    const kept = this.storage.forKey(key, () => this.value(name).get());
    return kept !== undefined && this.storage.isLive(kept) ? (kept.value as T) : undefined;
  }

  /** Sets the value of a key, which ends as if the processor had set it now; so for lists and maps. */
  updateValueState(name: string, key: Key, value: unknown): void {
    this.storage.forKey(key, () => this.value(name).put(value, this.storage.endOf(name)));
  }

  /** The values of a key's list. */
  peekListState<T = unknown>(name: string, key: Key): T[] {
    const all = this.storage.forKey(key, () => Array.from(this.list(name).get()));
    return all.filter(this.storage.isLive).map(({ value }) => value as T);
  }

  /** Replaces the list of a key. */
  updateListState(name: string, key: Key, values: readonly unknown[]): void {
    this.storage.forKey(key, () => this.list(name).replace(values, this.storage.endOf(name)));
  }

  /** The entries of a key's map. */
  peekMapState<K = unknown, V = unknown>(name: string, key: Key): Map<K, V> {
    const all = this.storage.forKey(key, () => Array.from(this.map(name).entries()));
    const live = all.filter(([, kept]) => this.storage.isLive(kept));
    return new Map(live.map(([entry, { value }]) => [entry as K, value as V]));
  }

  /** Replaces the map of a key. */
  updateMapState(name: string, key: Key, entries: ReadonlyMap<unknown, unknown>): void {
    this.storage.forKey(key, () => {
      this.map(name).clear();
      for (const [entry, value] of entries) this.map(name).put(entry, value, this.storage.endOf(name));
    });
  }

  /** Forgets what a variable has of a key. */
  deleteState(name: string, key: Key): void {
    this.storage.forKey(key, () => this.storage.forget(name));
  }

  /** The timers of a key, ascending. */
  peekTimers(key: Key): readonly number[] {
    return this.storage.forKey(key, () => this.storage.timers.list());
  }

  /** Ends the processor. */
  close(): void {
    this.processor.close();
    this.handle.state = "CLOSED";
    this.processor.setHandle(undefined);
  }

  private get times(): TimerValues {
    return {
      getCurrentProcessingTimeInMs: () => this.storage.processingTimeMs,
      getCurrentWatermarkInMs: () => this.watermarkMs,
    };
  }

  private begin(key: Key, row: object): void {
    const { processor } = this;
    if (!(processor instanceof StatefulProcessorWithInitialState)) {
      throw new Error("the processor takes no initial state");
    }
    this.storage.forKey(key, () => processor.handleInitialState(key, row, this.times));
  }

  /** Timers that were there when this began, those that the processor deletes meanwhile too, as on a stream. */
  private fire(timeMs: number): Output[] {
    this.handle.state = "DATA_PROCESSED";
    return this.storage.expired(timeMs).flatMap((timer) =>
      this.storage.forKey(timer.key, () => {
        const info: ExpiredTimerInfo = { getExpiryTimeInMs: () => timer.timeMs };
        const rows = [...this.processor.handleExpiredTimer(timer.key as Key, this.times, info)];
        this.storage.timers.remove(timer.timeMs);
        return rows;
      }),
    );
  }

  private value(name: string): ValueRows {
    return this.storage.variable(name, "ValueState") as ValueRows;
  }

  private list(name: string): ListRows {
    return this.storage.variable(name, "ListState") as ListRows;
  }

  private map(name: string): MapRows {
    return this.storage.variable(name, "MapState") as MapRows;
  }
}
