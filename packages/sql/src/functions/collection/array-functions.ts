import {
  ArrayType,
  BooleanType,
  type DataType,
  IntegerType,
  LongType,
  type MapValue,
  StringType,
  StructField,
  StructType,
  sameType,
  type Value,
} from "@ss/core";
import { implicitCast } from "../../expression/coercion/implicit-cast.js";
import { findWiderTypeForTwo } from "../../expression/coercion/wider-type.js";
import {
  datatypeMismatch,
  invalidOrderingType,
  quotedName,
  quotedType,
  unexpectedInputType,
} from "../../expression/errors.js";
import type { Expression } from "../../expression/expression.js";
import type { FunctionContext, Resolution, ScalarFunction } from "../../expression/function.js";
import { nullableOf, typeOf } from "../../expression/type-of.js";
import { isGroupable, isOrderable } from "../../expression/type-predicates.js";
import { boxed, callLike, coerced, inputTypes, rewriting, scalar } from "../define.js";
import { fieldName } from "../nested/constructors.js";
import { nullsFirstOrder, valueEquality, valueOrder } from "../value-order.js";

type List = readonly Value[];

/** Functions of arrays. */
export const arrayFunctions: readonly ScalarFunction[] = [
  boxed(
    ["size", "cardinality"],
    [["array", "map"]],
    IntegerType,
    ({ state }) =>
      (value) => {
        if (value === null) return (state as boolean) ? -1 : null;
        return Array.isArray(value) ? value.length : (value as MapValue).keys.length;
      },
    {
      nullPropagating: false,
      resolve: (args, context) => {
        const legacy = context.conf("spark.sql.legacy.sizeOfNull") !== "false" && !context.ansi;
        return {
          ...inputTypes(args, [["array", "map"]], context, IntegerType, !legacy && args.some(nullableOf)),
          state: legacy,
        };
      },
    },
  ),
  rewriting(["array_size"], [1, 1], ([list], context) => callLike(context, "size", list!)),
  withElement(["array_contains"], BooleanType, (equal) => (list, value) => {
    if (list.some((one) => one !== null && equal(one, value))) return true;
    return list.includes(null) ? null : false;
  }),
  withElement(
    ["array_position"],
    LongType,
    (equal) => (list, value) => BigInt(list.findIndex((one) => one !== null && equal(one, value)) + 1),
  ),
  withElement(
    ["array_remove"],
    undefined,
    (equal) => (list, value) => list.filter((one) => one === null || !equal(one, value)),
  ),
  adding("array_append", (list, value) => [...list, value]),
  adding("array_prepend", (list, value) => [value, ...list]),
  boxed(
    ["array_compact"],
    ["array"],
    (args) => withoutNulls(typeOf(args[0]!)),
    () => (list) => (list as List).filter((one) => one !== null),
  ),
  ofList(
    ["array_distinct"],
    (type) => type,
    ({ elementType }) => {
      const distinct = distinctOf(elementType);
      return (list) => distinct(list);
    },
  ),
  setOperation(
    "array_union",
    (a, b) => a || b,
    (type) => {
      const distinct = distinctOf(type);
      return (l, r) => distinct([...l, ...r]);
    },
  ),
  setOperation(
    "array_intersect",
    (a, b) => a && b,
    (type) => {
      const distinct = distinctOf(type);
      const equal = valueEquality(type);
      return (l, r) => distinct(l).filter((one) => r.some((other) => equal(one, other)));
    },
  ),
  setOperation(
    "array_except",
    (a) => a,
    (type) => {
      const distinct = distinctOf(type);
      const equal = valueEquality(type);
      return (l, r) => distinct(l).filter((one) => !r.some((other) => equal(one, other)));
    },
  ),
  setOperation(
    "arrays_overlap",
    () => true,
    (type) => {
      const equal = valueEquality(type);
      return (l, r) => {
        if (l.some((one) => one !== null && r.some((other) => other !== null && equal(one, other))))
          return true;
        const mayOverlap = l.length > 0 && r.length > 0 && (l.includes(null) || r.includes(null));
        return mayOverlap ? null : false;
      };
    },
    BooleanType,
  ),
  extreme("array_max", 1),
  extreme("array_min", -1),
  scalar({
    names: ["sort_array"],
    arity: [1, 2],
    resolve: (args, context) => {
      const type = listType(args[0]!, context);
      if (!isOrderable(type.elementType)) throw invalidOrderingType(context, context.name, type.elementType);
      return inputTypes(args, ["array", BooleanType], context, type);
    },
    evaluate: ({ argTypes }) => {
      const order = nullsFirstOrder((argTypes[0] as ArrayType).elementType);
      return (list, ascending = true) =>
        [...(list as List)].sort((a, b) => (ascending ? order(a, b) : order(b, a)));
    },
  }),
  scalar({
    names: ["array_repeat"],
    arity: [2, 2],
    resolve: (args, context) => {
      const count = implicitCast(args[1]!, IntegerType, context.ansi);
      if (!count) throw unexpectedInputType(context, 1, IntegerType, args[1]!);
      const type = ArrayType(typeOf(args[0]!), nullableOf(args[0]!));
      return { args: [args[0]!, count], type, nullable: nullableOf(count) };
    },
    evaluate: () => (value, count) =>
      count === null ? null : new Array<Value>(Math.max(count as number, 0)).fill(value!),
    nullPropagating: false,
  }),
  boxed(
    ["flatten"],
    ["array"],
    (args, context) => {
      const type = listType(args[0]!, context);
      if (type.elementType.kind !== "array")
        throw unexpectedInputType(context, 0, { arrayOf: "array" }, args[0]!);
      return type.elementType;
    },
    () => (lists) => ((lists as List).includes(null) ? null : (lists as List[]).flat()),
    { nullable: true },
  ),
  boxed(
    ["array_join"],
    [{ arrayOf: StringType }, StringType, StringType],
    StringType,
    () => (list, delimiter, replacement) =>
      (list as List)
        .map((one) => one ?? replacement ?? null)
        .filter((one) => one !== null)
        .join(delimiter as string),
    { arity: [2, 3] },
  ),
  scalar({
    names: ["arrays_zip"],
    arity: [0, Number.POSITIVE_INFINITY],
    keepsAliases: true,
    resolve: (args, context) => {
      const fields = args.map((arg, k) =>
        StructField(
          zipName(arg, k),
          listType(arg.kind === "alias" ? arg.child : arg, context, k).elementType,
          true,
        ),
      );
      return {
        args: args.map((arg) => (arg.kind === "alias" ? arg.child : arg)),
        type: ArrayType(new StructType(fields), false),
      };
    },
    evaluate:
      () =>
      (...lists) => {
        const length = Math.max(0, ...(lists as List[]).map((list) => list.length));
        return Array.from({ length }, (_, k) => (lists as List[]).map((list) => list[k] ?? null));
      },
  }),
];

