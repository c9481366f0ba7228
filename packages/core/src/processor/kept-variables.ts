import { emptyList, nullValue } from "./processor-errors.js";
import type {
  Kept,
  ListRows,
  MapRows,
  ProcessorStorage,
  ValueRows,
  VariableSpec,
} from "./processor-storage.js";
import type { ListState, MapState, ValueState } from "./state-variables.js";

/** Checks that a variable may be called now, and for a key. */
export type BeforeCall = (name: string, operation: string) => void;

/** What the three kinds of variables share: the key at hand, and the ends of values. */
class KeptVariable {
  protected readonly spec: VariableSpec;
  private readonly storage: ProcessorStorage;
  private readonly check: BeforeCall;

  constructor(spec: VariableSpec, storage: ProcessorStorage, check: BeforeCall) {
    this.spec = spec;
    this.storage = storage;
    this.check = check;
  }

  protected before(operation: string): void {
    this.check(this.spec.name, operation);
  }

  protected isLive(kept: Kept | undefined): kept is Kept {
    if (kept === undefined) return false;
    return kept.expiresAtMs === null || kept.expiresAtMs > this.storage.processingTimeMs;
  }

  /** The end of what is put now. */
  protected end(): number | null {
    const { ttlMs } = this.spec;
    return ttlMs === undefined ? null : this.storage.processingTimeMs + ttlMs;
  }

  protected present(value: unknown): void {
    if (value === null || value === undefined) throw nullValue(this.spec.name);
  }
}

/** A {@link ValueState} over a storage. */
export class KeptValue<T> extends KeptVariable implements ValueState<T> {
  private readonly rows: ValueRows;

  constructor(spec: VariableSpec, storage: ProcessorStorage, check: BeforeCall) {
    super(spec, storage, check);
    this.rows = storage.value(spec);
  }

  exists(): boolean {
    this.before("exists");
    return this.isLive(this.rows.get());
  }

  get(): T | null {
    this.before("get");
    const kept = this.rows.get();
    return this.isLive(kept) ? (kept.value as T) : null;
  }

  update(value: T): void {
    this.before("update");
    this.rows.put(value, this.end());
  }

  clear(): void {
    this.before("clear");
    this.rows.remove();
  }
}

/** A {@link ListState} over a storage. */
export class KeptList<T> extends KeptVariable implements ListState<T> {
  private readonly rows: ListRows;

  constructor(spec: VariableSpec, storage: ProcessorStorage, check: BeforeCall) {
    super(spec, storage, check);
    this.rows = storage.list(spec);
  }

  exists(): boolean {
    for (const _ of this.get()) return true;
    return false;
  }

  get(): Iterable<T> {
    this.before("get");
    const values: T[] = [];
    for (const kept of this.rows.get()) if (this.isLive(kept)) values.push(kept.value as T);
    return values;
  }

  put(values: readonly T[]): void {
    this.before("put");
    this.allPresent(values);
    this.rows.replace(values, this.end());
  }

  appendValue(value: T): void {
    this.before("appendValue");
    this.present(value);
    this.rows.append([value], this.end());
  }

  appendList(values: readonly T[]): void {
    this.before("appendList");
    this.allPresent(values);
    this.rows.append(values, this.end());
  }

  clear(): void {
    this.before("clear");
    this.rows.remove();
  }

  private allPresent(values: readonly T[]): void {
    this.present(values);
    if (values.length === 0) throw emptyList(this.spec.name);
    for (const value of values) this.present(value);
  }
}

/** A {@link MapState} over a storage. */
export class KeptMap<K, V> extends KeptVariable implements MapState<K, V> {
  private readonly rows: MapRows;

  constructor(spec: VariableSpec, storage: ProcessorStorage, check: BeforeCall) {
    super(spec, storage, check);
    this.rows = storage.map(spec);
  }

  exists(): boolean {
    return this.entries("exists").length > 0;
  }

  getValue(key: K): V | null {
    this.before("getValue");
    this.present(key);
    const kept = this.rows.get(key);
    return this.isLive(kept) ? (kept.value as V) : null;
  }

  containsKey(key: K): boolean {
    this.before("containsKey");
    this.present(key);
    return this.isLive(this.rows.get(key));
  }

  updateValue(key: K, value: V): void {
    this.before("updateValue");
    this.present(key);
    this.present(value);
    this.rows.put(key, value, this.end());
  }

  iterator(): Iterable<readonly [key: K, value: V]> {
    return this.entries("iterator");
  }

  keys(): Iterable<K> {
    return this.entries("keys").map(([key]) => key);
  }

  values(): Iterable<V> {
    return this.entries("values").map(([, value]) => value);
  }

  removeKey(key: K): void {
    this.before("removeKey");
    this.present(key);
    this.rows.remove(key);
  }

  clear(): void {
    this.before("clear");
    this.rows.clear();
  }

  private entries(operation: string): (readonly [K, V])[] {
    this.before(operation);
    const entries: (readonly [K, V])[] = [];
    for (const [key, kept] of this.rows.entries()) {
      if (this.isLive(kept)) entries.push([key as K, kept.value as V]);
    }
    return entries;
  }
}
