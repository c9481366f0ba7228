import {
  BinaryType,
  BooleanType,
  ByteType,
  type DataType,
  DateType,
  DecimalType,
  DoubleType,
  FloatType,
  IntegerType,
  LongType,
  ShortType,
  StringType,
  TimestampType,
  TimeType,
} from "@ss/core";
import type { ScalarFunction } from "../../expression/function.js";
import { rewriting } from "../define.js";

const TYPES: Readonly<Record<string, DataType>> = {
  boolean: BooleanType,
  tinyint: ByteType,
  smallint: ShortType,
  int: IntegerType,
  bigint: LongType,
  float: FloatType,
  double: DoubleType,
  decimal: DecimalType(),
  date: DateType,
  time: TimeType(),
  timestamp: TimestampType,
  binary: BinaryType,
  string: StringType,
};

/** Functions named as types, which cast: `int(x)`. */
export const castFunctions: readonly ScalarFunction[] = Object.entries(TYPES).map(([name, type]) =>
  rewriting([name], [1, 1], ([child], context) => ({
    kind: "cast",
    child: child!,
    type,
    mode: "cast",
    ansi: context.ansi,
    ...(context.origin && { origin: context.origin }),
  })),
);
