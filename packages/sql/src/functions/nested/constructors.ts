import {
  type ArrayType,
  type DataType,
  MapType,
  NullType,
  StringType,
  StructField,
  StructType,
  type Value,
} from "@ss/core";
import type { Code, CodeWriter } from "../../expression/code.js";
import { analysisError, datatypeMismatch, nonFoldableInput, wrongNumArgs } from "../../expression/errors.js";
import type { Expression } from "../../expression/expression.js";
import type {
  EvaluationContext,
  FunctionContext,
  Resolution,
  ScalarFunction,
} from "../../expression/function.js";
import { nullableOf, typeOf } from "../../expression/type-of.js";
import { existsInType } from "../../expression/type-predicates.js";
import { commonType } from "../conditional/common-type.js";
import { coerced, scalar } from "../define.js";
import { mapOf } from "./map-of.js";

const MANY = Number.POSITIVE_INFINITY;

/** `array`, `map`, `struct` and `named_struct`. */
export const constructorFunctions: readonly ScalarFunction[] = [
  scalar({
    names: ["array"],
    arity: [0, MANY],
    resolve: resolveArray,
    evaluate:
      () =>
      (...values) =>
        values,
    nullPropagating: false,
  }),
  scalar({
    names: ["map"],
    arity: [0, MANY],
    resolve: resolveMap,
    evaluate: evaluateMap,
    nullPropagating: false,
  }),
  scalar({
    names: ["struct"],
    arity: [1, MANY],
    resolve: resolveStruct,
    emit: emitStruct,
    keepsAliases: true,
  }),
  scalar({
    names: ["named_struct"],
    arity: [0, MANY],
    resolve: resolveNamedStruct,
    emit: (writer, args, call) =>
      emitStruct(
        writer,
        args.filter((_, k) => k % 2 === 1),
        call,
      ),
  }),
];

function resolveArray(args: readonly Expression[], context: FunctionContext): Resolution {
  const elementType = args.length === 0 ? NullType : commonType(args, context, context.name);
  const type: ArrayType = { kind: "array", elementType, containsNull: args.some(nullableOf) };
  return { args: args.map((arg) => coerced(arg, elementType, context)), type, nullable: false };
}

function resolveMap(args: readonly Expression[], context: FunctionContext): Resolution {
  if (args.length % 2 !== 0) throw wrongNumArgs(context, "2n (n > 0)", args.length);
  const keys = args.filter((_, k) => k % 2 === 0);
  const values = args.filter((_, k) => k % 2 === 1);
  const keyType = keys.length === 0 ? NullType : sideType(keys, context, "CREATE_MAP_KEY_DIFF_TYPES");
  const valueType = values.length === 0 ? NullType : sideType(values, context, "CREATE_MAP_VALUE_DIFF_TYPES");
  checkKeyType(keyType, context);
  const type = MapType(keyType, valueType, values.some(nullableOf));
  const cast = args.map((arg, k) => coerced(arg, k % 2 === 0 ? keyType : valueType, context));
  return { args: cast, type, nullable: false, state: { dedup: context.conf("spark.sql.mapKeyDedupPolicy") } };
}

function sideType(args: readonly Expression[], context: FunctionContext, condition: string): DataType {
  try {
    return commonType(args, context, "map");
  } catch {
    const dataType = `[${args.map((arg) => `"${typeOf(arg).kind.toUpperCase()}"`).join(", ")}]`;
    throw datatypeMismatch(context, condition, `the types differ: ${dataType}.`, {
      functionName: "`map`",
      dataType,
    });
  }
}

/** A key must not hold a map. */
export function checkKeyType(type: DataType, context: FunctionContext): void {
  if (!existsInType(type, (part) => part.kind === "map" || part.kind === "variant")) return;
  throw datatypeMismatch(context, "INVALID_MAP_KEY_TYPE", "the key of a map cannot be or contain a map.", {
    keyType: `"${type.kind.toUpperCase()}"`,
  });
}

function evaluateMap({ type, state, origin }: EvaluationContext): (...values: Value[]) => Value {
  const { keyType } = type as MapType;
  const make = mapOf(keyType, (state as { dedup?: string }).dedup, origin);
  return (...values) =>
    make(
      values.filter((_, k) => k % 2 === 0),
      values.filter((_, k) => k % 2 === 1),
    );
}

function resolveStruct(args: readonly Expression[]): Resolution {
  const fields = args.map((arg, k) => StructField(fieldName(arg, k), typeOf(arg), nullableOf(arg)));
  return { args: args.map(unaliased), type: new StructType(fields), nullable: false };
}

function unaliased(e: Expression): Expression {
  return e.kind === "alias" ? e.child : e;
}

/** The name that a value brings along, or `col1`, `col2`, ... */
export function fieldName(e: Expression, index: number): string {
  if (e.kind === "alias") return e.names[0]!;
  if (e.kind === "attribute" || e.kind === "lambdaVariable") return e.name;
  if (e.kind === "outerReference") return e.attribute.name;
  if (e.kind === "scalar" && e.fn.names[0] === "getitem") {
    const [base, key] = e.args;
    if (typeOf(base!).kind === "struct" && key!.kind === "literal") return String(key!.value);
  }
  return `col${index + 1}`;
}

function resolveNamedStruct(args: readonly Expression[], context: FunctionContext): Resolution {
  if (args.length === 0 || args.length % 2 !== 0) throw wrongNumArgs(context, "2n (n > 0)", args.length);
  const fields: StructField[] = [];
  for (let k = 0; k < args.length; k += 2) {
    const name = args[k]!;
    if (name.kind !== "literal") throw nonFoldableInput(context, "name", StringType, name);
    if (name.value === null) {
      throw analysisError("DATATYPE_MISMATCH.UNEXPECTED_NULL", "42K09", "A field's name must not be null.", {
        sqlExpr: `"${context.sql}"`,
        exprName: "[`name0`]",
      });
    }
    fields.push(StructField(String(name.value), typeOf(args[k + 1]!), nullableOf(args[k + 1]!)));
  }
  return { args: args.map(unaliased), type: new StructType(fields), nullable: false };
}

function emitStruct(
  writer: CodeWriter,
  args: readonly Expression[],
  call: { readonly type: DataType },
): Code {
  return {
    type: call.type,
    isNull: "false",
    layout: "struct",
    fields: args.map((arg) => writer.expression(arg)),
  };
}
