import type { DataType } from "../schema/data-type.js";
import type { QueryInfo } from "./processor-handle.js";

/** A state variable as the processor declared it. */
export interface VariableSpec {
  readonly name: string;
  readonly kind: "ValueState" | "ListState" | "MapState";
  /** The type of its values. */
  readonly type: DataType;
  /** The type of a map's keys. */
  readonly keyType?: DataType;
  /** Whether values have an end. */
  readonly ttlMs?: number;
}

/** A value and when it ends, null for never. */
export interface Kept {
  readonly value: unknown;
  readonly expiresAtMs: number | null;
}

/** A value a key. All calls are about the key at hand. */
export interface ValueRows {
  get(): Kept | undefined;
  put(value: unknown, expiresAtMs: number | null): void;
  remove(): void;
}

/** A list a key, in the order in which its values were added. */
export interface ListRows {
  get(): Iterable<Kept>;
  append(values: readonly unknown[], expiresAtMs: number | null): void;
  /** Puts values in the place of those that there are. */
  replace(values: readonly unknown[], expiresAtMs: number | null): void;
  remove(): void;
}

/** A map a key. */
export interface MapRows {
  get(key: unknown): Kept | undefined;
  put(key: unknown, value: unknown, expiresAtMs: number | null): void;
  entries(): Iterable<readonly [key: unknown, kept: Kept]>;
  remove(key: unknown): void;
  clear(): void;
}

/** The timers of a key: a set of times in milliseconds. */
export interface TimerRows {
  add(timeMs: number): void;
  remove(timeMs: number): void;
  /** Ascending. */
  list(): readonly number[];
}

/**
 * Where a processor's variables and timers are kept. Values that have ended may still be there: whoever asks looks at their end. What is asked
 * for is that of the key at hand, which the engine sets before it calls the processor.
 */
export interface ProcessorStorage {
  /** Whether the processor is called for a key. */
  readonly hasKey: boolean;
  /** When the batch began. */
  readonly processingTimeMs: number;
  value(spec: VariableSpec): ValueRows;
  list(spec: VariableSpec): ListRows;
  map(spec: VariableSpec): MapRows;
  readonly timers: TimerRows;
  queryInfo(): QueryInfo;
}
