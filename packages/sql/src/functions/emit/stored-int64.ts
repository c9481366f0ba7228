import type { DataType } from "@ss/core";
import type { Code, CodeWriter } from "../../expression/code.js";
import { type Scratch, scratch, scratchCode, wordsOf } from "./int64.js";
import { valueOf } from "./parts.js";

const BIGINT_LITERAL = /^\(?(-?\d+)n\)?$/;

/** The halves of an int64 as two arguments of a call: from where it stands, of a constant, or split from its bigint. */
export function wordArguments(writer: CodeWriter, code: Code): string {
  const words = wordsOf(code);
  if (words) return `${words.low}, ${words.high}`;
  const literal = BIGINT_LITERAL.exec(valueOf(code));
  if (literal) {
    const value = BigInt(literal[1]!);
    return `${BigInt.asIntN(32, value)}, ${BigInt.asIntN(32, value >> 32n)}`;
  }
  const value = writer.variable(valueOf(code));
  return `Number(BigInt.asIntN(32, ${value})), Number(BigInt.asIntN(32, ${value} >> 32n))`;
}

/**
 * An int64 that the call of `store` leaves in memory of its own; `args` gives the texts of its arguments after the memory, and is asked
 * for only where the value is not null.
 */
export function storedInt64(
  writer: CodeWriter,
  type: DataType,
  isNull: string,
  store: (slot: Scratch, ...args: never[]) => void,
  args: () => readonly string[],
): Code {
  const memory = scratch();
  const write = (): void => {
    const parts = args();
    writer.write(`${writer.constant(store)}(${[writer.constant(memory), ...parts].join(", ")});`);
  };
  if (isNull === "false") write();
  else if (isNull !== "true") writer.when(`!${isNull}`, write);
  return scratchCode(writer, type, isNull, memory);
}

/** Whether microseconds, by their high half, lie within 2^52 of the epoch, where times occur and doubles are exact. */
export function isNear(high: number): boolean {
  return high >= -1048576 && high < 1048576;
}

/** The int64 of two halves as a double; exact where `isNear`. */
export function doubleOfWords(low: number, high: number): number {
  return high * 4294967296 + (low >>> 0);
}

/** Stores a safe integer. */
export function storeSafe(slot: Scratch, value: number): void {
  slot.words[0] = value;
  slot.words[1] = Math.floor(value / 4294967296);
}

/** The int64 of two halves as a bigint. */
export function bigintOfWords(low: number, high: number): bigint {
  return (BigInt(high) << 32n) | BigInt(low >>> 0);
}
