import {
  type Column,
  Int64Column,
  type Kept,
  type ListRows,
  LongType,
  type StateFamily,
  type StateMatches,
  StructField,
  takeColumn,
  type VariableSpec,
} from "@ss/core";
import {
  type FamilyContext,
  keptReader,
  NotedValues,
  VariableFamily,
  variableSpec,
} from "./variable-family.js";

/** Values of one batch that can be numbered. */
const BATCH_SPAN = 2n ** 32n;

/**
 * A table with a row for each value of a list. The key of a row is the processor's and a number that grows, so that to add a value nothing has to
 * be read.
 */
export class ListFamily extends VariableFamily implements ListRows {
  private readonly variable: VariableSpec;
  private readonly values: NotedValues;
  private readonly indexes: number[] = [];
  private next = 0n;

  constructor(variable: VariableSpec, context: FamilyContext) {
    super(variableSpec(variable, [StructField("$number", LongType, false)], context), context);
    this.variable = variable;
    this.values = new NotedValues(variable);
  }

  override bind(family: StateFamily, batchId: number): void {
    super.bind(family, batchId);
    // the parts of an open batch go on counting
    const first = BigInt(batchId) * BATCH_SPAN;
    if (this.next < first) this.next = first;
  }

  /** A list counts as one row, however long it is. */
  override get uncountedRows(): number {
    const { rowCount, prefixCount } = this.family;
    return rowCount - (prefixCount ?? rowCount);
  }

  get(): Iterable<Kept> {
    const { positions, values } = this.rows();
    const read = keptReader(values, this.variable, this.context.options);
    return Array.from(positions, read);
  }

  append(values: readonly unknown[], expiresAtMs: number | null): void {
    const { cursor, changes } = this.context;
    for (const value of values) {
      this.values.add(this.values.internal(value), expiresAtMs);
      this.indexes.push(cursor.index);
    }
    changes.updated += values.length;
  }

  replace(values: readonly unknown[], expiresAtMs: number | null): void {
    this.empty();
    this.append(values, expiresAtMs);
  }

  remove(): void {
    this.context.changes.removed += this.empty();
  }

  /** Removes the rows of the key at hand; gives how many there were. */
  private empty(): number {
    const { positions, keys } = this.rows();
    if (positions.length === 0) return 0;
    const own = keys.map((key) => takeColumn(key, positions, positions.length));
    return this.family.remove(own, positions.length);
  }

  flush(): void {
    const { indexes } = this;
    const count = indexes.length;
    if (count === 0) return;
    const numbers = new BigInt64Array(count);
    for (let i = 0; i < count; i++) numbers[i] = this.next++;
    const keys: Column[] = [
      ...this.context.cursor.keysAt(indexes),
      new Int64Column(LongType, count, null, numbers),
    ];
    indexes.length = 0;
    this.family.put(keys, this.values.take(), count);
  }

  /** The rows of the key at hand, in the order of their numbers. */
  private rows(): Pick<StateMatches, "positions" | "keys" | "values"> {
    this.flush();
    const { positions, keys, values } = this.family.match(this.context.cursor.oneKey(), 1);
    const numbers = (keys[keys.length - 1] as Int64Column).values;
    // rows that were put here are found in their order, those that a file brought perhaps in another
    const ordered = isAscending(positions, numbers)
      ? positions
      : positions.slice().sort((a, b) => (numbers[a]! < numbers[b]! ? -1 : 1));
    return { positions: ordered, keys, values };
  }
}

function isAscending(positions: Int32Array, numbers: BigInt64Array): boolean {
  for (let k = 1; k < positions.length; k++) {
    if (numbers[positions[k]!]! < numbers[positions[k - 1]!]!) return false;
  }
  return true;
}
