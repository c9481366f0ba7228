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

/** The row with a column under another name. */
export type Renamed<Row, From, To extends string> = string extends keyof Row
  ? AnyRow
  : { [N in Exclude<keyof Row, From> | To]: N extends keyof Row ? Row[N] : Row[From & keyof Row] };

type OneSided = "semi" | "leftsemi" | "left_semi" | "anti" | "leftanti" | "left_anti";

/** The row of a join: of the left side alone, for semi and anti joins. */
export type Joined<Left, Right, Type extends string> = string extends keyof Left
  ? AnyRow
  : Type extends OneSided
    ? Left
    : string extends keyof Right
      ? AnyRow
      : Left & Right;

/** The keys of groups, with the number of rows of each. */
export type Counted<Keys> = string extends keyof Keys
  ? AnyRow
  : { [N in keyof Keys | "count"]: N extends keyof Keys ? Keys[N] : number };
