import {
  ArrayType,
  BooleanType,
  type DataType,
  IntegerType,
  MapType,
  type MapValue,
  sameType,
  type Value,
} from "@ss/core";
import { findWiderTypeForTwo } from "../../expression/coercion/wider-type.js";
import { datatypeMismatch, quotedType, unexpectedInputType } from "../../expression/errors.js";
import type { Expression, Lambda } from "../../expression/expression.js";
import type {
  EvaluationContext,
  FunctionContext,
  Resolution,
  ScalarFunction,
} from "../../expression/function.js";
import { nullableOf, typeOf } from "../../expression/type-of.js";
import { coerced, scalar } from "../define.js";
import { maker, policyOf } from "../map/map-functions.js";
import { runtimeError } from "../runtime-error.js";
import { valueEquality, valueOrder } from "../value-order.js";

type List = readonly Value[];
type Fn = (...values: Value[]) => Value;
interface Parameter {
  readonly type: DataType;
  readonly nullable: boolean;
}

const INDEX: Parameter = { type: IntegerType, nullable: false };

/** Functions that take lambdas. */
export const higherOrderFunctions: readonly ScalarFunction[] = [
  overArray(
    "transform",
    true,
    (_, lambda) => ArrayType(typeOf(lambda), nullableOf(lambda)),
    () => (list, fn) => list.map((one, k) => fn(one, k)),
  ),
  overArray(
    "filter",
    true,
    (list) => list,
    () => (list, fn) => list.filter((one, k) => fn(one, k) === true),
    true,
  ),
  overArray(
    "exists",
    false,
    () => BooleanType,
    () => (list, fn) => quantified(list, fn, true),
    true,
    true,
  ),
  overArray(
    "forall",
    false,
    () => BooleanType,
    () => (list, fn) => quantified(list, fn, false),
    true,
    true,
  ),
  scalar({
    names: ["array_sort"],
    arity: [1, 2],
    lambdas: (args, _, context) => {
      const element = elementOf(args[0]!, context);
      return [[element, element]];
    },
    resolve: (args, context) => {
      const { type } = elementOf(args[0]!, context);
      if (args[1] && typeOf(args[1]).kind !== "integer") throw wrongReturn(context, 1, IntegerType, args[1]);
      return { args, type: typeOf(args[0]!), nullable: nullableOf(args[0]!), state: type };
    },
    evaluate: ({ state, origin }) => {
      const order = valueOrder(state as DataType);
      return (list, fn) => sorted(list as List, fn as unknown as Fn | undefined, order, origin);
    },
  }),
  scalar({
    names: ["aggregate", "reduce"],
    arity: [3, 4],
    lambdas: (args, counts, context) => {
      const element = elementOf(args[0]!, context);
      const state = { type: typeOf(args[1]!), nullable: true };
      return counts.length === 1 ? [[state, element]] : [[state, element], [state]];
    },
    resolve: resolveAggregate,
    evaluate: () => (list, start, merge, finish) => {
      if (list === null) return null;
      const total = (list as List).reduce(
        (state: Value, one) => (merge as unknown as Fn)(state, one),
        start!,
      );
      return finish ? (finish as unknown as Fn)(total) : total;
    },
    nullPropagating: false,
  }),
  scalar({
    names: ["zip_with"],
    arity: [3, 3],
    lambdas: (args, _, context) => [
      [
        { ...elementOf(args[0]!, context, 0), nullable: true },
        { ...elementOf(args[1]!, context, 1), nullable: true },
      ],
    ],
    resolve: (args) => ({
      args,
      type: ArrayType(typeOf(args[2]!), nullableOf(args[2]!)),
      nullable: nullableOf(args[0]!) || nullableOf(args[1]!),
    }),
    evaluate: () => (a, b, fn) => {
      const [l, r] = [a as List, b as List];
      return Array.from({ length: Math.max(l.length, r.length) }, (_, k) =>
        (fn as unknown as Fn)(l[k] ?? null, r[k] ?? null),
      );
    },
  }),
  overMap(
    "transform_keys",
    (map, lambda) => MapType(typeOf(lambda), map.valueType, map.valueContainsNull),
    (context) => {
      const make = maker((context.type as MapType).keyType, context);
      return (map, fn) =>
        make(
          map.keys.map((key, k) => fn(key, map.values[k]!)),
          map.values,
        );
    },
  ),
  overMap(
    "transform_values",
    (map, lambda) => MapType(map.keyType, typeOf(lambda), nullableOf(lambda)),
    () => (map, fn) => ({
      keys: map.keys,
      values: map.keys.map((key, k) => fn(key, map.values[k]!)),
    }),
  ),
  overMap(
    "map_filter",
    (map) => map,
    () => (map, fn) => {
      const kept = map.keys.map((key, k) => fn(key, map.values[k]!) === true);
      return { keys: map.keys.filter((_, k) => kept[k]), values: map.values.filter((_, k) => kept[k]) };
    },
    true,
  ),
  scalar({
    names: ["map_zip_with"],
    arity: [3, 3],
    lambdas: (args, _, context) => {
      const [l, r] = [mapOfArgument(args[0]!, context, 0), mapOfArgument(args[1]!, context, 1)];
      return [
        [
          { type: commonKey(l, r, context), nullable: false },
          { type: l.valueType, nullable: true },
          { type: r.valueType, nullable: true },
        ],
      ];
    },
    resolve: (args, context) => {
      const [l, r] = [mapOfArgument(args[0]!, context, 0), mapOfArgument(args[1]!, context, 1)];
      const key = commonKey(l, r, context);
      const cast = [l, r].map((map, k) =>
        coerced(args[k]!, MapType(key, map.valueType, map.valueContainsNull), context),
      );
      const type = MapType(key, typeOf(args[2]!), nullableOf(args[2]!));
      return { args: [...cast, args[2]!], type, nullable: cast.some(nullableOf) };
    },
    evaluate: ({ argTypes }) => {
      const equal = valueEquality((argTypes[0] as MapType).keyType);
      return (a, b, fn) => zippedMaps(a as MapValue, b as MapValue, fn as unknown as Fn, equal);
    },
  }),
];

