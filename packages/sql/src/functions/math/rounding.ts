import { type DataType, DecimalType, DoubleType, IntegerType, LongType, type Value } from "@ss/core";
import {
  ceilDecimal,
  divideHalfUp,
  fitsPrecision,
  floorDecimal,
  formatDecimal,
  formatDouble,
  formatFloat,
  parseScaledInteger,
  powerOfTen,
  rescale,
  roundHalfEvenDecimal,
} from "@ss/kernels";
import type { Code, CodeWriter } from "../../expression/code.js";
import { adjustPrecisionScale } from "../../expression/coercion/decimal-rules.js";
import { implicitCast } from "../../expression/coercion/implicit-cast.js";
import {
  analysisError,
  nonFoldableInput,
  unexpectedInputType,
  wrongNumArgs,
} from "../../expression/errors.js";
import type { Expression } from "../../expression/expression.js";
import type { EmitCall, FunctionContext, Resolution, ScalarFunction } from "../../expression/function.js";
import { typeOf } from "../../expression/type-of.js";
import { isIntegral } from "../../expression/type-predicates.js";
import { saturateLong } from "../cast/to-number.js";
import { callLike, coerced, constantOf, scalar } from "../define.js";
import { emitBoxedCall } from "../emit/boxed-call.js";
import type { Scratch } from "../emit/int64.js";
import { guarded, valueCode, valueOf } from "../emit/parts.js";
import { storedInt64, storeSafe } from "../emit/stored-int64.js";
import { arithmeticOverflow, decimalOutOfRange } from "../runtime-error.js";

type RoundDecimal = (unscaled: bigint, from: number, to: number) => bigint;

/** `round`, `bround`, `ceil`, `floor` and `sign`. */
export const roundingFunctions: readonly ScalarFunction[] = [
  rounding(["round"], (value, from, to) =>
    to >= from ? rescale(value, from, to) : divideHalfUp(value, powerOfTen(from - to)),
  ),
  rounding(["bround"], roundHalfEvenDecimal),
  scaled(["ceil", "ceiling"], "$ceil", ceilDecimal),
  scaled(["floor"], "$floor", floorDecimal),
  whole("$ceil", Math.ceil, ceilDecimal),
  whole("$floor", Math.floor, floorDecimal),
];

/** The places to round to: a constant. */
function placesOf(e: Expression | undefined, context: FunctionContext): number | null {
  if (e === undefined) return 0;
  const cast = implicitCast(e, IntegerType, context.ansi);
  if (!cast) throw unexpectedInputType(context, 1, IntegerType, e);
  const value = constantOf(cast, context);
  if (value === undefined) throw nonFoldableInput(context, "scale", IntegerType, e);
  return value === null ? null : Number(value);
}

interface RoundState {
  readonly places: number | null;
  readonly ansi: boolean;
}

function rounding(names: readonly string[], round: RoundDecimal): ScalarFunction {
  return scalar({
    names,
    arity: [1, 2],
    resolve: (args, context) => resolveRound(args, context),
    emit: (writer, args, call) => emitRound(writer, args, call, round),
  });
}

function resolveRound(args: readonly Expression[], context: FunctionContext): Resolution {
  const value = implicitCast(args[0]!, "numeric", context.ansi);
  if (!value) throw unexpectedInputType(context, 0, "numeric", args[0]!);
  const places = placesOf(args[1], context);
  const state: RoundState = { places, ansi: context.ansi };
  const rest = args.slice(1);
  return { args: [value, ...rest], type: roundedType(typeOf(value), places ?? 0), nullable: true, state };
}

/** A rounded decimal may need one more digit, and has no more places than were asked for. */
function roundedType(type: DataType, places: number): DataType {
  if (type.kind !== "decimal") return type;
  const { precision, scale } = type;
  const integral = precision - scale + 1;
  if (places < 0) {
    const digits = Math.max(integral, -places + 1);
    return DecimalType(Math.min(digits, 38), 0);
  }
  const newScale = Math.min(scale, places);
  return DecimalType(Math.min(integral + newScale, 38), newScale);
}

