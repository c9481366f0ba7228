import { BooleanType, type DataType, StringType, type Value, VariantType } from "@ss/core";
import {
  followVariantPath,
  parseVariantPath,
  STRICT_JSON,
  type VariantBuilder,
  VariantError,
  VariantJsonParser,
  type VariantPath,
  type VariantReader,
} from "@ss/kernels";
import type { Code, CodeWriter } from "../../expression/code.js";
import { canComeOfVariant } from "../../expression/coercion/cast-rules.js";
import { castTo } from "../../expression/coercion/implicit-cast.js";
import { castWithoutSuggestion, unexpectedInputType } from "../../expression/errors.js";
import type { Expression, Origin } from "../../expression/expression.js";
import type { EmitCall, FunctionContext, ScalarFunction } from "../../expression/function.js";
import { nullableOf, typeOf } from "../../expression/type-of.js";
import { isString } from "../../expression/type-predicates.js";
import { remembered } from "../datetime/patterns.js";
import { constantOf, scalar } from "../define.js";
import { anyNull, type BytesCode, guarded, present, valueCode } from "../emit/parts.js";
import { malformedRecord, unreadable } from "../text-record/malformed-record.js";
import { schemaArgument } from "../text-record/schema-argument.js";
import { emitBuilt, emitVariantCall, variantArguments, variantCall } from "./emit-variant.js";
import { fromVariant } from "./from-variant.js";
import { toVariant } from "./to-variant.js";
import { invalidVariantPath, notVariantColumn, variantFailure } from "./variant-errors.js";
import { variantSchemaAt, variantSchemaText } from "./variant-schema.js";

/** A key that comes twice in an object is refused, unless this says otherwise. */
const ALLOW_DUPLICATE_KEYS = "spark.sql.variant.allowDuplicateKeys";

/** Functions of variants. */
export const variantFunctions: readonly ScalarFunction[] = [
  parsing("parse_json", false),
  parsing("try_parse_json", true),
  scalar({
    names: ["is_variant_null"],
    arity: [1, 1],
    resolve: (args, context) => ({
      args: [variantArgument(args, context)],
      type: BooleanType,
      nullable: false,
    }),
    emit: (writer, args, call) => {
      const code = writer.expression(args[0]!);
      if (code.layout !== "struct") return valueCode(call.type, "false", "false");
      const look = variantCall("is_variant_null", (reader) => reader.kindAt(reader.root) === "null");
      const test = `${writer.constant(look)}(${variantArguments(code)})`;
      return valueCode(
        call.type,
        "false",
        writer.variable(code.isNull === "false" ? test : `!${code.isNull} && ${test}`),
      );
    },
  }),
  looking("is_valid_variant", BooleanType, (reader) => reader.isValid()),
  looking("schema_of_variant", StringType, (reader) =>
    variantSchemaText(variantSchemaAt(reader, reader.root)),
  ),
  getting("variant_get", false),
  getting("try_variant_get", true),
  {
    ...getting("$variant_extract", false),
    arity: [2, 2],
    rewrite: (args, context) => {
      if (typeOf(args[0]!).kind !== "variant") throw notVariantColumn(context.origin);
      return undefined;
    },
    pretty: ([value, path]) => `variant_get(${value}, ${path})`,
  },
  scalar({
    names: ["to_variant_object"],
    arity: [1, 1],
    resolve: (args, context) => {
      const type = typeOf(args[0]!);
      if (!["array", "map", "struct"].includes(type.kind) || !canComeOfVariant(type)) {
        throw castWithoutSuggestion(context, type, VariantType);
      }
      return { args: [args[0]!], type: VariantType };
    },
    evaluate: (context) => toVariant(context.argTypes[0]!, "to_variant_object"),
  }),
];

/** The first argument, which has to be a variant; NULL is one. */
export function variantArgument(args: readonly Expression[], context: FunctionContext): Expression {
  const { kind } = typeOf(args[0]!);
  if (kind !== "variant" && kind !== "void") throw unexpectedInputType(context, 0, VariantType, args[0]!);
  return castTo(args[0]!, VariantType, context.ansi);
}

function looking(name: string, type: DataType, look: (reader: VariantReader) => Value): ScalarFunction {
  return scalar({
    names: [name],
    arity: [1, 1],
    resolve: (args, context) => ({ args: [variantArgument(args, context)], type }),
    emit: (writer, args, call) =>
      emitVariantCall(writer, writer.expression(args[0]!), call.type, variantCall(name, look)),
  });
}

