import {
  ArrayType,
  BinaryType,
  BooleanType,
  type DataType,
  DateType,
  DayTimeIntervalType,
  DecimalType,
  DoubleType,
  FloatType,
  IntegerType,
  LongType,
  StringType,
  type Value,
  YearMonthIntervalType,
} from "@ss/core";
import { describe, expect, test } from "vitest";
import { type Expression, literal, type SortOrder } from "../../src/expression/expression.js";
import { prettyName } from "../../src/expression/expression-text.js";
import { aggregate, ascending, type Clauses, callOf, descending, type Split } from "./calls.js";
import { input, type Settings } from "./evaluate.js";

const double = (value: number): Expression => literal(value, DoubleType);
const int = (value: number): Expression => literal(value, IntegerType);
const text = (value: string): Expression => literal(value, StringType);
const doubles = (...values: number[]): Expression => literal(values, ArrayType(DoubleType, false));
const hex = (value: string): Uint8Array => Uint8Array.from(Buffer.from(value, "hex"));

interface Case {
  readonly name: string;
  /** Constant arguments after the columns. */
  readonly constants?: readonly Expression[];
  /** One per argument column. */
  readonly types: readonly DataType[];
  readonly rows: readonly (readonly Value[])[];
  readonly result: Value;
  readonly within?: "asc" | "desc";
  readonly clauses?: Clauses;
  readonly settings?: Settings;
}

const one = (...values: Value[]): Value[][] => values.map((value) => [value]);

const months = YearMonthIntervalType();
const seconds = DayTimeIntervalType();
const Int = [IntegerType];
const Pair = [IntegerType, IntegerType];

