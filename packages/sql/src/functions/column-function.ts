import {
  type ColumnFunction,
  type ColumnFunctionCall,
  type ColumnFunctionResolution,
  MapType,
  type MapValue,
  Options,
  type SessionContext,
  StringType,
  sameType,
} from "@ss/core";
import {
  analysisError,
  datatypeMismatch,
  ordinalWord,
  quotedType,
  unexpectedInputText,
} from "../expression/errors.js";
import type { Expression } from "../expression/expression.js";
import type { FunctionContext, ScalarFunction } from "../expression/function.js";
import { nullableOf, typeOf } from "../expression/type-of.js";
import { constantOf, scalar } from "./define.js";

/** A function that a plug-in brought, as functions of the registry are. Where calls are only evaluated, as on a worker, there is no session. */
export function columnFunction(fn: ColumnFunction, session?: SessionContext): ScalarFunction {
  const { name, arity, parameters, columnCount, deterministic } = fn;
  return scalar({
    names: [name.toLowerCase()],
    arity,
    ...(parameters ? { parameters } : {}),
    ...(deterministic === false ? { deterministic } : {}),
    columnar: fn,
    ...(fn.tellsMalformed === true ? { decodes: () => true } : {}),
    resolve: (args, context) => {
      const call = new ResolvingCall(args, columnCount, context, session!);
      const { type, nullable, state } = context.answer<ColumnFunctionResolution>(
        `${name} ${keyOf(call)}`,
        () => fn.resolve(call),
      );
      return {
        args: args.slice(0, columnCount),
        type,
        nullable,
        ...(state === undefined ? {} : { state }),
      };
    },
    // options may hold secrets, so constants are shown nowhere
    pretty: (args, shown) => `${shown}(${args.slice(0, columnCount).join(", ")})`,
  });
}

/** A call as its function sees it. */
class ResolvingCall implements ColumnFunctionCall {
  readonly args: ColumnFunctionCall["args"];
  readonly session: SessionContext;
  private readonly written: readonly Expression[];
  private readonly context: FunctionContext;

  constructor(
    written: readonly Expression[],
    columnCount: number,
    context: FunctionContext,
    session: SessionContext,
  ) {
    this.written = written;
    this.context = context;
    this.session = session;
    this.args = written.map((arg, k) => ({
      type: typeOf(arg),
      nullable: nullableOf(arg),
      constant: k < columnCount ? undefined : constantOf(arg, context),
    }));
  }

  error: ColumnFunctionCall["error"] = (condition, sqlState, message, parameters, cause) => {
    const error = analysisError(condition, sqlState, message, parameters, this.context.origin);
    if (cause !== undefined) error.cause = cause;
    return error;
  };

  mismatch: ColumnFunctionCall["mismatch"] = (sub, message, parameters) =>
    datatypeMismatch(this.context, sub, message, parameters);

  unexpectedType: ColumnFunctionCall["unexpectedType"] = (index, requiredType) =>
    unexpectedInputText(this.context, index, requiredType, this.written[index]!);

  options: ColumnFunctionCall["options"] = (index) => {
    const written = this.written[index];
    const type = written && typeOf(written);
    if (!type || type.kind === "void" || (type.kind === "map" && type.keyType.kind === "void"))
      return new Options();
    const value = this.args[index]!.constant as MapValue | null | undefined;
    if (!sameType(type, MapType(StringType, StringType), true) || value === undefined) {
      const place = `The ${ordinalWord(index)} argument of the ${this.context.name.toUpperCase()} SQL function`;
      const msg = `${place} must be a constant map of strings to strings with options`;
      throw this.mismatch("TYPE_CHECK_FAILURE_WITH_HINT", `${msg}.`, { msg, hint: "" });
    }
    return new Options(
      value === null ? [] : value.keys.map((key, k) => [String(key), value.values[k]] as const),
    );
  };
}

/** What tells one call from another. */
function keyOf({ args }: ColumnFunctionCall): string {
  return JSON.stringify(
    args.map(({ type, nullable, constant }) => [quotedType(type), nullable, constant]),
    (_key, value: unknown) => {
      if (typeof value === "bigint") return `${value}n`;
      return value instanceof Uint8Array ? Buffer.from(value).toString("base64") : value;
    },
  );
}
