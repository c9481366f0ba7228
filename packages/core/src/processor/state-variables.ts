/** One value for each key. */
export interface ValueState<T> {
  exists(): boolean;
  /** The value, or null. */
  get(): T | null;
  update(value: T): void;
  clear(): void;
}

/** A list for each key. */
export interface ListState<T> {
  exists(): boolean;
  /** The values in the order in which they were added. */
  get(): Iterable<T>;
  /** Replaces the list by values, at least one. */
  put(values: readonly T[]): void;
  appendValue(value: T): void;
  /** Adds values, at least one. Costs what is added, not what is there. */
  appendList(values: readonly T[]): void;
  clear(): void;
}

/** A map for each key. A single entry is read or written without the others. */
export interface MapState<K, V> {
  exists(): boolean;
  /** The value of a key, or null. */
  getValue(key: K): V | null;
  containsKey(key: K): boolean;
  updateValue(key: K, value: V): void;
  iterator(): Iterable<readonly [key: K, value: V]>;
  keys(): Iterable<K>;
  values(): Iterable<V>;
  removeKey(key: K): void;
  clear(): void;
}

/** How long what is put into a state variable stays there. */
export interface TTLConfig {
  /** Milliseconds, or a text such as `"7 days"`; counted by the time of batches from when a value was put last. 0 is without end. */
  readonly ttlDuration: number | string;
}
