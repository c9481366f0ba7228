import type { Value } from "../value.js";
import { FixedBuilder } from "./fixed-builder.js";

/** Builds columns whose values are JavaScript numbers. */
export abstract class NumberBuilder<
  A extends Int8Array | Int16Array | Int32Array | Float32Array | Float64Array,
> extends FixedBuilder<A> {
  append(value: Value): void {
    const i = this.next(value !== null);
    if (value !== null) this.values[i] = value as number;
  }
}
