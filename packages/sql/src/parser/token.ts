/** What a token is. Keywords are words; the parser decides by their place whether they are names. */
export type TokenType =
  | "word"
  | "quoted"
  | "string"
  | "doubleQuoted"
  | "integer"
  | "decimal"
  | "exponent"
  | "bigint"
  | "smallint"
  | "tinyint"
  | "float"
  | "double"
  | "bigdecimal"
  | "mark"
  | "unknown"
  | "end";

/** A token of a SQL text: the characters from `start` to before `end`. */
export interface Token {
  readonly type: TokenType;
  /** A word in upper case, a mark as it is, and nothing for all else. */
  readonly word: string;
  readonly start: number;
  readonly end: number;
}
