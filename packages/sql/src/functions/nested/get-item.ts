import { ArrayType, type DataType, IntegerType, type StructType, type Value } from "@ss/core";
import type { Code, CodeWriter } from "../../expression/code.js";
import { implicitCast } from "../../expression/coercion/implicit-cast.js";
import { elementCode } from "../../expression/element-code.js";
import {
  analysisError,
  quotedName,
  quotedType,
  sqlOf,
  unexpectedInputType,
} from "../../expression/errors.js";
import type { Expression } from "../../expression/expression.js";
import type { EmitCall, FunctionContext, Resolution, ScalarFunction } from "../../expression/function.js";
import { nullableOf, typeOf } from "../../expression/type-of.js";
import { isIntegral, isString } from "../../expression/type-predicates.js";
import { coerced, scalar } from "../define.js";
import { emitBoxedCall } from "../emit/boxed-call.js";
import { findKeyText } from "../emit/find-key.js";
import { anyNull, present, valueOf } from "../emit/parts.js";
import { runtimeError } from "../runtime-error.js";

/** What resolution leaves for the code: a field by its place, an element or a map's value. */
type ItemState =
  | { readonly form: "field"; readonly index: number }
  | { readonly form: "fieldOfElements"; readonly index: number }
  | { readonly form: "element"; readonly ansi: boolean }
  | { readonly form: "value" };

/** `a[b]` and `a.b`: an element of an array, the value of a map's key, a field of a struct or of an array of structs. */
export const itemFunctions: readonly ScalarFunction[] = [
  scalar({ names: ["getitem"], arity: [2, 2], resolve: resolveItem, emit: emitItem }),
];

function resolveItem(args: readonly Expression[], context: FunctionContext): Resolution {
  const [base, key] = args as [Expression, Expression];
  const type = typeOf(base);
  switch (type.kind) {
    case "struct":
      return fieldOf(base, key, type, context);
    case "array":
      return elementOf(base, key, type, context);
    case "map": {
      const cast = implicitCast(key, type.keyType, context.ansi);
      if (!cast) throw unexpectedInputType(context, 1, type.keyType, key);
      const state: ItemState = { form: "value" };
      return { args: [base, cast], type: type.valueType, nullable: true, state };
    }
    default:
      throw analysisError(
        "INVALID_EXTRACT_BASE_FIELD_TYPE",
        "42000",
        `Cannot extract a value from ${sqlOf(base)}: a struct, an array or a map is needed, not ${quotedType(type)}.`,
        { base: sqlOf(base), other: quotedType(type) },
        context.origin,
      );
  }
}

function fieldOf(base: Expression, key: Expression, type: StructType, context: FunctionContext): Resolution {
  const index = fieldIndex(key, type, context);
  const field = type.fields[index]!;
  const state: ItemState = { form: "field", index };
  return { args: [base, key], type: field.type, nullable: field.nullable || nullableOf(base), state };
}

function fieldIndex(key: Expression, type: StructType, context: FunctionContext): number {
  if (key.kind !== "literal" || typeof key.value !== "string") {
    throw analysisError(
      "INVALID_EXTRACT_FIELD_TYPE",
      "42000",
      `A field's name has to be a constant text, not ${sqlOf(key)}.`,
      { extraction: sqlOf(key) },
      context.origin,
    );
  }
  const name = key.value;
  const sensitive = context.conf("spark.sql.caseSensitive") === "true";
  const same = (other: string): boolean =>
    sensitive ? other === name : other.toLowerCase() === name.toLowerCase();
  const found = type.fields.flatMap((field, k) => (same(field.name) ? [k] : []));
  if (found.length === 1) return found[0]!;
  if (found.length === 0) {
    const fields = type.fields.map((field) => quotedName(field.name)).join(", ");
    throw analysisError(
      "FIELD_NOT_FOUND",
      "42704",
      `No such struct field ${quotedName(name)} in ${fields}.`,
      { fieldName: quotedName(name), fields },
      context.origin,
    );
  }
  throw analysisError(
    "AMBIGUOUS_REFERENCE_TO_FIELDS",
    "42000",
    `The field ${quotedName(name)} stands ${found.length} times in the struct.`,
    { field: quotedName(name), count: String(found.length) },
    context.origin,
  );
}

