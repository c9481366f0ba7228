import {
  type Column,
  type ColumnBuilder,
  columnBuilder,
  type Kept,
  type MapRows,
  StructField,
  takeColumn,
  type VariableSpec,
} from "@ss/core";
import { toInternal } from "../../expression/internal-value.js";
import { valueReader } from "../../expression/object-reader.js";
import {
  type FamilyContext,
  keptReader,
  NotedValues,
  VariableFamily,
  variableSpec,
} from "./variable-family.js";

/** A table with a row for each entry of a map: its key is the processor's and the entry's. */
export class MapFamily extends VariableFamily implements MapRows {
  private readonly variable: VariableSpec;
  private readonly values: NotedValues;
  private readonly indexes: number[] = [];
  private readonly entryKeys: ColumnBuilder;

  constructor(variable: VariableSpec, context: FamilyContext) {
    super(variableSpec(variable, [StructField("$key", variable.keyType!)], context), context);
    this.variable = variable;
    this.values = new NotedValues(variable);
    this.entryKeys = columnBuilder(variable.keyType!);
  }

  get(key: unknown): Kept | undefined {
    this.flush();
    const { positions, values } = this.family.get(this.entry(key), 1);
    const position = positions[0]!;
    return position < 0 ? undefined : keptReader(values, this.variable, this.context.options)(position);
  }

  put(key: unknown, value: unknown, expiresAtMs: number | null): void {
    const { cursor, changes } = this.context;
    const internal = this.values.internal(value);
    this.entryKeys.append(this.internalKey(key));
    this.values.add(internal, expiresAtMs);
    this.indexes.push(cursor.index);
    changes.updated++;
  }

  *entries(): Iterable<readonly [key: unknown, kept: Kept]> {
    this.flush();
    const { positions, keys, values } = this.family.match(this.context.cursor.oneKey(), 1);
    const { name } = this.variable;
    const readKey = valueReader(keys[keys.length - 1]!, this.context.options, name);
    const read = keptReader(values, this.variable, this.context.options);
    for (const position of positions) yield [readKey(position), read(position)];
  }

  remove(key: unknown): void {
    this.flush();
    this.context.changes.removed += this.family.remove(this.entry(key), 1);
  }

  clear(): void {
    this.flush();
    const { positions, keys } = this.family.match(this.context.cursor.oneKey(), 1);
    if (positions.length === 0) return;
    const own = keys.map((column) => takeColumn(column, positions, positions.length));
    this.context.changes.removed += this.family.remove(own, positions.length);
  }

  flush(): void {
    const { indexes } = this;
    const count = indexes.length;
    if (count === 0) return;
    const keys = [...this.context.cursor.keysAt(indexes), this.entryKeys.finish()];
    indexes.length = 0;
    this.family.put(keys, this.values.take(), count);
  }

  private internalKey(key: unknown): ReturnType<typeof toInternal> {
    return toInternal(key, this.variable.keyType!, `a key of the state variable ${this.variable.name}`);
  }

  private entry(key: unknown): readonly Column[] {
    const builder = columnBuilder(this.variable.keyType!);
    builder.append(this.internalKey(key));
    return [...this.context.cursor.oneKey(), builder.finish()];
  }
}