/** The type of an argument that has to be an array. */
export function listType(e: Expression, context: FunctionContext, index = 0): ArrayType {
  const type = typeOf(e);
  if (type.kind !== "array") throw unexpectedInputType(context, index, "array", e);
  return type;
}

function withoutNulls(type: DataType): DataType {
  return type.kind === "array" ? ArrayType(type.elementType, false) : type;
}

function zipName(e: Expression, index: number): string {
  const name = fieldName(e, index);
  return name === `col${index + 1}` ? String(index) : name;
}

/** An array and a value of its elements' type, both cast to what they meet in. */
export function resolveWithElement(
  args: readonly Expression[],
  context: FunctionContext,
): readonly [Expression, Expression, ArrayType] {
  const [list, value] = args as [Expression, Expression];
  const type = listType(list, context);
  const valueType = typeOf(value);
  const common = sameType(type.elementType, valueType, true)
    ? type.elementType
    : findWiderTypeForTwo(type.elementType, valueType, context.ansi);
  if (common && refusesVariants(context.name) && !isGroupable(common)) {
    throw invalidOrderingType(context, context.name, common);
  }
  if (!common) {
    throw datatypeMismatch(
      context,
      "ARRAY_FUNCTION_DIFF_TYPES",
      "the array's elements and the value have different types.",
      {
        functionName: quotedName(context.name),
        dataType: '"ARRAY"',
        leftType: quotedType(type),
        rightType: quotedType(valueType),
      },
    );
  }
  const castType = ArrayType(common, type.containsNull);
  return [coerced(list, castType, context), coerced(value, common, context), castType];
}

/** What only adds elements takes variants too; the others compare them. */
function refusesVariants(name: string): boolean {
  return name !== "array_append" && name !== "array_prepend";
}