function elementOf(base: Expression, key: Expression, type: ArrayType, context: FunctionContext): Resolution {
  if (type.elementType.kind === "struct" && key.kind === "literal" && isString(typeOf(key))) {
    const index = fieldIndex(key, type.elementType, context);
    const field = type.elementType.fields[index]!;
    const state: ItemState = { form: "fieldOfElements", index };
    return { args: [base, key], type: ArrayType(field.type, type.containsNull || field.nullable), state };
  }
  const keyType = typeOf(key);
  const expected = isString(keyType) && !context.ansi ? undefined : "integral";
  const cast = expected && implicitCast(key, expected, context.ansi);
  if (!cast) throw unexpectedInputType(context, 1, "integral", key);
  // positions beyond 32 bits are out of every array's bounds, and are told as they are
  const index =
    isIntegral(typeOf(cast)) && typeOf(cast).kind === "long" ? cast : coerced(cast, IntegerType, context);
  const state: ItemState = { form: "element", ansi: context.ansi };
  return { args: [base, index], type: type.elementType, nullable: true, state };
}

function emitItem(writer: CodeWriter, args: readonly Expression[], call: EmitCall): Code {
  const state = call.state as ItemState;
  const base = writer.expression(args[0]!);
  switch (state.form) {
    case "field": {
      const field = (base as Extract<Code, { layout: "struct" }>).fields[state.index]!;
      return { ...field, isNull: anyNull(base.isNull, field.isNull) } as Code;
    }
    case "fieldOfElements":
      return emitBoxedCall(
        writer,
        (list: readonly (readonly Value[] | null)[]) =>
          list.map((one) => (one === null ? null : one[state.index]!)),
        [base],
        call.type,
      );
    case "element":
      return emitElement(writer, base as ListCode, writer.expression(args[1]!), call, state.ansi);
    case "value":
      return emitMapValue(writer, base as MapCode, writer.expression(args[1]!), call.type);
  }
}

type ListCode = Extract<Code, { layout: "list" }>;
type MapCode = Extract<Code, { layout: "map" }>;

function emitElement(writer: CodeWriter, list: ListCode, key: Code, call: EmitCall, ansi: boolean): Code {
  const at = writer.variable("-1");
  const isNull = anyNull(list.isNull, key.isNull);
  const find = (): void => {
    const index = writer.variable(key.layout === "int64" ? `Number(${valueOf(key)})` : valueOf(key));
    writer.write(`if (${index} >= 0 && ${index} < ${list.length}) ${at} = ${list.start} + ${index};`);
    if (!ansi) return;
    const fails = writer.constant((wanted: number, size: number) => {
      throw invalidArrayIndex(wanted, size, call);
    });
    writer.write(`else ${fails}(${index}, ${list.length});`);
  };
  if (isNull === "false") find();
  else writer.when(`!${isNull}`, find);
  const element = elementCode(call.type, list.column, at);
  return {
    ...element,
    isNull: element.isNull === "true" ? "true" : `(${at} < 0 || ${element.isNull})`,
  } as Code;
}

function invalidArrayIndex(index: number, size: number, call: EmitCall): Error {
  return runtimeError(
    "INVALID_ARRAY_INDEX",
    "22003",
    { indexValue: String(index), arraySize: String(size), ansiConfig: '"spark.sql.ansi.enabled"' },
    `The index ${index} is out of bounds. The array has ${size} elements. Use the function get() to get NULL instead.`,
    call.origin,
  );
}

/** The value of a key in a map, null where it has none. */
export function emitMapValue(writer: CodeWriter, map: MapCode, key: Code, type: DataType): Code {
  const at = writer.variable("-1");
  const isNull = anyNull(map.isNull, key.isNull);
  const find = (): void => {
    writer.write(`${at} = ${findKeyText(writer, map, present(key))};`);
  };
  if (isNull === "false") find();
  else writer.when(`!${isNull}`, find);
  const value = elementCode(type, map.mapValues, at);
  return { ...value, isNull: value.isNull === "true" ? "true" : `(${at} < 0 || ${value.isNull})` } as Code;
}
