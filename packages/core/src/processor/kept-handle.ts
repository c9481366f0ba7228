import { isKeptTime } from "../clock/kept-time.js";
import { parseDurationMs } from "../plugin/options.js";
import { type TypedValue, type TypeSpec, typeFrom } from "../schema/typed-schema.js";
import { KeptList, KeptMap, KeptValue } from "./kept-variables.js";
import {
  duplicateVariable,
  invalidName,
  noKeyAtHand,
  noPointInTime,
  reservedName,
  ttlNotPositive,
  ttlTooLong,
  ttlWithoutTime,
  wrongHandleState,
  wrongTimeMode,
} from "./processor-errors.js";
import type { QueryInfo, StatefulProcessorHandle } from "./processor-handle.js";
import type { ProcessorStorage, VariableSpec } from "./processor-storage.js";
import type { ListState, MapState, TTLConfig, ValueState } from "./state-variables.js";
import { TimeMode } from "./time-mode.js";

/** What a processor is doing, in Spark's words. */
export type HandleState = "PRE_INIT" | "INITIALIZED" | "DATA_PROCESSED" | "TIMER_PROCESSED" | "CLOSED";

/** The handle of a processor that runs: checks each call, and keeps what it is about in a storage. */
export class KeptHandle implements StatefulProcessorHandle {
  /** Set by whoever runs the processor. */
  state: HandleState = "PRE_INIT";
  /** What `init` declared. */
  readonly variables: VariableSpec[] = [];
  /** Calls since they were last set to 0. */
  registeredTimers = 0;
  deletedTimers = 0;
  /** Calls of `deleteIfExists`. */
  deletedVariables = 0;
  private readonly timeMode: TimeMode;
  private readonly storage: ProcessorStorage;

  constructor(timeMode: TimeMode, storage: ProcessorStorage) {
    this.timeMode = timeMode;
    this.storage = storage;
  }

  getValueState<const T extends TypeSpec>(name: string, type: T, ttl?: TTLConfig): ValueState<TypedValue<T>> {
    const spec = { name, kind: "ValueState", type: typeFrom(type) } as const;
    return new KeptValue(this.declared("get_value_state", spec, ttl), this.storage, this.before);
  }

  getListState<const T extends TypeSpec>(name: string, type: T, ttl?: TTLConfig): ListState<TypedValue<T>> {
    const spec = { name, kind: "ListState", type: typeFrom(type) } as const;
    return new KeptList(this.declared("get_list_state", spec, ttl), this.storage, this.before);
  }

  getMapState<const K extends TypeSpec, const V extends TypeSpec>(
    name: string,
    keyType: K,
    valueType: V,
    ttl?: TTLConfig,
  ): MapState<TypedValue<K>, TypedValue<V>> {
    const spec = { name, kind: "MapState", type: typeFrom(valueType), keyType: typeFrom(keyType) } as const;
    return new KeptMap(this.declared("get_map_state", spec, ttl), this.storage, this.before);
  }

  deleteIfExists(name: string): void {
    this.inInit("delete_if_exists");
    const at = this.variables.findIndex((variable) => variable.name === name);
    if (at >= 0) this.variables.splice(at, 1);
    this.deletedVariables++;
  }

  registerTimer(expiryTimestampMs: number): void {
    this.atTimers("register_timer");
    this.storage.timers.add(timerMs("register_timer", expiryTimestampMs));
    this.registeredTimers++;
  }

  deleteTimer(expiryTimestampMs: number): void {
    this.atTimers("delete_timer");
    this.storage.timers.remove(timerMs("delete_timer", expiryTimestampMs));
    this.deletedTimers++;
  }

  listTimers(): Iterable<number> {
    this.atTimers("list_timers");
    return this.storage.timers.list();
  }

  getQueryInfo(): QueryInfo {
    return this.storage.queryInfo();
  }

  /** Checks a call of a variable. */
  private readonly before = (name: string, operation: string): void => {
    if (this.state === "PRE_INIT" || this.state === "CLOSED") {
      throw wrongHandleState(`${name}.${operation}`, this.state);
    }
    if (!this.storage.hasKey) throw noKeyAtHand(name);
  };

  private declared(operation: string, spec: VariableSpec, ttl: TTLConfig | undefined): VariableSpec {
    this.inInit(operation);
    const { name } = spec;
    if (name === "" || name.trim() !== name || name === "default") throw invalidName(name);
    if (name.startsWith("$")) throw reservedName(name);
    if (this.variables.some((variable) => variable.name === name)) throw duplicateVariable(name);
    const ttlMs = ttl && this.ttlMs(name, ttl);
    const declared = ttlMs === undefined ? spec : { ...spec, ttlMs };
    this.variables.push(declared);
    return declared;
  }

  private ttlMs(name: string, { ttlDuration }: TTLConfig): number | undefined {
    const ms = typeof ttlDuration === "number" ? ttlDuration : (parseDurationMs(ttlDuration) ?? Number.NaN);
    if (ms === 0) return undefined;
    if (this.timeMode !== TimeMode.ProcessingTime) throw ttlWithoutTime(name, this.timeMode);
    if (!(ms >= 1)) throw ttlNotPositive("update", name);
    if (ms > Number.MAX_SAFE_INTEGER) throw ttlTooLong(name, ms);
    return Math.trunc(ms);
  }

  private inInit(operation: string): void {
    if (this.state !== "PRE_INIT") throw wrongHandleState(operation, this.state);
  }

  private atTimers(operation: string): void {
    if (this.timeMode === TimeMode.None) throw wrongTimeMode(operation, this.timeMode);
    if (this.state !== "INITIALIZED" && this.state !== "DATA_PROCESSED") {
      throw wrongHandleState(operation, this.state);
    }
    if (!this.storage.hasKey) throw noKeyAtHand("timers");
  }
}

/** The time of a timer in whole milliseconds. */
function timerMs(operation: string, timeMs: number): number {
  if (!isKeptTime(timeMs)) throw noPointInTime(operation, timeMs);
  return Math.trunc(timeMs);
}
