import { BinaryType, IntegerType, StringType } from "@ss/core";
import type { Code, CodeWriter } from "../../expression/code.js";
import { implicitCast } from "../../expression/coercion/implicit-cast.js";
import { unexpectedInputType } from "../../expression/errors.js";
import type { Expression, Origin } from "../../expression/expression.js";
import type { EmitCall, FunctionContext, Resolution, ScalarFunction } from "../../expression/function.js";
import { typeOf } from "../../expression/type-of.js";
import { scalar } from "../define.js";
import { held, valueOf } from "../emit/parts.js";
import { runtimeError } from "../runtime-error.js";

/** `elt(index, values ...)`: the value at an index from 1, which is the only one that is computed. */
export const eltFunctions: readonly ScalarFunction[] = [
  scalar({ names: ["elt"], arity: [2, Number.POSITIVE_INFINITY], resolve, emit }),
];

function resolve(args: readonly Expression[], context: FunctionContext): Resolution {
  const index = implicitCast(args[0]!, IntegerType, context.ansi);
  if (!index) throw unexpectedInputType(context, 0, IntegerType, args[0]!);
  const values = args.slice(1);
  const type = values.every((value) => typeOf(value).kind === "binary") ? BinaryType : StringType;
  const cast = values.map((value, k) => {
    const one = implicitCast(value, type, context.ansi);
    if (!one) throw unexpectedInputType(context, k + 1, [StringType, BinaryType], value);
    return one;
  });
  return { args: [index, ...cast], type, nullable: true, state: context.ansi };
}

function emit(writer: CodeWriter, args: readonly Expression[], call: EmitCall): Code {
  const index = writer.expression(args[0]!);
  const values = args.slice(1);
  const result = writer.declare(call.type);
  const count = values.length;
  const beyond = call.state === true ? outOfBounds(count, call.origin) : undefined;
  writer.when(
    index.isNull,
    () => writer.assignNull(result),
    () => {
      const at = held(writer, valueOf(index));
      for (const [k, value] of values.entries()) {
        writer.when(`${at} === ${k + 1}`, () => writer.assign(result, writer.expression(value)));
      }
      if (beyond) writer.write(`if (${at} < 1 || ${at} > ${count}) ${writer.constant(beyond)}(${at});`);
    },
  );
  return result;
}

function outOfBounds(count: number, origin: Origin | undefined): (at: number) => never {
  return (at) => {
    throw runtimeError(
      "INVALID_ARRAY_INDEX",
      "22003",
      { indexValue: String(at), arraySize: String(count), ansiConfig: '"spark.sql.ansi.enabled"' },
      `The index ${at} is out of bounds: there are ${count} values.`,
      origin,
    );
  };
}
