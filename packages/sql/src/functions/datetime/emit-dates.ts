import type { Code, CodeWriter } from "../../expression/code.js";
import type { Expression } from "../../expression/expression.js";
import type { EmitCall } from "../../expression/function.js";
import { bytesArguments } from "../emit/arena-text.js";
import { anyNull, type BytesCode, guarded, valueCode, valueOf } from "../emit/parts.js";

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** What the name in a row's text stands for. */
export type NameCode<T> = (data: Uint8Array, start: number, length: number) => T;

/** What the names that rows bring stand for; the one looked up last is kept, which is all that a constant needs. */
export function nameReader<T>(meaningOf: (name: string) => T): NameCode<T> {
  let known: Uint8Array | undefined;
  let meaning: T | undefined;
  return (data, start, length) => {
    if (known !== undefined && sameBytes(known, data, start, length)) return meaning as T;
    const bytes = data.slice(start, start + length);
    meaning = meaningOf(decoder.decode(bytes));
    known = bytes;
    return meaning;
  };
}

function sameBytes(known: Uint8Array, data: Uint8Array, start: number, length: number): boolean {
  if (known.length !== length) return false;
  for (let k = 0; k < length; k++) if (known[k] !== data[start + k]) return false;
  return true;
}

/**
 * A date from a date and a name (of a unit, of a day of the week): `numberOf` is asked for the name first, and NaN of `compute` is
 * null.
 */
export function emitByName(
  writer: CodeWriter,
  args: readonly Expression[],
  call: EmitCall,
  numberOf: (name: string) => number,
  compute: (days: number, number: number) => number,
): Code {
  const [date, name] = args as [Expression, Expression];
  const code = writer.expression(date);
  const text = writer.expression(name) as BytesCode;
  const read = writer.constant(nameReader(numberOf));
  return guarded(writer, anyNull(code.isNull, text.isNull), call.type, () => {
    const number = `${read}(${bytesArguments(text)})`;
    const days = writer.variable(`${writer.constant(compute)}(${valueOf(code)}, ${number})`);
    return valueCode(call.type, `(${days} !== ${days})`, days);
  });
}

/** A number of numbers; NaN is null where `mayFail`. */
export function emitOfNumbers(
  writer: CodeWriter,
  args: readonly Expression[],
  call: EmitCall,
  compute: (...values: number[]) => number,
  mayFail: boolean,
): Code {
  const codes = args.map((arg) => writer.expression(arg));
  return guarded(writer, anyNull(...codes.map((code) => code.isNull)), call.type, () => {
    const value = writer.variable(`${writer.constant(compute)}(${codes.map(valueOf).join(", ")})`);
    return valueCode(call.type, mayFail ? `(${value} !== ${value})` : "false", value);
  });
}
