import { type Batch, batchFromRows, StreamError, type StructType, type Value } from "@ss/core";
import { inferSchema } from "./infer-schema.js";
import { isPlainObject, structFromJs } from "./value-from-js.js";

/**
 * All that was added under one name: a list of additions, of which the offset is the position of the last.
 *
 * Rows stay until a reset, also when they are committed: a query that starts again on its checkpoint within the process
 * may ask for any range, and one on a new checkpoint sees everything.
 */
export class NamedRows {
  readonly name: string;
  private readonly additions: (readonly unknown[])[] = [];
  private readonly views = new Set<RowsView>();

  constructor(name: string) {
    this.name = name;
  }

  /** The position of the newest addition, -1 before the first. */
  get lastOffset(): number {
    return this.additions.length - 1;
  }

  /** Appends rows and returns their offset. Values that an open view cannot hold are refused before anything is kept. */
  add(values: readonly unknown[]): number {
    const offset = this.additions.length;
    const converted = [...this.views].map((view) => [view, view.convert(values, offset)] as const);
    this.additions.push(values);
    for (const [view, batch] of converted) view.keep(offset, batch);
    for (const view of [...this.views]) view.wake();
    return offset;
  }

  /** Forgets all rows. */
  reset(): void {
    this.additions.length = 0;
    for (const view of this.views) view.forget();
  }

  /** The values of one addition. */
  valuesAt(offset: number): readonly unknown[] {
    const values = this.additions[offset];
    if (values) return values;
    throw new StreamError({
      condition: "SS_MEMORY_ROWS_MISSING",
      parameters: { name: this.name, offset: String(offset), lastOffset: String(this.lastOffset) },
      message:
        `The checkpoint asks for rows up to offset ${offset} of the memory source '${this.name}', which holds them up ` +
        `to ${this.lastOffset}: rows live in the process that added them. Add the same rows again before the query ` +
        "starts, or give the query a new checkpoint.",
    });
  }

  /** One column `value` of the type of the rows that came first, so that it is the same in every run. */
  defaultSchema(): StructType {
    const telling = this.additions.find((values) => values.some((value) => value !== null));
    return inferSchema(this.name, telling ?? []);
  }

  /** The rows under a schema; from `open` until `close` of the view additions are checked against it. */
  view(schema: StructType): RowsView {
    return new RowsView(this, schema, this.views);
  }
}

/** The rows of a name as batches of one schema. */
export class RowsView {
  private readonly rows: NamedRows;
  private readonly schema: StructType;
  private readonly openViews: Set<RowsView>;
  /** Additions as columns, those that were not committed. */
  private readonly batches = new Map<number, Batch>();
  private releasedTo = -1;
  private readonly wakers = new Set<() => void>();

  constructor(rows: NamedRows, schema: StructType, openViews: Set<RowsView>) {
    this.rows = rows;
    this.schema = schema;
    this.openViews = openViews;
  }

  open(): void {
    this.openViews.add(this);
  }

  close(): void {
    this.openViews.delete(this);
  }

  /** The rows of one addition. */
  batchAt(offset: number): Batch {
    const known = this.batches.get(offset);
    if (known) return known;
    const batch = this.convert(this.rows.valuesAt(offset), offset);
    this.keep(offset, batch);
    return batch;
  }

  convert(values: readonly unknown[], offset: number): Batch {
    const where = `${this.rows.name}[${offset}]`;
    const rows = values.map((value, i) => rowFromJs(this.schema, value, `${where}[${i}]`));
    return batchFromRows(this.schema, rows);
  }

  keep(offset: number, batch: Batch): void {
    this.batches.set(offset, batch);
  }

  /** Drops the columns of all additions up to `offset`. */
  release(offset: number): void {
    while (this.releasedTo < offset) this.batches.delete(++this.releasedTo);
  }

  forget(): void {
    this.batches.clear();
    this.releasedTo = -1;
  }

  wake(): void {
    for (const wake of [...this.wakers]) wake();
  }

  onData(wake: () => void): () => void {
    this.wakers.add(wake);
    return () => void this.wakers.delete(wake);
  }
}

/** A row from what a program hands over: an object, a tuple, or the value of the only column itself. */
function rowFromJs(schema: StructType, value: unknown, where: string): Value[] {
  const only = schema.length === 1 ? schema.fields[0]! : undefined;
  if (only === undefined || isRow(value, only.name, only.type.kind))
    return structFromJs(schema, value, where);
  return structFromJs(schema, [value], where);
}

/** Whether a value stands for a row of one column, rather than for the value of that column. */
function isRow(value: unknown, name: string, kind: string): boolean {
  if (isPlainObject(value)) {
    if (kind !== "struct" && kind !== "map" && kind !== "interval") return true;
    return Object.keys(value).length === 1 && Object.hasOwn(value, name);
  }
  return Array.isArray(value) && kind !== "array" && kind !== "struct";
}
