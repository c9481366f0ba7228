import type { TypedValue, TypeSpec } from "../schema/typed-schema.js";
import type { ListState, MapState, TTLConfig, ValueState } from "./state-variables.js";

/** The times of a batch, in milliseconds since 1970. */
export interface TimerValues {
  /** When the batch began; the same when it runs again after a crash. */
  getCurrentProcessingTimeInMs(): number;
  /** The watermark; 0 where there is none yet. */
  getCurrentWatermarkInMs(): number;
}

/** The timer because of which a processor is called. */
export interface ExpiredTimerInfo {
  /** The time that it was registered for. */
  getExpiryTimeInMs(): number;
}

/** The query that a processor runs in. */
export interface QueryInfo {
  getQueryId(): string;
  getRunId(): string;
  getBatchId(): number;
}

/**
 * What a processor reaches its state and its timers through. State variables are made in `init`, once; what is done to them afterwards is done
 * for the key that the processor was called with. Timers belong to that key too.
 */
export interface StatefulProcessorHandle {
  /** A variable with one value a key. `ttl` asks for TimeMode.ProcessingTime. */
  getValueState<const T extends TypeSpec>(name: string, type: T, ttl?: TTLConfig): ValueState<TypedValue<T>>;
  /** A variable with a list a key; `ttl` holds for each of its values. */
  getListState<const T extends TypeSpec>(name: string, type: T, ttl?: TTLConfig): ListState<TypedValue<T>>;
  /** A variable with a map a key; `ttl` holds for each of its entries. */
  getMapState<const K extends TypeSpec, const V extends TypeSpec>(
    name: string,
    keyType: K,
    valueType: V,
    ttl?: TTLConfig,
  ): MapState<TypedValue<K>, TypedValue<V>>;
  /** Forgets a variable of an earlier version of the processor. In `init` only. */
  deleteIfExists(name: string): void;
  /** Lets the processor be called when a time (milliseconds since 1970) has come: by the clock or the watermark, as the TimeMode says. */
  registerTimer(expiryTimestampMs: number): void;
  deleteTimer(expiryTimestampMs: number): void;
  /** The timers of the key, ascending. */
  listTimers(): Iterable<number>;
  getQueryInfo(): QueryInfo;
}
