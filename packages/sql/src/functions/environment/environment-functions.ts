import { randomBytes } from "node:crypto";
import { IntegerType, LongType, NullType, StringType, simpleString } from "@ss/core";
import { type Expression, literal } from "../../expression/expression.js";
import type { FunctionContext, ScalarFunction } from "../../expression/function.js";
import { typeOf } from "../../expression/type-of.js";
import { boxed, callLike, rewriting, scalar } from "../define.js";
import { runtimeError } from "../runtime-error.js";

/** What a query can ask of its session and of itself: users, versions, types, partitions, ids; and errors that it raises. */
export const environmentFunctions: readonly ScalarFunction[] = [
  scalar({
    names: ["typeof"],
    arity: [1, 1],
    resolve: (args) => ({ args, type: StringType, nullable: false, state: simpleString(typeOf(args[0]!)) }),
    emit: (writer, _, call) => writer.expression(literal(call.state as string, StringType)),
  }),
  rewriting(["assert_true"], [1, 2], ([condition, message], context) =>
    callLike(
      context,
      "if",
      condition!,
      literal(null, NullType),
      callLike(
        context,
        "raise_error",
        message ?? literal(`'${argumentText(context)}' is not true!`, StringType),
      ),
    ),
  ),
  boxed(
    ["raise_error"],
    [StringType],
    NullType,
    ({ origin }) =>
      (message) => {
        throw runtimeError(
          "USER_RAISED_EXCEPTION",
          "P0001",
          { errorMessage: message === null ? "null" : (message as string) },
          String(message),
          origin,
        );
      },
    { nullPropagating: false, deterministic: false, nullable: true },
  ),
  named("current_catalog", () => "spark_catalog"),
  named("current_database", (context) => context.conf("spark.sql.catalog.currentDatabase") ?? "default", [
    "current_schema",
  ]),
  named("current_user", () => userName(), ["user", "session_user"]),
  named("version", () => "4.3.0"),
  boxed(["input_file_name"], [], StringType, () => () => "", {
    arity: [0, 0],
    nullable: false,
    deterministic: false,
  }),
  boxed(["input_file_block_start", "input_file_block_length"], [], LongType, () => () => -1n, {
    arity: [0, 0],
    nullable: false,
    deterministic: false,
  }),
  boxed(
    ["spark_partition_id"],
    [],
    IntegerType,
    ({ partition }) =>
      () =>
        partition(),
    {
      arity: [0, 0],
      nullable: false,
      deterministic: false,
    },
  ),
  boxed(
    ["monotonically_increasing_id"],
    [],
    LongType,
    ({ partition }) => {
      let count = 0n;
      return () => (BigInt(partition()) << 33n) + count++;
    },
    { arity: [0, 0], nullable: false, deterministic: false },
  ),
  boxed(["uuid"], [], StringType, () => randomUuid, { arity: [0, 1], nullable: false, deterministic: false }),
];

function argumentText(context: FunctionContext): string {
  const inner = /^assert_true\((.*)\)$/s.exec(context.sql);
  return inner?.[1] ?? context.sql;
}

function userName(): string {
  return process.env["SPARK_USER"] ?? process.env["USER"] ?? "root";
}

/** A constant text of the session. */
function named(
  name: string,
  value: (context: FunctionContext) => string,
  more: readonly string[] = [],
): ScalarFunction {
  return scalar({
    names: [name, ...more],
    arity: [0, 0],
    resolve: (args: readonly Expression[], context) => ({
      args,
      type: StringType,
      nullable: false,
      state: value(context),
    }),
    emit: (writer, _, call) => writer.expression(literal(call.state as string, StringType)),
  });
}

function randomUuid(): string {
  const bytes = randomBytes(16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