/** The elements of an argument that has to be an array. */
function elementOf(e: Expression, context: FunctionContext, index = 0): Parameter {
  const type = typeOf(e);
  if (type.kind !== "array") throw unexpectedInputType(context, index, "array", e);
  return { type: type.elementType, nullable: type.containsNull };
}

function mapOfArgument(e: Expression, context: FunctionContext, index = 0): MapType {
  const type = typeOf(e);
  if (type.kind !== "map") throw unexpectedInputType(context, index, "map", e);
  return type;
}

function wrongReturn(context: FunctionContext, index: number, expected: DataType, lambda: Expression): Error {
  return unexpectedInputType(context, index, expected, lambda);
}

function overArray(
  name: string,
  takesIndex: boolean,
  type: (list: ArrayType, lambda: Expression) => DataType,
  make: () => (list: List, fn: Fn) => Value,
  isPredicate = false,
  mayBeNull = false,
): ScalarFunction {
  return scalar({
    names: [name],
    arity: [2, 2],
    lambdas: (args, [count], context) => {
      const element = elementOf(args[0]!, context);
      return [takesIndex && count === 2 ? [element, INDEX] : [element]];
    },
    resolve: (args, context) => {
      elementOf(args[0]!, context);
      const lambda = args[1]!;
      if (isPredicate && typeOf(lambda).kind !== "boolean")
        throw wrongReturn(context, 1, BooleanType, lambda);
      const nullable = nullableOf(args[0]!) || (mayBeNull && nullableOf(lambda));
      return { args, type: type(typeOf(args[0]!) as ArrayType, lambda), nullable };
    },
    evaluate: () => make() as unknown as Fn,
  });
}

