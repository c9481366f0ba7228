import { type Column, columnBuilder, type DataType } from "@ss/core";
import type { ExternalOptions } from "../../../expression/external-value.js";
import type { Accumulator, AggregateShape } from "../../../expression/function.js";
import { toInternal } from "../../../expression/internal-value.js";
import { ObjectReader, type Reader, valueReader } from "../../../expression/object-reader.js";
import { BufferForm, bufferFields } from "./buffer-form.js";
import { objectBytes } from "./object-bytes.js";
import type { ProgramAggregator } from "./program-aggregator.js";
import {
  aggregatorFailed,
  isPromise,
  missingField,
  nestedTooDeep,
  notAwaited,
  sharedZero,
} from "./program-errors.js";

/** What a call of an aggregator has beside its arguments: plain data. */
export interface ProgramCall {
  /** The fields of the object that an input is; absent where it is the value of the only argument. */
  readonly fields?: readonly string[];
  readonly external: ExternalOptions;
}

/** Stands where a group has had no row. */
const UNTOUCHED: unique symbol = Symbol("untouched");

/**
 * The groups of an aggregator of the program. A buffer is what the aggregator makes it as long as its group is worked on, and becomes columns,
 * by the declared type, for the state and between partial results.
 */
export class ProgramAccumulator implements Accumulator {
  private readonly name: string;
  private readonly aggregator: ProgramAggregator;
  private readonly bufferType: DataType;
  private readonly form: BufferForm;
  private readonly shape: AggregateShape;
  private readonly call: ProgramCall;
  private readonly inputs: ObjectReader | undefined;
  private readonly kept: ObjectReader | undefined;
  private states: unknown[] = [];
  private checkedZero = false;

  constructor(name: string, aggregator: ProgramAggregator, bufferType: DataType, shape: AggregateShape) {
    this.name = name;
    this.aggregator = aggregator;
    this.bufferType = bufferType;
    this.form = new BufferForm(name, bufferType);
    this.shape = shape;
    this.call = shape.state as ProgramCall;
    const { fields, external } = this.call;
    this.inputs = fields && new ObjectReader(fields, external);
    this.kept =
      bufferType.kind === "struct"
        ? new ObjectReader(
            bufferType.fields.map((field) => field.name),
            external,
          )
        : undefined;
  }

  resize(slotCount: number): void {
    while (this.states.length < slotCount) this.states.push(UNTOUCHED);
  }

  update(slots: Int32Array, args: readonly Column[], rowCount: number, selected?: Uint8Array): void {
    const { states, aggregator } = this;
    const read = this.reader(this.inputs, args);
    this.guarded("reduce", () => {
      for (let i = 0; i < rowCount; i++) {
        if (selected && selected[i] === 0) continue;
        const slot = slots[i]!;
        const state = states[slot];
        const reduced = aggregator.reduce(state === UNTOUCHED ? this.zero() : state, read(i));
        states[slot] = isPromise(reduced) ? this.refuse("reduce") : reduced;
      }
    });
  }

  merge(slots: Int32Array, buffers: readonly Column[], rowCount: number): void {
    const { states, aggregator } = this;
    const read = this.reader(this.kept, buffers);
    this.guarded("merge", () => {
      for (let i = 0; i < rowCount; i++) {
        const slot = slots[i]!;
        if (slot < 0) continue;
        const state = states[slot];
        const merged = state === UNTOUCHED ? read(i) : aggregator.merge(state, read(i));
        states[slot] = isPromise(merged) ? this.refuse("merge") : merged;
      }
    });
  }

  buffers(slotCount: number): readonly Column[] {
    this.resize(slotCount);
    const builders = bufferFields(this.bufferType).map(({ type }) => columnBuilder(type));
    for (let slot = 0; slot < slotCount; slot++) {
      const kept = this.form.of(this.bufferOf(slot), "merge or reduce");
      for (let k = 0; k < builders.length; k++) builders[k]!.append(kept[k]!);
    }
    return builders.map((builder) => builder.finish());
  }

  results(slotCount: number): Column {
    this.resize(slotCount);
    const { type } = this.shape;
    const what = `the result of the aggregator \`${this.name}\``;
    const builder = columnBuilder(type);
    for (let slot = 0; slot < slotCount; slot++) {
      const buffer = this.bufferOf(slot);
      // a table does not keep buffers, and yet refuses those that a stream could not keep
      this.form.of(buffer, "merge or reduce");
      const result = this.guarded("finish", () => this.aggregator.finish(buffer));
      if (isPromise(result)) throw notAwaited(this.name, "finish", type);
      builder.append(toInternal(result, type, what));
    }
    return builder.finish();
  }

  reset(): void {
    this.states = [];
  }

  byteSize(): number {
    const bytes = this.states.reduce<number>((sum, state) => sum + 8 + objectBytes(state), 0);
    if (Number.isNaN(bytes)) throw nestedTooDeep(this.name);
    return bytes;
  }

  private bufferOf(slot: number): unknown {
    const state = this.states[slot];
    return state === UNTOUCHED ? this.zero() : state;
  }

  /**
   * A buffer for a group of its own. The first one is looked at: reduce may change what zero gives, so that an object given twice would mix
   * groups, and what lacks a field would go on as null.
   */
  private zero(): unknown {
    const zero = this.guarded("zero", () => this.aggregator.zero());
    if (isPromise(zero)) this.refuse("zero");
    if (this.checkedZero) return zero;
    this.checkedZero = true;
    if (isShared(zero) && zero === this.guarded("zero", () => this.aggregator.zero()))
      throw sharedZero(this.name);
    this.form.of(zero, "zero");
    if (this.bufferType.kind === "struct" && !Array.isArray(zero))
      for (const { name } of this.bufferType.fields)
        if (!Object.hasOwn(zero as object, name)) throw missingField(this.name, name);
    return zero;
  }

  private refuse(method: string): never {
    throw notAwaited(this.name, method, this.bufferType);
  }

  private reader(objects: ObjectReader | undefined, columns: readonly Column[]): Reader<unknown> {
    return objects ? objects.over(columns) : valueReader(columns[0]!, this.call.external, "value");
  }

  private guarded<T>(method: string, run: () => T): T {
    try {
      return run();
    } catch (error) {
      throw aggregatorFailed(this.name, method, this.shape, error);
    }
  }
}

/** Whether a value may be changed by who gets it. */
function isShared(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Object.isFrozen(value);
}