function parsing(name: string, tries: boolean): ScalarFunction {
  return scalar({
    names: [name],
    arity: [1, 1],
    resolve: (args, context) => {
      const type = typeOf(args[0]!);
      if (!isString(type) && type.kind !== "void")
        throw unexpectedInputType(context, 0, StringType, args[0]!);
      return {
        args: [castTo(args[0]!, StringType, context.ansi)],
        type: VariantType,
        nullable: tries || nullableOf(args[0]!),
        state: context.conf(ALLOW_DUPLICATE_KEYS)?.toLowerCase() === "true",
      };
    },
    emit: (writer, args, call) => {
      const code = writer.expression(args[0]!) as BytesCode;
      return emitBuilt(writer, code.isNull, call.type, (builder) => {
        builder.allowDuplicateKeys = call.state as boolean;
        const parse = writer.constant(jsonParser(builder, tries, call.origin));
        return { call: `${parse}(${code.data}, ${code.start}, ${code.length})`, mayFail: tries };
      });
    },
  });
}

/** Parses a text into the builder; false where it is no JSON and null is the result. */
function jsonParser(
  builder: VariantBuilder,
  tries: boolean,
  origin: Origin | undefined,
): (bytes: Uint8Array, start: number, length: number) => boolean {
  const parser = new VariantJsonParser(STRICT_JSON);
  return (bytes, start, length) => {
    try {
      if (parser.parse(bytes, start, start + length, builder) === 0) return true;
    } catch (error) {
      if (!(error instanceof VariantError)) throw error;
      if (!tries && error.fault === "VARIANT_SIZE_LIMIT") throw variantFailure(error, "parse_json");
    }
    if (tries) return false;
    const text = Buffer.from(bytes.subarray(start, start + length)).toString();
    throw malformedRecord(unreadable(undefined), text, origin, "Use `try_parse_json`");
  };
}

interface Getting {
  readonly tries: boolean;
  readonly timeZone: string;
  /** The path, if it is constant. */
  readonly path: VariantPath | undefined;
  readonly name: string;
}

function getting(name: string, tries: boolean): ScalarFunction {
  const shown = name.startsWith("$") ? "variant_get" : name;
  return scalar({
    names: [name],
    arity: [2, 3],
    resolve: (args, context) => {
      const variant = variantArgument(args, context);
      const path = args[1]!;
      if (!isString(typeOf(path)) && typeOf(path).kind !== "void") {
        throw unexpectedInputType(context, 1, StringType, path);
      }
      const type = args[2] === undefined ? VariantType : schemaArgument(args[2], context);
      if (!canComeOfVariant(type)) throw castWithoutSuggestion(context, VariantType, type);
      const text = constantOf(path, context);
      const parsed = typeof text === "string" ? pathOf(text, shown) : undefined;
      const state: Getting = { tries, timeZone: context.timeZone, path: parsed, name: shown };
      return { args: [variant, castTo(path, StringType, context.ansi)], type, nullable: true, state };
    },
    emit: emitGet,
    pretty: ([value, path]) => `${shown}(${value}, ${path})`,
  });
}

function pathOf(text: string, functionName: string): VariantPath {
  const path = parseVariantPath(text);
  if (path === undefined) throw invalidVariantPath(text, functionName);
  return path;
}

function emitGet(writer: CodeWriter, args: readonly Expression[], call: EmitCall): Code {
  const { tries, timeZone, path, name } = call.state as Getting;
  const from = fromVariant(call.type, { tries, timeZone });
  const take = (reader: VariantReader, way: VariantPath): Value => {
    const at = followVariantPath(reader, way);
    return at < 0 ? null : from(reader, at);
  };
  const code = writer.expression(args[0]!);
  if (code.layout !== "struct") return { ...writer.declare(call.type), isNull: "true" } as Code;
  if (path !== undefined) {
    return emitVariantCall(
      writer,
      code,
      call.type,
      variantCall(name, (reader) => take(reader, path)),
    );
  }
  const paths = remembered((text) => pathOf(text, name));
  const look = variantCall(name, (reader, text: string) => take(reader, paths(text))) as unknown;
  const text = writer.expression(args[1]!);
  return guarded(writer, anyNull(code.isNull, text.isNull), call.type, () => {
    const boxed = writer.box(present(text));
    return writer.unbox(`${writer.constant(look)}(${variantArguments(code)}, ${boxed})`, call.type);
  });
}
