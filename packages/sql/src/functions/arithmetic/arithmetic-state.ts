import type { DataType } from "@ss/core";

/** The arithmetic operators. */
export type ArithmeticOperator = "+" | "-" | "*" | "/" | "%" | "div" | "pmod";

/** What overflow and division by zero give: an error, null or what the machine gives, and null in any case. */
export type ArithmeticMode = "ansi" | "legacy" | "try";

/** What resolution leaves for the code of an operator. */
export interface ArithmeticState {
  readonly operator: ArithmeticOperator;
  readonly mode: ArithmeticMode;
  readonly left: DataType;
  readonly right: DataType;
}

/** The function that gives null where the operator fails. */
export const TRY_NAMES: Readonly<Record<ArithmeticOperator, string>> = {
  "+": "try_add",
  "-": "try_subtract",
  "*": "try_multiply",
  "/": "try_divide",
  "%": "try_mod",
  div: "try_divide",
  pmod: "",
};
