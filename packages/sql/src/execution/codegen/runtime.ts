import { type Column, ColumnBuilder, type DataType, type Value, valueAt } from "@ss/core";
import type { Rows } from "../../logical/rows.js";
import { DictionaryResults } from "./dictionary-results.js";
import { RowBuilder } from "./row-builder.js";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** What a batch tells the functions that it runs. */
export interface RunClock {
  /** Milliseconds of the batch's timestamp. */
  readonly nowMs: () => number;
  readonly partition: () => number;
}

/**
 * What generated code works with besides its columns: an arena for the bytes that it makes, and conversions between columns
 * and boxed values. One per stage; the arena is emptied for each batch. Growing it moves its bytes to a larger array at the same
 * positions, so a view of the old array stays right, and the array at the end of the batch holds everything.
 */
export class StageRuntime implements RunClock {
  bytes: Uint8Array = new Uint8Array(4096);
  used = 0;
  /** Where the last `put` went. */
  start = 0;
  length = 0;
  clock: RunClock = { nowMs: () => 0, partition: () => 0 };

  nowMs = (): number => this.clock.nowMs();
  partition = (): number => this.clock.partition();

  reset(): void {
    this.used = 0;
  }

  private refused: RowBuilder | undefined;

  /** Keeps a row that goes no further, as it is reported. */
  refuse(types: readonly DataType[], row: readonly Value[]): void {
    this.refused ??= new RowBuilder(types);
    this.refused.append(row);
  }

  /** The rows that were refused since it was last asked. */
  takeRefused(): Rows | undefined {
    const rows = this.refused?.finish();
    this.refused = undefined;
    return rows;
  }

  private readonly memos: WeakMap<object, Uint8Array>[] = [];
  private readonly outcomes: WeakMap<object, DictionaryResults>[] = [];

  /** Forgets what `memo` and `results` gave: another run may have another time. */
  forget(): void {
    this.memos.length = 0;
    this.outcomes.length = 0;
  }

  /** What an output (by number) is known to be for the entries of a dictionary. */
  results(output: number, dictionary: Column, type: DataType): DictionaryResults {
    this.outcomes[output] ??= new WeakMap();
    const outcomes = this.outcomes[output];
    let known = outcomes.get(dictionary);
    if (known === undefined) {
      known = new DictionaryResults(dictionary, type);
      outcomes.set(dictionary, known);
    }
    return known;
  }

  /** What a condition (by number) is known to give for the entries of a dictionary: 0 for not known yet, 1 for no, 2 for yes. */
  memo(condition: number, dictionary: Column): Uint8Array {
    this.memos[condition] ??= new WeakMap();
    const memos = this.memos[condition];
    let known = memos.get(dictionary);
    if (known === undefined) {
      known = new Uint8Array(dictionary.length);
      memos.set(dictionary, known);
    }
    return known;
  }

  /** Makes room for `extra` bytes and returns where they begin. */
  reserve(extra: number): number {
    const needed = this.used + extra;
    if (needed > this.bytes.length) {
      const larger = new Uint8Array(Math.max(needed, this.bytes.length * 2));
      larger.set(this.bytes.subarray(0, this.used));
      this.bytes = larger;
    }
    return this.used;
  }

  /** Ends a value of `length` bytes that was written at the position that `reserve` returned. */
  close(length: number): void {
    this.start = this.used;
    this.length = length;
    this.used += length;
  }

  /** Stores a text or bytes; `start` and `length` tell where. */
  put(value: string | Uint8Array): void {
    if (typeof value === "string") {
      const at = this.reserve(value.length * 3);
      this.close(encoder.encodeInto(value, this.bytes.subarray(at)).written);
    } else this.copy(value, 0, value.length);
  }

  /** Stores a copy of some bytes and returns where it begins. */
  copy(data: Uint8Array, start: number, length: number): number {
    const at = this.reserve(length);
    const { bytes } = this;
    if (length <= 32) for (let k = 0; k < length; k++) bytes[at + k] = data[start + k]!;
    else bytes.set(data.subarray(start, start + length), at);
    this.close(length);
    return at;
  }

  text(data: Uint8Array, start: number, length: number): string {
    // short ASCII texts are quicker to make by hand than to hand to the decoder
    if (length <= 24) {
      let text = "";
      for (let k = start; k < start + length; k++) {
        const byte = data[k]!;
        if (byte >= 0x80) return decoder.decode(data.subarray(start, start + length));
        text += String.fromCharCode(byte);
      }
      return text;
    }
    return decoder.decode(data.subarray(start, start + length));
  }

  binary(data: Uint8Array, start: number, length: number): Uint8Array {
    return data.slice(start, start + length);
  }

  list(source: Column | ColumnBuilder, start: number, length: number): Value[] {
    const column = source instanceof ColumnBuilder ? source.view() : source;
    const values = new Array<Value>(length);
    for (let k = 0; k < length; k++) values[k] = valueAt(column, start + k);
    return values;
  }

  map(keys: Column | ColumnBuilder, values: Column | ColumnBuilder, start: number, length: number): Value {
    return { keys: this.list(keys, start, length), values: this.list(values, start, length) };
  }
}
