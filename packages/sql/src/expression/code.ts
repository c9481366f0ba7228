import type { ColumnBuilder, DataType } from "@ss/core";
import type { Expression } from "./expression.js";

/** Where the bytes of a value are. */
export interface BytesPlace {
  readonly data: string;
  readonly start: string;
  readonly length: string;
  /** The column and the row of it where the value stands, if it is one that holds for the whole batch. */
  readonly source?: { readonly column: string; readonly row: string };
}

/**
 * A value in the generated loop of a stage: names of variables (or literals) of the generated text, by layout.
 *
 * | layout | parts |
 * |---|---|
 * | boolean | `value`: a JavaScript boolean |
 * | int8, int16, int32, float32, float64 | `value`: a number (float32 rounded by Math.fround) |
 * | int64 | `value`: a bigint within 64 bits |
 * | int128 | `value`: a bigint |
 * | bytes | `data`, `start`, `length`: bytes of a Uint8Array |
 * | list | `column` (a Column or a ColumnBuilder: element reads look alike), `start`, `length` |
 * | map | `keys`, `mapValues` (Columns or builders), `start`, `length` |
 * | struct | `fields`: one Code per field, each with its own null test, meaningful where the struct is not null |
 * | interval | `months`, `days` (numbers), `micros` (bigint) |
 * | null | nothing |
 *
 * `isNull` is the text of a side-effect-free test, `"false"` where there can be no null. Parts are side-effect-free texts
 * too (variables, literals, element reads), safe to repeat; they mean something only where `isNull` is false.
 */
export type Code = { readonly type: DataType; readonly isNull: string } & (
  | { readonly layout: "boolean"; readonly value: string }
  | { readonly layout: "int8" | "int16" | "int32" | "float32" | "float64"; readonly value: string }
  | {
      readonly layout: "int64";
      readonly value: string;
      /** Where the value stands in memory, if it does: pairs of 32-bit words, to copy or read without making a bigint. */
      readonly words?: { readonly array: string; readonly index: string };
      /** Its halves as texts of 32-bit integers, if the code has them at hand: to write or read without making a bigint. */
      readonly pair?: { readonly low: string; readonly high: string };
    }
  | { readonly layout: "int128"; readonly value: string }
  | ({
      readonly layout: "bytes";
      /** Of a text that was made of a binary: that one, as what is no UTF-8 in it is not in the text. */
      readonly binary?: BytesPlace;
    } & BytesPlace)
  | { readonly layout: "list"; readonly column: string; readonly start: string; readonly length: string }
  | {
      readonly layout: "map";
      readonly keys: string;
      readonly mapValues: string;
      readonly start: string;
      readonly length: string;
    }
  | { readonly layout: "struct"; readonly fields: readonly Code[] }
  | { readonly layout: "interval"; readonly months: string; readonly days: string; readonly micros: string }
  | { readonly layout: "null" }
);

/**
 * Writes the body of a generated loop, statement by statement. Generated text holds only indexes, checked number literals
 * and names made here: data and names of columns reach the code through `constant`, never as text.
 */
export interface CodeWriter {
  /** Writes the statements that compute an expression, once, and returns its parts. */
  expression(expression: Expression): Code;
  /** A fresh variable name, declared with `let` before the loop body's code, with the given initial text. */
  variable(initial?: string): string;
  /** A fresh variable that keeps its value from row to row of a batch, with the given text before the first. */
  carried(initial: string): string;
  /** A constant of the whole batch, computed before the loop from columns and constants: the same one for the same text. */
  local(initial: string): string;
  /** Adds a statement (or several, or an opening or closing of a block). */
  write(statement: string): void;
  /** Runs `body` inside `if (condition) { ... }`, and `otherwise` inside its else. Variables that it computes are visible inside only. */
  when(condition: string, body: () => void, otherwise?: () => void): void;
  /** A value of the engine (function, table, string, bigint) under a name that the code can use. */
  constant(value: unknown): string;
  /** The boxed value of a code as an expression text (null where it is null). */
  box(code: Code): string;
  /** Parts of a code from the text of a boxed value; the text is evaluated once. */
  unbox(text: string, type: DataType): Code;
  /** Declares variables for a code of this type, to be set in several branches with `assign`. */
  declare(type: DataType): Code;
  /** Sets variables made by `declare`. `target.isNull` is set too. */
  assign(target: Code, source: Code): void;
  /** Sets variables made by `declare` to null. */
  assignNull(target: Code): void;
  /**
   * A builder of the elements of lists that the loop makes, under a name that the code can use as the column of a list. It is
   * emptied before each batch; lists refer to it by position.
   */
  builder(builder: ColumnBuilder): string;
  /** Names whose value holds for the whole batch: arrays of columns, constants, builders. */
  readonly stable: ReadonlySet<string>;
  /** The row's position in the batch that the loop reads. */
  readonly row: string;
  /** What scalar functions get at run time, under a name that the code can use: `nowMs()`, `partition()`. */
  readonly runtime: string;
}
