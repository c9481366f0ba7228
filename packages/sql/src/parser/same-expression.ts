import type { Expression } from "../expression/expression.js";

/** Whether two unresolved expressions are written alike: case of names and places in the text do not count. */
export function sameExpression(a: Expression, b: Expression): boolean {
  return a === b || keyOf(a) === keyOf(b);
}

function keyOf(expression: Expression): string {
  return JSON.stringify(expression, (name, value: unknown) => {
    if (name === "origin" || name === "text") return undefined;
    if (typeof value === "bigint") return `${value}n`;
    if (name === "parts" || name === "name") return JSON.stringify(value).toLowerCase();
    return value;
  });
}