const cases: readonly Case[] = [
  { name: "count", types: Int, rows: one(1, null, 3), result: 2n },
  { name: "count_if", types: [BooleanType], rows: one(true, false, null, true), result: 2n },
  { name: "sum", types: Int, rows: one(null, 10, 15), result: 25n },
  { name: "sum", types: Int, rows: one(null, null), result: null },
  { name: "sum", types: [DecimalType(5, 2)], rows: one(110n, 220n), result: 330n },
  { name: "sum", types: [months], rows: one(1, 3), result: 4 },
  { name: "try_sum", types: [LongType], rows: one(9223372036854775807n, 1n, 5n), result: null },
  { name: "try_sum", types: [months], rows: one(2147483647, 1, 1), result: null },
  { name: "try_sum", types: [DecimalType(38, 0)], rows: one(10n ** 38n - 1n, 1n, 1n), result: null },
  { name: "avg", types: Int, rows: one(1, 2, null), result: 1.5 },
  { name: "avg", types: [DecimalType(2, 1)], rows: one(15n, 25n, null, null), result: 200000n },
  { name: "try_avg", types: [months], rows: one(2147483647, 1), result: null },
  { name: "try_avg", types: [seconds], rows: one(9223372036854775807n, 1n), result: null },
  { name: "first", types: Int, rows: one(null, 5, 20), result: null },
  { name: "first", constants: [literal(true, BooleanType)], types: Int, rows: one(null, 5, 20), result: 5 },
  { name: "last", types: Int, rows: one(10, 5, null), result: null },
  { name: "last", clauses: { ignoreNulls: true }, types: Int, rows: one(10, 5, null), result: 5 },
  { name: "bool_and", types: [BooleanType], rows: one(true, null, false), result: false },
  { name: "some", types: [BooleanType], rows: one(null, true, false), result: true },
  { name: "bit_and", types: Int, rows: one(3, 5), result: 1 },
  { name: "bit_or", types: Int, rows: one(3, 5), result: 7 },
  { name: "bit_xor", types: [LongType], rows: one(3n, null, 5n), result: 6n },
  { name: "bit_xor", types: Int, rows: one(null), result: null },
  {
    name: "max_by",
    types: [StringType, IntegerType],
    rows: [
      ["a", 10],
      ["b", 50],
      ["c", 20],
    ],
    result: "b",
  },
  {
    name: "min_by",
    types: [StringType, IntegerType],
    rows: [
      ["a", 10],
      [null, 1],
      ["b", null],
    ],
    result: null,
  },
  {
    name: "max_by",
    types: [StringType, IntegerType],
    rows: [
      ["a", 5],
      ["b", 5],
    ],
    result: "b",
  },
  {
    name: "max_by",
    constants: [int(2)],
    types: [StringType, IntegerType],
    rows: [
      ["a", 10],
      ["b", 50],
      ["c", 20],
    ],
    result: ["b", "c"],
  },
  {
    name: "min_by",
    constants: [int(2)],
    types: [StringType, IntegerType],
    rows: [
      ["a", 10],
      ["b", 50],
      ["c", 20],
    ],
    result: ["a", "c"],
  },
  { name: "collect_list", types: Int, rows: one(1, null, 2, 1), result: [1, 2, 1] },
  { name: "collect_set", types: Int, rows: one(1, 2, 1), result: [1, 2] },
  {
    name: "collect_union",
    types: [ArrayType(IntegerType)],
    rows: one([1, 2], [2, 3], null, [1]),
    result: [1, 2, 3],
  },
  { name: "vector_sum", types: [ArrayType(FloatType)], rows: one([1, 2], [3, 4]), result: [4, 6] },
  { name: "vector_avg", types: [ArrayType(FloatType)], rows: one([1, 2], null, [3, 4]), result: [2, 3] },
  { name: "skewness", types: Int, rows: one(-10, -20, 100, 1000), result: 1.1135657469022011 },
  { name: "skewness", types: Int, rows: one(-1000, -100, 10, 20), result: -1.1135657469022011 },
  { name: "kurtosis", types: Int, rows: one(-10, -20, 100, 1000), result: -0.7014368047529627 },
  { name: "kurtosis", types: Int, rows: one(1, 10, 100, 10, 1), result: 0.19432323191699075 },
  { name: "kurtosis", types: Int, rows: one(4, 4), result: null },
  {
    name: "corr",
    types: Pair,
    rows: [
      [3, 2],
      [3, 3],
      [6, 4],
    ],
    result: 0.8660254037844387,
  },
  { name: "corr", types: Pair, rows: [[3, 2]], result: null },
  {
    name: "covar_pop",
    types: Pair,
    rows: [
      [1, 1],
      [2, 2],
      [3, 3],
    ],
    result: 0.6666666666666666,
  },
  {
    name: "covar_samp",
    types: Pair,
    rows: [
      [1, 1],
      [2, 2],
      [3, 3],
    ],
    result: 1,
  },
  {
    name: "covar_samp",
    types: Pair,
    rows: [
      [1, 1],
      [2, null],
    ],
    result: null,
  },
  {
    name: "regr_count",
    types: Pair,
    rows: [
      [1, 2],
      [2, null],
      [null, 3],
      [2, 4],
    ],
    result: 2n,
  },
  {
    name: "regr_avgx",
    types: Pair,
    rows: [
      [1, 2],
      [2, null],
      [2, 3],
      [2, 4],
    ],
    result: 3,
  },
  {
    name: "regr_avgy",
    types: Pair,
    rows: [
      [1, 2],
      [2, null],
      [2, 3],
      [2, 4],
    ],
    result: 5 / 3,
  },
  {
    name: "regr_slope",
    types: Pair,
    rows: [
      [1, 1],
      [2, null],
      [3, 3],
      [4, 4],
    ],
    result: 1,
  },
  { name: "regr_slope", types: Pair, rows: [[1, null]], result: null },
  {
    name: "regr_intercept",
    types: Pair,
    rows: [
      [1, 1],
      [2, 2],
      [3, 3],
    ],
    result: 0,
  },
  {
    name: "regr_r2",
    types: Pair,
    rows: [
      [1, 2],
      [2, 2],
      [2, 3],
      [2, 4],
    ],
    result: 0.2727272727272727,
  },
  {
    name: "regr_sxx",
    types: Pair,
    rows: [
      [1, 2],
      [2, 2],
      [2, 3],
      [2, 4],
    ],
    result: 2.75,
  },
  {
    name: "regr_sxy",
    types: Pair,
    rows: [
      [1, 2],
      [2, 2],
      [2, 3],
      [2, 4],
    ],
    result: 0.75,
  },
  {
    name: "regr_syy",
    types: Pair,
    rows: [
      [1, 2],
      [2, 2],
      [2, 3],
      [2, 4],
    ],
    result: 0.75,
  },
  { name: "percentile", constants: [double(0.3)], types: Int, rows: one(0, 10), result: 3 },
  {
    name: "percentile",
    constants: [doubles(0.25, 0.75)],
    types: Int,
    rows: one(0, null, 10),
    result: [2.5, 7.5],
  },
  { name: "percentile", constants: [double(0.5)], types: [months], rows: one(0, 10), result: 5 },
  {
    name: "percentile",
    constants: [doubles(0.2, 0.5)],
    types: [seconds],
    rows: one(0n, 10_000_000n),
    result: [2_000_000n, 5_000_000n],
  },
  { name: "percentile", constants: [double(0.5), int(2)], types: Int, rows: one(1, 2, 4), result: 2 },
  { name: "percentile", constants: [double(0.5)], types: Int, rows: one(null), result: null },
  { name: "median", types: Int, rows: one(0, 10), result: 5 },
  { name: "median", types: [months], rows: one(0, 10), result: 5 },
  {
    name: "percentile_cont",
    constants: [double(0.25)],
    within: "asc",
    types: Int,
    rows: one(0, 10),
    result: 2.5,
  },
  {
    name: "percentile_cont",
    constants: [double(0.25)],
    within: "desc",
    types: Int,
    rows: one(0, 10),
    result: 7.5,
  },
  {
    name: "percentile_cont",
    constants: [double(0.25)],
    within: "asc",
    types: [months],
    rows: one(0, 10),
    result: 2,
  },
  {
    name: "percentile_disc",
    constants: [double(0.25)],
    within: "asc",
    types: Int,
    rows: one(0, 10),
    result: 0,
  },
  {
    name: "percentile_disc",
    constants: [double(0.25)],
    within: "desc",
    types: Int,
    rows: one(0, 10),
    result: 10,
  },
  {
    name: "percentile_approx",
    constants: [doubles(0.5, 0.4, 0.1), int(100)],
    types: Int,
    rows: one(0, 1, 2, 10),
    result: [1, 1, 0],
  },
  {
    name: "approx_percentile",
    constants: [double(0.5), int(100)],
    types: Int,
    rows: one(0, 6, 7, 9, 10),
    result: 7,
  },
  {
    name: "approx_percentile",
    constants: [double(0.5), int(100)],
    types: [months],
    rows: one(0, 1, 2, 10),
    result: 1,
  },
  {
    name: "approx_percentile",
    constants: [doubles(0.5, 0.7), int(100)],
    types: [seconds],
    rows: one(0n, 1_000_000n, 2_000_000n, 10_000_000n),
    result: [1_000_000n, 2_000_000n],
  },
  {
    name: "percentile_approx",
    constants: [double(0.5)],
    types: [DecimalType(4, 2)],
    rows: one(110n, 120n, 130n),
    result: 120n,
  },
  { name: "percentile_approx", constants: [double(0.5)], types: [DateType], rows: one(null), result: null },
  { name: "mode", types: Int, rows: one(0, 10, 10, null, null, null), result: 10 },
  { name: "mode", types: Int, rows: one(-10, 0, 10), result: 0 },
  { name: "mode", constants: [literal(true, BooleanType)], types: Int, rows: one(-10, 0, 10), result: -10 },
  { name: "mode", within: "asc", types: Int, rows: one(0, 10, 10, 20, 20), result: 10 },
  { name: "mode", within: "desc", types: Int, rows: one(0, 10, 10, 20, 20), result: 20 },
  { name: "listagg", types: [StringType], rows: one("a", null, "b"), result: "ab" },
  {
    name: "string_agg",
    constants: [text(", ")],
    types: [StringType],
    rows: one("a", "b", "c"),
    result: "a, b, c",
  },
  { name: "listagg", types: [StringType], rows: one(null, null), result: null },
  {
    name: "listagg",
    constants: [literal(hex("42"), BinaryType)],
    types: [BinaryType],
    rows: one(hex("dead"), hex("beef")),
    result: hex("dead42beef"),
  },
  {
    name: "histogram_numeric",
    constants: [int(5)],
    types: Int,
    rows: one(0, 1, 2, 10),
    result: [
      [0, 1],
      [1, 1],
      [2, 1],
      [10, 1],
    ],
  },
  {
    name: "histogram_numeric",
    constants: [int(2)],
    types: [DoubleType],
    rows: one(0, 1, 10),
    result: [
      [0.5, 2],
      [10, 1],
    ],
  },
  {
    name: "count_min_sketch",
    constants: [double(0.5), double(0.5), int(1)],
    types: Int,
    rows: one(1, 2, 1),
    result: hex(
      "0000000100000000000000030000000100000004000000005D8D6AB90000000000000000000000000000000200000000000000010000000000000000",
    ),
  },
  { name: "approx_count_distinct", types: Int, rows: one(1, 1, 2, 2, 3, null), result: 3n },
  { name: "approx_count_distinct", types: [StringType], rows: one("a", "b", "a"), result: 2n },
];