function overMap(
  name: string,
  type: (map: MapType, lambda: Expression) => DataType,
  make: (context: EvaluationContext) => (map: MapValue, fn: Fn) => Value,
  isPredicate = false,
): ScalarFunction {
  return scalar({
    names: [name],
    arity: [2, 2],
    lambdas: (args, _, context) => {
      const map = mapOfArgument(args[0]!, context);
      return [
        [
          { type: map.keyType, nullable: false },
          { type: map.valueType, nullable: map.valueContainsNull },
        ],
      ];
    },
    resolve: (args, context): Resolution => {
      const map = mapOfArgument(args[0]!, context);
      if (isPredicate && typeOf(args[1]!).kind !== "boolean")
        throw wrongReturn(context, 1, BooleanType, args[1]!);
      return { args, type: type(map, args[1]!), nullable: nullableOf(args[0]!), state: policyOf(context) };
    },
    evaluate: (context) => make(context) as unknown as Fn,
  });
}

/** Whether one (`exists`) or all elements pass, with three truth values. */
function quantified(list: List, fn: Fn, decisive: boolean): Value {
  let unknown = false;
  for (const one of list) {
    const passes = fn(one);
    if (passes === decisive) return decisive;
    if (passes === null) unknown = true;
  }
  return unknown ? null : !decisive;
}

function sorted(
  list: List,
  fn: Fn | undefined,
  order: (a: Value, b: Value) => number,
  origin: EvaluationContext["origin"],
): Value {
  const items = [...list];
  if (fn) {
    return items.sort((a, b) => {
      const compared = fn(a, b);
      if (compared !== null) return compared as number;
      throw runtimeError(
        "COMPARATOR_RETURNS_NULL",
        "22004",
        { firstValue: String(a), secondValue: String(b) },
        "The comparator gave a null.",
        origin,
      );
    });
  }
  return items.sort((a, b) => {
    if (a === null) return b === null ? 0 : 1;
    return b === null ? -1 : order(a, b);
  });
}

/** The state keeps the type of its start; what the lambda gives is cast to it where that loses nothing. */
function resolveAggregate(args: readonly Expression[], context: FunctionContext): Resolution {
  elementOf(args[0]!, context);
  const stateType = typeOf(args[1]!);
  const merge = args[2] as Lambda;
  const mergedType = typeOf(merge);
  if (!sameType(stateType, mergedType, true)) {
    throw datatypeMismatch(
      context,
      "UNEXPECTED_INPUT_TYPE",
      `the lambda has to give ${quotedType(stateType)}, the type of the start, not ${quotedType(mergedType)}.`,
      {
        paramIndex: "third",
        requiredType: quotedType(stateType),
        inputSql: '"lambdafunction"',
        inputType: quotedType(mergedType),
      },
    );
  }
  return { args, type: args[3] ? typeOf(args[3]) : stateType, nullable: true };
}

function commonKey(l: MapType, r: MapType, context: FunctionContext): DataType {
  const key = findWiderTypeForTwo(l.keyType, r.keyType, context.ansi);
  if (key) return key;
  throw datatypeMismatch(
    context,
    "MAP_ZIP_WITH_DIFF_TYPES",
    "the keys of the two maps have different types.",
    {
      functionName: "`map_zip_with`",
      leftType: quotedType(l.keyType),
      rightType: quotedType(r.keyType),
    },
  );
}

function zippedMaps(l: MapValue, r: MapValue, fn: Fn, equal: (a: Value, b: Value) => boolean): MapValue {
  const keys = [...l.keys, ...r.keys.filter((key) => !l.keys.some((other) => equal(other, key)))];
  const valueIn = (map: MapValue, key: Value): Value => {
    const at = map.keys.findIndex((other) => equal(other, key));
    return at < 0 ? null : map.values[at]!;
  };
  return { keys, values: keys.map((key) => fn(key, valueIn(l, key), valueIn(r, key))) };
}
