import type { DataType } from "@ss/core";
import type { Code, CodeWriter } from "../../expression/code.js";
import { held } from "./parts.js";

/** The low and the high half of an int64, as texts of 32-bit integers. */
export interface Words {
  readonly low: string;
  readonly high: string;
}

/** The halves of an int64, where it has them at hand without making a bigint. */
export function wordsOf(code: Code): Words | undefined {
  if (code.layout !== "int64") return undefined;
  if (code.pair) return code.pair;
  if (!code.words) return undefined;
  const { array, index } = code.words;
  const at = index === "0" ? "" : `2 * ${index}`;
  return { low: `${array}[${at || "0"}]`, high: at ? `${array}[${at} + 1]` : `${array}[1]` };
}

/** The int64 of two halves, as a bigint. */
export function joinWords(low: number, high: number): bigint {
  return BigInt(high) * 4294967296n + BigInt(low >>> 0);
}

/** A code of an int64 that is given by its halves (names of variables); the bigint is made only where it is asked for. */
export function pairCode(writer: CodeWriter, type: DataType, isNull: string, words: Words): Code {
  const value = `${writer.constant(joinWords)}(${words.low}, ${words.high})`;
  return { type, isNull, layout: "int64", value, pair: words };
}

/** A code of an int64 whose value is the text of a number that is a safe integer. */
export function safeIntegerCode(writer: CodeWriter, type: DataType, isNull: string, text: string): Code {
  const number = held(writer, text);
  return pairCode(writer, type, isNull, {
    low: `(${number} | 0)`,
    high: `Math.floor(${number} / 4294967296)`,
  });
}

/** The value of an int64 as a number text, rounded once where it is beyond 2^53. */
export function int64AsNumber(code: Extract<Code, { layout: "int64" }>): string {
  const words = wordsOf(code);
  return words ? `(${words.high} * 4294967296 + (${words.low} >>> 0))` : `Number(${code.value})`;
}

/** An int64 in memory of its own, for functions that write one by its words. */
export interface Scratch {
  readonly values: BigInt64Array;
  readonly words: Int32Array;
}

/** Memory for one int64. */
export function scratch(): Scratch {
  const values = new BigInt64Array(1);
  return { values, words: new Int32Array(values.buffer) };
}

/** A code of the int64 that was last written to scratch memory. */
export function scratchCode(writer: CodeWriter, type: DataType, isNull: string, memory: Scratch): Code {
  const array = writer.constant(memory.words);
  return {
    type,
    isNull,
    layout: "int64",
    value: `${writer.constant(memory.values)}[0]`,
    words: { array, index: "0" },
  };
}