/** Calls over columns that stand for the input's, with constants after them. */
function resolved({
  name,
  types,
  constants = [],
  within,
  clauses = {},
  settings,
}: Case): ReturnType<typeof callOf> {
  const columns = types.map((type, k) => input(`c${k}`, type));
  if (!within) return callOf(name, [...columns, ...constants], clauses, settings);
  const order: SortOrder = within === "asc" ? ascending(columns[0]!) : descending(columns[0]!);
  return callOf(name, constants, { ...clauses, orderBy: [order] }, settings);
}

function run(one: Case, split: Split): Value {
  const made = resolved(one);
  if (made.kind !== "aggregate") throw new Error("not an aggregate");
  return aggregate(
    made,
    castRows(
      one,
      made.args.map((arg) => arg),
    ),
    split,
    one.settings,
  );
}

/** The columns that the resolved arguments read: casts to DOUBLE and BIGINT are done here by hand. */
function castRows(
  { types, rows }: Case,
  args: readonly Expression[],
): { types: DataType[]; rows: Value[][] } {
  const wanted = args.map((arg, k) => (arg.kind === "cast" ? arg.type : types[k]!));
  const cast = (value: Value, from: DataType, to: DataType): Value => {
    if (value === null || from.kind === to.kind) return value;
    return to.kind === "long" ? BigInt(value as number) : Number(value);
  };
  return {
    types: wanted,
    rows: rows.map((row) => wanted.map((to, k) => cast(row[k] ?? null, types[k]!, to))),
  };
}

