import type { Column, ColumnBuilder } from "@ss/core";
import type { FieldColumn } from "@ss/kernels";
import type { Code, CodeWriter } from "../../expression/code.js";

/** The field is null, since it holds no value of the type: it spoils the list or map that it is an element of. */
export const BAD = 2;
/** Something within the value could not be read and is null; the rest of it stands. */
export const PARTLY_BAD = 1;

/** A field of many records as a column, which generated code reads by the number of the record. */
export interface FieldValues {
  /** Whether generated code reads the field, or has to know whether it can be read. */
  isUsed: boolean;
  /** The same for the field and all that is within it. */
  useAll(): void;
  /** Makes room for records. */
  start(rowCount: number): void;
  /** Forgets what lists hold; the rows begin anew. */
  clear(): void;
  /** Reads the fields of the rows from `from` to `to`; rows whose value is `BAD` or `PARTLY_BAD` are marked in `bad`. */
  read(bytes: Uint8Array, column: FieldColumn, from: number, to: number, bad: Uint8Array): void;
  /** The value of a row; `path` is the text that leads to this object, and `bytes` to the bytes of the records. */
  code(writer: CodeWriter, place: FieldPlace): Code;
  /** The rows up to `rowCount`, when the last call of `read` read all of them. */
  column(rowCount: number): Column;
  /** A builder for such columns. Texts in it are views of the records' bytes if those hold for the whole batch. */
  builder(isBatch: boolean): ColumnBuilder;
}

/** How generated code comes to a field. */
export interface FieldPlace {
  readonly path: string;
  /** Leads to the starts, lengths and kinds of the field. */
  readonly column: string;
  readonly bytes: string;
  readonly row: string;
}
