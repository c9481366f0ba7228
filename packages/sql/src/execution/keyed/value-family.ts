import type { Kept, Value, ValueRows, VariableSpec } from "@ss/core";
import { toExternal } from "../../expression/external-value.js";
import {
  type FamilyContext,
  keptReader,
  NotedValues,
  VariableFamily,
  variableSpec,
} from "./variable-family.js";

/** A value that the program set, or null where it took it away. */
type Noted = { readonly value: Value; readonly expiresAtMs: number | null } | null;

/** A table with one value a key: those of the keys of a piece are looked up together, and changed together. */
export class ValueFamily extends VariableFamily implements ValueRows {
  private readonly variable: VariableSpec;
  private readonly values: NotedValues;
  /** By key of the piece. */
  private readonly noted: Map<number, Noted> = new Map();
  private stored: ((index: number) => Kept | undefined) | undefined;

  constructor(variable: VariableSpec, context: FamilyContext) {
    super(variableSpec(variable, [], context), context);
    this.variable = variable;
    this.values = new NotedValues(variable);
  }

  get(): Kept | undefined {
    const { cursor, options } = this.context;
    const noted = this.noted.get(cursor.index);
    if (noted === null) return undefined;
    if (noted === undefined) return (this.stored ??= this.lookUp())(cursor.index);
    const { type, name } = this.variable;
    return { value: toExternal(noted.value, type, options, name), expiresAtMs: noted.expiresAtMs };
  }

  put(value: unknown, expiresAtMs: number | null): void {
    const { cursor, changes } = this.context;
    this.noted.set(cursor.index, { value: this.values.internal(value), expiresAtMs });
    changes.updated++;
  }

  /** As Spark counts: every call, also where there was nothing. */
  remove(): void {
    const { cursor, changes } = this.context;
    this.noted.set(cursor.index, null);
    changes.removed++;
  }

  flush(): void {
    this.stored = undefined;
    const { cursor } = this.context;
    const [put, removed]: [number[], number[]] = [[], []];
    for (const [index, noted] of this.noted) {
      if (noted === null) removed.push(index);
      else {
        put.push(index);
        this.values.add(noted.value, noted.expiresAtMs);
      }
    }
    if (removed.length > 0) this.family.remove(cursor.keysAt(removed), removed.length);
    if (put.length > 0) this.family.put(cursor.keysAt(put), this.values.take(), put.length);
    this.noted.clear();
  }

  private lookUp(): (index: number) => Kept | undefined {
    const { cursor, options } = this.context;
    const { positions, values } = this.family.get(cursor.keys, cursor.count);
    const read = keptReader(values, this.variable, options);
    return (index) => {
      const position = positions[index]!;
      return position < 0 ? undefined : read(position);
    };
  }
}