// Spark's recorded results come from two partitions, so only their halves give every last digit
describe.each<Split>(["whole", "halves", "rows"])("aggregates over rows taken as %s", (split) => {
  test.each(cases.map((one) => [prettyName(resolved(one)), one] as const))("%s", (_, one) => {
    const result = run(one, split);
    if (split !== "halves" && typeof one.result === "number") expect(result).toBeCloseTo(one.result, 12);
    else expect(result).toEqual(one.result);
  });
});

describe("aggregates that order", () => {
  const value = input("col1", StringType);
  const key = input("col2", StringType);
  const rows = [
    ["a", "b"],
    ["a", "c"],
    ["b", "c"],
    ["b", "d"],
    [null, null],
  ];
  const listagg = (...orderBy: SortOrder[]): Value => {
    const made = callOf("listagg", [value, text("|")], { orderBy });
    if (made.kind !== "aggregate") throw new Error("not an aggregate");
    const columns = [0, ...orderBy.map(({ child }) => (child === value ? 0 : 1))];
    const types = columns.map(() => StringType);
    return aggregate(made, { types, rows: rows.map((row) => columns.map((k) => row[k]!)) }, "rows");
  };

  test("listagg by another column, stable among equal ones", () => {
    expect(listagg(descending(key))).toBe("b|a|b|a");
    expect(listagg(descending(key), descending(value))).toBe("b|b|a|a");
    expect(listagg(ascending(value))).toBe("a|a|b|b");
  });

  test("histograms break ties as Spark's do", () => {
    const values = Array.from({ length: 50 }, (_, k) => (k === 35 ? 3 : k + 1));
    const bins = (count: number): Value =>
      run(
        {
          name: "histogram_numeric",
          constants: [int(count)],
          types: Int,
          rows: one(...values),
          result: null,
        },
        "halves",
      );
    const x5 = [5, 14, 22, 30, 43];
    const y5 = [11, 8, 7, 10, 14];
    expect(bins(5)).toEqual(x5.map((x, k) => [x, y5[k]]));
    const x10 = [3, 8, 13, 17, 20, 25, 31, 39, 43, 48];
    const y10 = [6, 6, 4, 3, 4, 6, 7, 5, 4, 5];
    expect(bins(10)).toEqual(x10.map((x, k) => [x, y10[k]]));
  });

  test("mode of values that come equally often is that of Spark's hash map", () => {
    const salaries = [
      [8435, 9998, 8992, 8870, 11472, 6627],
      [8113, 5186],
      [9181, 9441, 6660, 10563],
      [10449, 6949, 11303, 11798, 10586],
    ];
    const modeOf = (values: number[]): Value =>
      run({ name: "mode", types: Int, rows: one(...values), result: null }, "whole");
    expect(salaries.map(modeOf)).toEqual([6627, 5186, 10563, 11303]);
    expect(modeOf(salaries.flat())).toBe(10563);
  });
});

