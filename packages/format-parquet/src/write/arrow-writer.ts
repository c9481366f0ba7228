import type { Column } from "@ss/core";
import type * as arrow from "@uwdata/flechette";
import { GrowingBits } from "./growing-array.js";

/** Buffers of one Arrow array, in the form that the encoder of IPC messages takes. */
export interface ArrowPart {
  readonly length: number;
  readonly nullCount: number;
  readonly type: arrow.DataType;
  readonly validity: Uint8Array;
  readonly values?: ArrayBufferView;
  readonly offsets?: Int32Array;
  readonly children?: readonly ArrowPart[];
}

const ALL_VALID = new Uint8Array(0);

/** Gathers rows of one column in Arrow's layout. */
export abstract class ArrowWriter {
  abstract readonly type: arrow.DataType;
  protected readonly validity: GrowingBits = new GrowingBits();

  /** Appends rows `from .. to)`. */
  append(column: Column, from: number, to: number): void {
    if (column.layout === "dictionary") {
      for (let i = from; i < to; i++) {
        if (column.isNull(i)) this.appendNull();
        else this.appendValue(column.dictionary, column.codes[i]!);
      }
      return;
    }
    this.reserve(to - from);
    for (let i = from; i < to; i++) {
      if (column.isNull(i)) this.appendNull();
      else this.appendValue(column, i);
    }
  }

  private appendValue(column: Column, i: number): void {
    this.validity.append(true);
    this.put(column, i);
  }

  appendNull(): void {
    this.validity.append(false);
    this.putNull();
  }

  /** Rows so far. */
  get length(): number {
    return this.validity.length;
  }

  protected bits(): Uint8Array {
    return this.validity.zeros === 0 ? ALL_VALID : this.validity.used();
  }

  /** The rows so far, valid until `clear`. */
  abstract part(): ArrowPart;
  /** Bytes so far, about. */
  abstract byteSize(): number;
  protected abstract reserve(rows: number): void;
  protected abstract put(column: Column, i: number): void;
  protected abstract putNull(): void;
  protected abstract clearValues(): void;

  clear(): void {
    this.validity.clear();
    this.clearValues();
  }
}