function withElement(
  names: readonly string[],
  type: DataType | undefined,
  make: (equal: (a: Value, b: Value) => boolean) => (list: List, value: Value) => Value,
): ScalarFunction {
  return scalar({
    names,
    arity: [2, 2],
    resolve: (args, context) => {
      const [list, value, listOf] = resolveWithElement(args, context);
      const nullable =
        nullableOf(list) || nullableOf(value) || (names[0] === "array_contains" && listOf.containsNull);
      return { args: [list, value], type: type ?? listOf, nullable };
    },
    evaluate: ({ argTypes }) =>
      make(valueEquality((argTypes[0] as ArrayType).elementType)) as (...values: Value[]) => Value,
  });
}

function adding(name: string, add: (list: List, value: Value) => List): ScalarFunction {
  return scalar({
    names: [name],
    arity: [2, 2],
    resolve: (args, context) => {
      const [list, value, type] = resolveWithElement(args, context);
      const out = ArrayType(type.elementType, type.containsNull || nullableOf(value));
      return { args: [list, value], type: out, nullable: nullableOf(list) };
    },
    evaluate: () => (list, value) => (list === null ? null : add(list as List, value!)),
    nullPropagating: false,
  });
}

/** Values without repetitions, each where it first stood. */
export function distinctOf(type: DataType): (list: List) => Value[] {
  const equal = valueEquality(type);
  const simple = !["array", "map", "struct", "binary", "interval", "variant"].includes(type.kind);
  return (list) => {
    // a Set tells numbers and texts apart as SQL does, but for the sign of zero, which it ignores as well
    if (simple) return [...new Set(list)];
    const out: Value[] = [];
    for (const one of list) if (!out.some((other) => equal(one, other))) out.push(one);
    return out;
  };
}

function ofList(
  names: readonly string[],
  type: (list: ArrayType) => DataType,
  make: (list: ArrayType) => (list: List) => Value,
): ScalarFunction {
  return boxed(
    names,
    ["array"],
    (args, context) => {
      const list = typeOf(args[0]!) as ArrayType;
      if (names[0] === "array_distinct" && !isGroupable(list)) {
        throw invalidOrderingType(context, context.name, list.elementType);
      }
      return type(list);
    },
    ({ argTypes }) => {
      const fn = make(argTypes[0] as ArrayType);
      return (list) => fn(list as List);
    },
  );
}

function setOperation(
  name: string,
  containsNull: (a: boolean, b: boolean) => boolean,
  make: (elementType: DataType) => (l: List, r: List) => Value,
  type?: DataType,
): ScalarFunction {
  return scalar({
    names: [name],
    arity: [2, 2],
    resolve: (args, context): Resolution => {
      const [l, r] = args.map((arg) => typeOf(arg)) as [DataType, DataType];
      const common =
        l.kind === "array" && r.kind === "array"
          ? findWiderTypeForTwo(l.elementType, r.elementType, context.ansi)
          : undefined;
      if (l.kind !== "array" || r.kind !== "array" || !common) {
        throw datatypeMismatch(
          context,
          "BINARY_ARRAY_DIFF_TYPES",
          "both arguments have to be arrays of one type.",
          {
            functionName: quotedName(context.name),
            arrayType: '"ARRAY"',
            leftType: quotedType(l),
            rightType: quotedType(r),
          },
        );
      }
      if (!isGroupable(common)) throw invalidOrderingType(context, context.name, common);
      const cast = [
        coerced(args[0]!, ArrayType(common, l.containsNull), context),
        coerced(args[1]!, ArrayType(common, r.containsNull), context),
      ];
      const out = type ?? ArrayType(common, containsNull(l.containsNull, r.containsNull));
      return type ? { args: cast, type: out, nullable: true } : { args: cast, type: out };
    },
    evaluate: ({ argTypes }) =>
      make((argTypes[0] as ArrayType).elementType) as unknown as (...values: Value[]) => Value,
  });
}

function extreme(name: string, sign: 1 | -1): ScalarFunction {
  return scalar({
    names: [name],
    arity: [1, 1],
    resolve: (args, context) => {
      const { elementType } = listType(args[0]!, context);
      if (!isOrderable(elementType)) throw invalidOrderingType(context, context.name, elementType);
      return { args, type: elementType, nullable: true };
    },
    evaluate: ({ argTypes }) => {
      const order = valueOrder((argTypes[0] as ArrayType).elementType);
      return (list) => {
        let best: Value = null;
        for (const one of list as List)
          if (one !== null && (best === null || sign * order(one, best) > 0)) best = one;
        return best;
      };
    },
  });
}