/** What rounding one value needs to know. */
interface RoundContext extends RoundState {
  readonly from: DataType;
  readonly type: DataType;
  readonly origin: EmitCall["origin"];
}

function emitRound(
  writer: CodeWriter,
  args: readonly Expression[],
  call: EmitCall,
  round: RoundDecimal,
): Code {
  const code = writer.expression(args[0]!);
  const state = call.state as RoundState;
  const { places } = state;
  const from = typeOf(args[0]!);
  if (places !== null && places >= 0 && isIntegral(from)) return code;
  const boxed = roundingOf({ ...state, from, type: call.type, origin: call.origin }, round);
  if (from.kind === "double" && places !== null && places >= 0 && places <= 15) {
    const fn = writer.constant(quickRound(places, boxed as (value: number) => number));
    return guarded(writer, code.isNull, call.type, () =>
      valueCode(call.type, "false", writer.variable(`${fn}(${valueOf(code)})`)),
    );
  }
  return emitBoxedCall(writer, boxed, [code], call.type);
}

/**
 * Rounds doubles as numbers where the result is certain: a tie is decided by the shortest decimal that stands for the double, so
 * what lies within the error of the product from a tie is left to `exact`. The quotient of two exact integers is the double
 * nearest to their decimal.
 */
function quickRound(places: number, exact: (value: number) => number): (value: number) => number {
  const power = 10 ** places;
  return (value) => {
    const scaled = Math.abs(value) * power;
    if (!(scaled < 1e15) || value === 0) return exact(value);
    const floor = Math.floor(scaled);
    const rest = scaled - floor;
    if (Math.abs(rest - 0.5) <= scaled * 2 ** -50) return exact(value);
    const rounded = (rest > 0.5 ? floor + 1 : floor) / power;
    return value < 0 && rounded !== 0 ? -rounded : rounded;
  };
}

/** The rounding of boxed values of a type. */
function roundingOf(context: RoundContext, round: RoundDecimal): (value: never) => Value {
  const { places, from: type } = context;
  if (places === null) return () => null;
  switch (type.kind) {
    case "decimal": {
      const target = context.type as DecimalType;
      return (value: bigint) => {
        const rounded = rescale(round(value, type.scale, places), places, target.scale);
        return fitDecimal(
          places >= type.scale ? rescale(value, type.scale, target.scale) : rounded,
          target,
          context,
        );
      };
    }
    case "float":
    case "double": {
      const format = type.kind === "float" ? formatFloat : formatDouble;
      const narrow = type.kind === "float" ? Math.fround : (x: number): number => x;
      return (value: number) => {
        if (!Number.isFinite(value)) return value;
        const { unscaled, scale } = parseScaledInteger(format(value))!;
        if (places >= scale) return value;
        return narrow(Number(`${round(unscaled, scale, places)}e${-places}`));
      };
    }
    default: {
      if (places >= 0) return (value: number | bigint) => value;
      return (value: number | bigint) => {
        const rounded = round(BigInt(value), 0, places) * powerOfTen(-places);
        return fitInteger(rounded, type, context);
      };
    }
  }
}

function fitDecimal(unscaled: bigint, type: DecimalType, context: RoundContext): Value {
  if (fitsPrecision(unscaled, type.precision)) return unscaled;
  if (!context.ansi) return null;
  throw decimalOutOfRange(formatDecimal(unscaled, type.scale), type.precision, type.scale, context.origin);
}

const BITS: Readonly<Record<string, number>> = { byte: 8, short: 16, integer: 32, long: 64 };

function fitInteger(value: bigint, type: DataType, context: RoundContext): Value {
  const wrapped = BigInt.asIntN(BITS[type.kind]!, value);
  if (wrapped !== value && context.ansi) throw arithmeticOverflow("Overflow", "", context.origin);
  return type.kind === "long" ? wrapped : Number(wrapped);
}