describe("names of aggregate calls", () => {
  const x = input("x", IntegerType);
  const y = input("y", IntegerType);
  test.each<[string, Expression[], Clauses, string]>([
    ["percentile", [x, double(0.5)], {}, "percentile(x, 0.5, 1)"],
    ["percentile_approx", [x, double(0.8)], {}, "percentile_approx(x, 0.8, 10000)"],
    [
      "percentile_cont",
      [double(0.25)],
      { orderBy: [descending(x)] },
      "percentile_cont(0.25) WITHIN GROUP (ORDER BY x DESC)",
    ],
    ["mode", [], { orderBy: [ascending(x)] }, "mode() WITHIN GROUP (ORDER BY x DESC)"],
    ["mode", [x, literal(false, BooleanType)], {}, "mode(x)"],
    ["max_by", [x, y, int(2)], {}, "max_by(x, y, 2)"],
    [
      "string_agg",
      [x],
      { orderBy: [ascending(x)] },
      "listagg(x, NULL) WITHIN GROUP (ORDER BY x ASC NULLS FIRST)",
    ],
    ["histogram_numeric", [x, int(5)], {}, "histogram_numeric(x, 5)"],
  ])("%s", (name, args, clauses, expected) => {
    expect(prettyName(callOf(name, args, clauses))).toBe(expected);
  });
});

describe("calls that are refused", () => {
  const x = input("x", IntegerType);
  const s = input("s", StringType);
  const d = input("d", DoubleType);
  test.each<[string, string, Expression[], Clauses, string]>([
    ["a percentage beyond 1", "percentile", [x, double(1.5)], {}, "DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE"],
    ["a percentage that is a column", "percentile", [x, d], {}, "DATATYPE_MISMATCH.NON_FOLDABLE_INPUT"],
    ["no k values", "max_by", [x, x, int(0)], {}, "DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE"],
    ["a delimiter that is a column", "listagg", [s, s], {}, "DATATYPE_MISMATCH.NON_FOLDABLE_INPUT"],
    [
      "bytes with a text between",
      "listagg",
      [input("b", BinaryType), text(",")],
      {},
      "DATATYPE_MISMATCH.DATA_DIFF_TYPES",
    ],
    [
      "DISTINCT in another order",
      "listagg",
      [s],
      { distinct: true, orderBy: [ascending(x)] },
      "INVALID_WITHIN_GROUP_EXPRESSION.MISMATCH_WITH_DISTINCT_INPUT",
    ],
    [
      "DISTINCT doubles in order",
      "listagg",
      [d],
      { distinct: true, orderBy: [ascending(d)] },
      "INVALID_WITHIN_GROUP_EXPRESSION.MISMATCH_WITH_DISTINCT_INPUT_UNSAFE_CAST",
    ],
    ["mode without values", "mode", [], {}, "INVALID_WITHIN_GROUP_EXPRESSION.WITHIN_GROUP_MISSING"],
    [
      "mode of DISTINCT values",
      "mode",
      [x],
      { distinct: true },
      "INVALID_WITHIN_GROUP_EXPRESSION.DISTINCT_UNSUPPORTED",
    ],
    [
      "mode with values and an ordering",
      "mode",
      [x],
      { orderBy: [ascending(x)] },
      "INVALID_WITHIN_GROUP_EXPRESSION.WRONG_NUM_ORDERINGS",
    ],
    ["a flag that is a text", "mode", [x, text("true")], {}, "UNEXPECTED_INPUT_TYPE"],
    ["a flag that is a column", "mode", [x, input("b", BooleanType)], {}, "NON_FOLDABLE_ARGUMENT"],
    ["bits of doubles", "bit_and", [d], {}, "DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE"],
    ["no buckets", "ntile", [int(0)], {}, "DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE"],
    ["the zeroth value", "nth_value", [x, int(0)], {}, "DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE"],
    ["an offset that is a column", "lag", [x, x], {}, "DATATYPE_MISMATCH.NON_FOLDABLE_INPUT"],
  ])("%s", (_, name, args, clauses, condition) => {
    expect(() => callOf(name, args, clauses)).toThrow(expect.objectContaining({ condition }));
  });

  test("corr of a side without differences divides by zero, and is null without ANSI mode", () => {
    const flat: Case = {
      name: "corr",
      types: [IntegerType, IntegerType],
      rows: [
        [1, 1],
        [1, 2],
      ],
      result: null,
    };
    expect(() => run(flat, "whole")).toThrow(expect.objectContaining({ condition: "DIVIDE_BY_ZERO" }));
    expect(run({ ...flat, settings: { ansi: false } }, "whole")).toBeNull();
  });
});
