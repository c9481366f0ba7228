import { inspect } from "node:util";

const TEXT_LENGTH = 200;
const LOOK = {
  depth: 1,
  breakLength: Number.POSITIVE_INFINITY,
  compact: true,
  maxArrayLength: 10,
  maxStringLength: TEXT_LENGTH,
} as const;

/** A value of the program as an error shows it, such that `2`, `'2'`, `2n` and `[ 2 ]` differ. Never throws. */
export function valueText(value: unknown): string {
  try {
    const text = inspect(value, LOOK);
    return text.length > TEXT_LENGTH ? `${text.slice(0, TEXT_LENGTH)}...` : text;
  } catch {
    return `a value of type ${typeof value}`;
  }
}

/** What to say of something that was thrown: the message of an Error, else the thing itself. Never throws. */
export function thrownText(thrown: unknown): string {
  if (thrown instanceof Error) return thrown.message;
  return typeof thrown === "object" && thrown !== null ? valueText(thrown) : String(thrown);
}

/** The same, after the type of an error where that says more than Error. */
export function thrownWithType(thrown: unknown): string {
  const text = thrownText(thrown);
  if (!(thrown instanceof Error)) return text;
  const type = thrown.name === "Error" ? thrown.constructor.name : thrown.name;
  return type === "Error" || type === "" ? text : `${type}: ${text}`;
}