/** `ceil` and `floor`: to whole numbers, or with a second argument to places of a decimal. */
function scaled(
  names: readonly string[],
  wholeName: string,
  round: (unscaled: bigint, scale: number) => bigint,
): ScalarFunction {
  return scalar({
    names,
    arity: [1, Number.POSITIVE_INFINITY],
    rewrite: (args, context) => (args.length === 1 ? callLike(context, wholeName, args[0]!) : undefined),
    resolve: (args, context) => {
      if (args.length > 2) throw wrongNumArgs(context, "2", args.length);
      const scale = typeOf(args[1]!).kind === "integer" ? constantOf(args[1]!, context) : undefined;
      if (typeof scale !== "number") throw unfoldableScale(context);
      const places = scale;
      const value = coerced(args[0]!, decimalOf(typeOf(args[0]!)), context);
      const type = roundedType(typeOf(value), places);
      return {
        args: [value, args[1]!],
        type,
        nullable: true,
        state: { places, ansi: context.ansi } satisfies RoundState,
      };
    },
    emit: (writer, args, call) =>
      emitRound(writer, args, call, (value, from, to) =>
        to >= from ? rescale(value, from, to) : round(value, from - to),
      ),
  });
}

function unfoldableScale(context: FunctionContext): Error {
  return analysisError(
    "NON_FOLDABLE_ARGUMENT",
    "42K08",
    `The argument scale of ${context.name} has to be a constant of type "INT" that is not null.`,
    { funcName: `\`${context.name}\``, paramName: "`scale`", paramType: '"INT"' },
    context.origin,
  );
}

function decimalOf(type: DataType): DataType {
  switch (type.kind) {
    case "decimal":
      return type;
    case "byte":
      return DecimalType(3, 0);
    case "short":
      return DecimalType(5, 0);
    case "integer":
      return DecimalType(10, 0);
    case "long":
      return DecimalType(20, 0);
    case "float":
      return DecimalType(14, 7);
    default:
      return DecimalType(30, 15);
  }
}

/** To whole numbers: BIGINT, or a decimal without places. */
function whole(
  name: string,
  ofDouble: (x: number) => number,
  ofDecimal: (unscaled: bigint, scale: number) => bigint,
): ScalarFunction {
  return scalar({
    names: [name],
    arity: [1, 1],
    resolve: (args, context) => {
      const type = typeOf(args[0]!);
      const target = type.kind === "decimal" ? type : isIntegral(type) ? LongType : DoubleType;
      const cast = implicitCast(args[0]!, target, context.ansi);
      if (!cast) throw unexpectedInputType(context, 0, [DoubleType, "decimal", LongType], args[0]!);
      return { args: [cast], type: wholeType(typeOf(cast)) };
    },
    emit: (writer, args, call) => {
      const code = writer.expression(args[0]!);
      const type = typeOf(args[0]!);
      if (isIntegral(type)) return code;
      if (type.kind === "decimal") {
        const fn = (value: bigint): bigint => ofDecimal(value, type.scale);
        return emitBoxedCall(writer, fn, [code], call.type);
      }
      const store = (memory: Scratch, value: number): void => storeSaturated(memory, ofDouble(value));
      return storedInt64(writer, call.type, code.isNull, store, () => [valueOf(code)]);
    },
    pretty: ([value]) => `${name === "$ceil" ? "CEIL" : "FLOOR"}(${value})`,
  });
}

function storeSaturated(memory: Scratch, value: number): void {
  if (Math.abs(value) <= Number.MAX_SAFE_INTEGER) storeSafe(memory, value);
  else memory.values[0] = saturateLong(value);
}

function wholeType(type: DataType): DataType {
  if (type.kind !== "decimal") return LongType;
  return type.scale === 0 ? type : adjustPrecisionScale(type.precision - type.scale + 1, 0);
}
