import { type DataType, IntegerType, StringType, sameType, type Value } from "@ss/core";
import { findTightestCommonType } from "../../expression/coercion/wider-type.js";
import {
  datatypeMismatch,
  nonFoldableInput,
  quotedName,
  quotedType,
  unexpectedInputType,
  wrongNumArgs,
} from "../../expression/errors.js";
import type { Expression } from "../../expression/expression.js";
import type { FunctionContext, GeneratorFunction } from "../../expression/function.js";
import { nullableOf, typeOf } from "../../expression/type-of.js";
import { isString } from "../../expression/type-predicates.js";
import { castInputs, coerced } from "../define.js";
import { jsonTuple } from "../json/json-tuple.js";
import { variantExplode } from "../variant/variant-explode.js";

interface Output {
  readonly name: string;
  readonly type: DataType;
  readonly nullable: boolean;
}

/** Functions that make rows from a row. */
export const generatorFunctions: readonly GeneratorFunction[] = [
  exploding(["explode", "explode_outer"], false),
  exploding(["posexplode", "posexplode_outer"], true),
  {
    form: "generator",
    names: ["inline", "inline_outer"],
    arity: [1, 1],
    parameters: ["input"],
    resolve: (args, context) => {
      const type = typeOf(args[0]!);
      if (type.kind !== "array" || type.elementType.kind !== "struct") {
        throw unexpectedInputType(context, 0, { arrayOf: "struct" }, args[0]!);
      }
      const outer = context.name.endsWith("_outer") || type.containsNull;
      const outputs = type.elementType.fields.map(({ name, type: fieldType, nullable }) => ({
        name,
        type: fieldType,
        nullable: nullable || outer,
      }));
      return { args, outputs, state: outputs.length };
    },
    generate: ({ state }) => {
      const nulls = new Array<Value>(state as number).fill(null);
      return (list) => ((list ?? []) as (readonly Value[] | null)[]).map((row) => row ?? nulls);
    },
  },
  {
    form: "generator",
    names: ["stack"],
    arity: [2, Number.POSITIVE_INFINITY],
    resolve: resolveStack,
    generate: ({ state }) => {
      const [rows, width] = state as [number, number];
      return (...values) =>
        Array.from({ length: rows }, (_, i) =>
          Array.from({ length: width }, (__, k) => values[1 + i * width + k] ?? null),
        );
    },
  },
  {
    form: "generator",
    names: ["json_tuple"],
    arity: [0, Number.POSITIVE_INFINITY],
    resolve: (args, context) => {
      if (args.length < 2) throw wrongNumArgs(context, "> 1", args.length);
      if (args.some((arg) => !isString(typeOf(arg)))) {
        throw datatypeMismatch(context, "NON_STRING_TYPE", "all arguments have to be of type STRING.", {
          funcName: quotedName(context.name),
        });
      }
      const cast = castInputs(args, [StringType], context);
      return {
        args: cast,
        outputs: args.slice(1).map((_, k) => ({ name: `c${k}`, type: StringType, nullable: true })),
      };
    },
    generate:
      () =>
      (json, ...names) => [jsonTuple(json as string | null, names as (string | null)[])],
  },
  variantExplode,
];

function exploding(names: readonly string[], position: boolean): GeneratorFunction {
  return {
    form: "generator",
    names,
    arity: [1, 1],
    parameters: ["collection"],
    elements: { position },
    resolve: (args, context) => {
      const outer = context.name.endsWith("_outer");
      const pos: Output[] = position ? [{ name: "pos", type: IntegerType, nullable: outer }] : [];
      return { args, outputs: [...pos, ...elementsOf(args[0]!, outer, context)] };
    },
  };
}

function elementsOf(list: Expression, outer: boolean, context: FunctionContext): readonly Output[] {
  const type = typeOf(list);
  if (type.kind === "array")
    return [{ name: "col", type: type.elementType, nullable: outer || type.containsNull }];
  if (type.kind !== "map") throw unexpectedInputType(context, 0, ["array", "map"], list);
  return [
    { name: "key", type: type.keyType, nullable: outer },
    { name: "value", type: type.valueType, nullable: outer || type.valueContainsNull },
  ];
}

function resolveStack(
  args: readonly Expression[],
  context: FunctionContext,
): {
  args: readonly Expression[];
  outputs: readonly Output[];
  state: unknown;
} {
  const count = args[0]!;
  if (count.kind !== "literal") throw nonFoldableInput(context, "n", IntegerType, count);
  const rows = Number(count.value);
  if (!(rows >= 1)) {
    throw datatypeMismatch(context, "VALUE_OUT_OF_RANGE", "the number of rows has to be positive.", {
      exprName: "`n`",
      valueRange: "(0, 2147483647]",
      currentValue: String(count.value),
    });
  }
  const width = Math.ceil((args.length - 1) / rows);
  const types = Array.from({ length: width }, (_, k) => columnType(args, k, width, context));
  const cast = args.map((arg, i) => (i === 0 ? arg : coerced(arg, types[(i - 1) % width]!, context)));
  const outputs = types.map((type, k) => ({
    name: `col${k}`,
    type,
    nullable: columnNullable(args, k, width, rows),
  }));
  return { args: cast, outputs, state: [rows, width] };
}

function columnType(
  args: readonly Expression[],
  column: number,
  width: number,
  context: FunctionContext,
): DataType {
  let type: DataType = { kind: "void" };
  let from = -1;
  for (let i = 1 + column; i < args.length; i += width) {
    const other = typeOf(args[i]!);
    if (sameType(type, other, true) || other.kind === "void") continue;
    if (type.kind === "void") {
      type = other;
      from = i;
      continue;
    }
    const common: DataType | undefined = context.ansi
      ? undefined
      : findTightestCommonType(type, other, false);
    if (common) {
      type = common;
      continue;
    }
    throw datatypeMismatch(
      context,
      "STACK_COLUMN_DIFF_TYPES",
      `the values of column ${column} have different types.`,
      {
        columnIndex: String(column),
        leftParamIndex: String(from),
        leftType: quotedType(type),
        rightParamIndex: String(i),
        rightType: quotedType(other),
      },
    );
  }
  return type;
}

function columnNullable(args: readonly Expression[], column: number, width: number, rows: number): boolean {
  for (let row = 0; row < rows; row++) {
    const arg = args[1 + row * width + column];
    if (!arg || nullableOf(arg)) return true;
  }
  return false;
}
