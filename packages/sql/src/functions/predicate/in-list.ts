import { BooleanType, type DataType, sameType, type Value } from "@ss/core";
import { hash32 } from "@ss/kernels";
import type { Code, CodeWriter } from "../../expression/code.js";
import { findWiderType } from "../../expression/coercion/wider-type.js";
import { datatypeMismatch, invalidOrderingType, quotedType } from "../../expression/errors.js";
import type { Expression } from "../../expression/expression.js";
import type { FunctionContext, Resolution, ScalarFunction } from "../../expression/function.js";
import { typeOf } from "../../expression/type-of.js";
import { isGroupable } from "../../expression/type-predicates.js";
import { coerced, scalar } from "../define.js";
import { equalsBytesText } from "../emit/compare.js";
import { type BytesCode, held, present, valueCode, valueOf } from "../emit/parts.js";
import { emitComparison, literalBytes } from "./comparison.js";
import { comparisonType } from "./comparison-operands.js";

/** `x IN (a, b, ...)`. */
export const inFunctions: readonly ScalarFunction[] = [
  scalar({
    names: ["in"],
    arity: [1, Number.POSITIVE_INFINITY],
    resolve,
    emit: (writer, args) => emitIn(writer, args),
  }),
];

function resolve(args: readonly Expression[], context: FunctionContext): Resolution {
  const types = args.map(typeOf);
  const variant = types.find((type) => !isGroupable(type));
  if (variant !== undefined) throw invalidOrderingType(context, "in", variant);
  if (types.every((type) => sameType(type, types[0]!, true))) return { args, type: BooleanType };
  const common =
    args.length === 2 ? comparisonType(args[0]!, args[1]!, context) : findWiderType(types, context.ansi);
  if (!common) {
    const dataType = `[${types.map(quotedType).join(", ")}]`;
    throw datatypeMismatch(
      context,
      "DATA_DIFF_TYPES",
      `the values of IN have different types: ${dataType}.`,
      {
        functionName: "`in`",
        dataType,
      },
    );
  }
  return { args: args.map((arg) => coerced(arg, common, context)), type: BooleanType };
}

/** Lists up to this length are compared one by one. */
const UNROLLED = 8;

function emitIn(writer: CodeWriter, args: readonly Expression[]): Code {
  const [first, ...list] = args;
  const value = writer.expression(first!);
  const constants = list.filter(isConstant);
  const present = constants.filter((e) => e.kind === "literal" && e.value !== null);
  const hasNull = present.length < constants.length;
  const others = list.filter((e) => !isConstant(e));
  const found = writer.variable("false");
  const unknown = writer.variable(hasNull ? "true" : "false");
  const search = (): void => {
    if (present.length > 0) searchConstants(writer, value, present, found);
    for (const other of others) searchOther(writer, value, other, found, unknown);
  };
  if (value.isNull === "false") search();
  else writer.when(value.isNull, () => writer.write(`${unknown} = true;`), search);
  const mayBeNull = hasNull || value.isNull !== "false" || others.length > 0;
  return valueCode(BooleanType, mayBeNull ? `(!${found} && ${unknown})` : "false", found);
}

function isConstant(e: Expression): boolean {
  return e.kind === "literal";
}

function valuesOf(list: readonly Expression[]): Value[] {
  return list.map((e) => (e.kind === "literal" ? e.value : null));
}

function searchConstants(writer: CodeWriter, value: Code, list: readonly Expression[], found: string): void {
  const code = present(value);
  if (code.layout === "bytes") {
    writer.write(`${found} = ${bytesTest(writer, code, list)};`);
    return;
  }
  if (list.length <= UNROLLED || !isHashable(code.type)) {
    for (const one of list) {
      const equal = emitComparison(writer, "=", code, writer.expression(one), [one, one]);
      writer.write(`if (${valueOf(equal)}) ${found} = true;`);
    }
    return;
  }
  const set = writer.constant(new Set(valuesOf(list).map((one) => (Object.is(one, -0) ? 0 : one))));
  writer.write(`${found} = ${set}.has(${valueOf(code)});`);
}

/** Types whose values a JavaScript Set tells apart as SQL does (NaN equals itself, zero has no sign). */
function isHashable(type: DataType): boolean {
  return !["array", "map", "struct", "interval", "binary", "variant"].includes(type.kind);
}

function bytesTest(writer: CodeWriter, code: BytesCode, list: readonly Expression[]): string {
  const texts = list.map((e) => literalBytes(e)!);
  if (list.length <= UNROLLED) {
    const start = held(writer, code.start);
    return texts.map((bytes) => equalsBytesText(writer, { ...code, start }, bytes)).join(" || ");
  }
  const set = writer.constant(new BytesSet(texts));
  return `${set}.has(${code.data}, ${code.start}, ${code.length})`;
}

function searchOther(
  writer: CodeWriter,
  value: Code,
  other: Expression,
  found: string,
  unknown: string,
): void {
  writer.when(`!${found}`, () => {
    const code = writer.expression(other);
    const test = (): void => {
      const equal = emitComparison(writer, "=", present(value), present(code));
      writer.write(`if (${valueOf(equal)}) ${found} = true;`);
    };
    if (code.isNull === "false") test();
    else writer.when(code.isNull, () => writer.write(`${unknown} = true;`), test);
  });
}

/** A set of texts, looked up by bytes. */
export class BytesSet {
  readonly #mask: number;
  readonly #slots: (Uint8Array | undefined)[];

  constructor(texts: readonly Uint8Array[]) {
    let size = 16;
    while (size < texts.length * 2) size *= 2;
    this.#mask = size - 1;
    this.#slots = new Array<Uint8Array | undefined>(size).fill(undefined);
    for (const text of texts) {
      let at = hash32(text, 0, text.length) & this.#mask;
      while (this.#slots[at] !== undefined) at = (at + 1) & this.#mask;
      this.#slots[at] = text;
    }
  }

  has(data: Uint8Array, start: number, length: number): boolean {
    let at = hash32(data, start, length) & this.#mask;
    for (;;) {
      const text = this.#slots[at];
      if (text === undefined) return false;
      if (text.length === length && startsWith(text, data, start)) return true;
      at = (at + 1) & this.#mask;
    }
  }
}

function startsWith(text: Uint8Array, data: Uint8Array, start: number): boolean {
  for (let k = 0; k < text.length; k++) if (text[k] !== data[start + k]) return false;
  return true;
}
