import { BATCH_ROWS, type ColumnBuilder, columnBuilder, StreamError, type StructType } from "@ss/core";
import { givenRows } from "../../expression/given-rows.js";
import { hasFields, structValues } from "../../expression/internal-value.js";
import { valueText } from "../../expression/value-text.js";
import type { Rows } from "../../logical/rows.js";

/** Turns the objects that a program gives out into columns. */
export class ObjectWriter {
  /** Rows since the last `take`. */
  rowCount = 0;
  private readonly schema: StructType;
  private readonly what: string;
  private readonly builders: readonly ColumnBuilder[];

  /** `what` names the rows in errors. */
  constructor(schema: StructType, what: string) {
    this.schema = schema;
    this.what = what;
    this.builders = schema.fields.map((field) => columnBuilder(field.type));
  }

  /** Adds a row: an object, or an array in the order of the columns. */
  add(row: unknown): void {
    if (!hasFields(row)) throw noRow(row, this.what);
    const values = structValues(row, this.schema, this.what, ", field ");
    const { builders } = this;
    for (let k = 0; k < builders.length; k++) builders[k]!.append(values[k]!);
    this.rowCount++;
  }

  /** The rows so far. */
  take(): Rows {
    const { rowCount } = this;
    this.rowCount = 0;
    return { columns: this.builders.map((builder) => builder.finish()), rowCount };
  }
}

/** Calls code of a program, whose errors it tells as the program's own. */
export type Guard = <T>(code: () => T) => T;

/**
 * Writes the rows that a program gives out, and gives full batches out as they come; `who` names the program in the error for what is no list of
 * rows. Its generator is closed also where a row is refused, or where nobody asks for more batches.
 */
export function* writtenRows(
  give: () => unknown,
  who: string,
  guard: Guard,
  writer: ObjectWriter,
): Generator<Rows> {
  const given = guard(() => givenRows(give(), who)[Symbol.iterator]());
  const rows: Iterator<unknown> = {
    next: () => guard(() => given.next()),
    return: () => guard(() => given.return?.() ?? { done: true, value: undefined }),
  };
  for (const row of { [Symbol.iterator]: () => rows }) {
    writer.add(row);
    if (writer.rowCount >= BATCH_ROWS) yield writer.take();
  }
}

function noRow(row: unknown, what: string): StreamError {
  return new StreamError({
    condition: "SS_VALUE_NOT_OF_TYPE",
    parameters: { value: valueText(row), type: "struct", what },
    message: `${what}: ${valueText(row)} (${typeof row}) is no row. Give an object with the columns, or an array in their order.`,
  });
}
