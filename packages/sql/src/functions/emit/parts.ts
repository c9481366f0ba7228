import { type DataType, layoutOf } from "@ss/core";
import type { Code, CodeWriter } from "../../expression/code.js";

/** Codes whose value is one text. */
export type ValueCode = Extract<Code, { readonly value: string }>;
/** Codes of strings and binaries. */
export type BytesCode = Extract<Code, { readonly layout: "bytes" }>;

/** The disjunction of null tests, shortened where one is constant. */
export function anyNull(...tests: readonly string[]): string {
  if (tests.includes("true")) return "true";
  const open = [...new Set(tests.filter((test) => test !== "false"))];
  if (open.length === 0) return "false";
  return open.length === 1 ? open[0]! : `(${open.join(" || ")})`;
}

/** A code of one value text, in the layout of its type. */
export function valueCode(type: DataType, isNull: string, value: string): Code {
  return { type, isNull, layout: layoutOf(type), value } as Code;
}

/** A code of a string or binary. */
export function bytesCode(type: DataType, isNull: string, data: string, start: string, length: string): Code {
  return { type, isNull, layout: "bytes", data, start, length };
}

/** A code that is always null. */
export function alwaysNull(writer: CodeWriter, type: DataType): Code {
  return { ...writer.declare(type), isNull: "true" } as Code;
}

/** The text of a code that has one value; what asks for it knows the layout from the type. */
export function valueOf(code: Code): string {
  return (code as ValueCode).value;
}

/** Holds a text in a variable, unless it is cheap to repeat: a name, a number, an element of an array. */
export function held(writer: CodeWriter, text: string): string {
  if (/^\(?-?[\w.]+\)?$/.test(text) || /^\w+\[\w+\]$/.test(text)) return text;
  return writer.variable(text);
}

/** Null where `isNull` holds, and what `compute` gives elsewhere; `compute` runs only where the arguments are present. */
export function guarded(writer: CodeWriter, isNull: string, type: DataType, compute: () => Code): Code {
  if (isNull === "false") return compute();
  if (isNull === "true") return alwaysNull(writer, type);
  if (layoutOf(type) === "bytes") return guardedBytes(writer, isNull, type, compute);
  const result = writer.declare(type);
  writer.when(
    isNull,
    () => writer.assignNull(result),
    () => writer.assign(result, compute()),
  );
  return result;
}

/** Bytes that lie in an array of the whole batch or in the arena are named by their place there, so that an output need not copy them. */
function guardedBytes(writer: CodeWriter, isNull: string, type: DataType, compute: () => Code): Code {
  const arena = `${writer.runtime}.bytes`;
  const flag = writer.variable("true");
  const [held, start, length] = [writer.variable(arena), writer.variable("0"), writer.variable("0")];
  let data = held;
  writer.when(`!${isNull}`, () => {
    const code = compute() as BytesCode;
    if (code.data === arena || writer.stable.has(code.data)) data = code.data;
    else writer.write(`${held} = ${code.data};`);
    writer.write(`${flag} = ${code.isNull}; ${start} = ${code.start}; ${length} = ${code.length};`);
  });
  return bytesCode(type, flag, data, start, length);
}

/** A code of the same value that cannot be null, for use where its null test was made. */
export function present<C extends Code>(code: C): C {
  return code.layout === "null" ? code : { ...code, isNull: "false" };
}
