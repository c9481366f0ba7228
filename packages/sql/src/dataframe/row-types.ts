/** A row whose columns are known only at run time. */
// biome-ignore lint/suspicious/noExplicitAny: the columns of an untyped row can be anything
export type AnyRow = Record<string, any>;

/** Names of columns of a row type: any text where the row is untyped. */
export type ColumnName<Row> = string extends keyof Row ? string : keyof Row & string;

/** The row with some columns left out. */
export type Without<Row, C> = string extends keyof Row ? AnyRow : Omit<Row, C & string>;

/** The row with some columns only. */
export type Only<Row, C> = string extends keyof Row ? AnyRow : Pick<Row, C & keyof Row>;

/** The row with one more column, of a type known only at run time. */
export type With<Row, C extends string> = string extends keyof Row
  ? AnyRow
  : Omit<Row, C> & { [N in C]: unknown };
