import {
  ArrayType,
  type DataType,
  MapType,
  parseDdl,
  parseTypeText,
  StringType,
  StructField,
  StructType,
  type Value,
} from "@ss/core";
import type { Code, CodeWriter } from "../../expression/code.js";
import { implicitCast } from "../../expression/coercion/implicit-cast.js";
import { analysisError, sqlOf, unexpectedInputType } from "../../expression/errors.js";
import type { Expression } from "../../expression/expression.js";
import type {
  EmitCall,
  EvaluationContext,
  FunctionContext,
  ScalarFunction,
} from "../../expression/function.js";
import { constantOf, scalar } from "../define.js";
import { emitBoxedCall } from "../emit/boxed-call.js";
import { runtimeError } from "../runtime-error.js";
import { JsonMismatch, jsonDecoder } from "./decode-json.js";
import { emitFlatJson, isFlat } from "./emit-flat-json.js";
import { type JsonSettings, settingsOf } from "./json-settings.js";
import { parseJsonPrefix } from "./json-value.js";

interface FromJsonState {
  readonly settings: JsonSettings;
  readonly timeZone: string;
  readonly ansi: boolean;
}

/** `from_json(text, schema[, options])`. */
export const fromJsonFunctions: readonly ScalarFunction[] = [
  scalar({
    names: ["from_json"],
    arity: [2, 3],
    resolve: (args, context) => {
      const json = implicitCast(args[0]!, StringType, context.ansi);
      if (!json) throw unexpectedInputType(context, 0, StringType, args[0]!);
      const type = withNulls(schemaOf(args[1]!, context));
      const state: FromJsonState = {
        settings: settingsOf(args[2], context),
        timeZone: context.timeZone,
        ansi: context.ansi,
      };
      return { args: [json], type, nullable: true, state };
    },
    emit: emitFromJson,
    pretty: ([json]) => `from_json(${json})`,
  }),
];

function schemaOf(e: Expression, context: FunctionContext): DataType {
  const text = constantOf(e, context);
  if (typeof text === "string") return typeOfText(text);
  throw analysisError(
    "INVALID_SCHEMA.NON_STRING_LITERAL",
    "42K07",
    `The schema ${sqlOf(e)} has to be a constant text.`,
    { inputSchema: sqlOf(e) },
    context.origin,
  );
}

/** A type of its own, or the fields of a struct. */
export function typeOfText(text: string): DataType {
  try {
    return parseTypeText(text);
  } catch {
    return parseDdl(text);
  }
}

/** What is read may lack anything, whatever the schema says. */
function withNulls(type: DataType): DataType {
  switch (type.kind) {
    case "array":
      return ArrayType(withNulls(type.elementType));
    case "map":
      return MapType(withNulls(type.keyType), withNulls(type.valueType));
    case "struct":
      return new StructType(type.fields.map((field) => StructField(field.name, withNulls(field.type), true)));
    default:
      return type;
  }
}

function emitFromJson(writer: CodeWriter, args: readonly Expression[], call: EmitCall): Code {
  const { settings, timeZone, ansi } = call.state as FromJsonState;
  const code = writer.expression(args[0]!);
  if (isFlat(call.type) && Object.keys(settings).length === 0 && code.layout === "bytes") {
    return emitFlatJson(writer, code, call.type as StructType, timeZone);
  }
  const context: EvaluationContext = {
    ansi,
    timeZone,
    argTypes: [StringType],
    type: call.type,
    state: call.state,
    nowMs: () => 0,
    partition: () => 0,
    origin: call.origin,
  };
  return emitBoxedCall(writer, fromJson(call.type, settings, context), [code], call.type);
}

function fromJson(
  type: DataType,
  settings: JsonSettings,
  context: EvaluationContext,
): (text: string) => Value {
  let failed = false;
  const decode = jsonDecoder(type, settings, context, () => {
    failed = true;
  });
  const failFast = settings["mode"]?.toUpperCase() === "FAILFAST";
  const corrupt = corruptIndex(type, settings);
  const nothing: Value = type.kind === "struct" ? type.fields.map(() => null) : null;
  const bad = (text: string, value: Value): Value => {
    if (failFast) throw malformed(text, context);
    if (corrupt < 0 || value === null) return value;
    return (value as readonly Value[]).map((one, k) => (k === corrupt ? text : one));
  };
  return (text) => {
    if (text.trim() === "") return null;
    const node = parseJsonPrefix(text);
    if (node === undefined) return bad(text, nothing);
    failed = false;
    try {
      const value = decode(node);
      return failed ? bad(text, value) : value;
    } catch (error) {
      if (error instanceof JsonMismatch) return bad(text, nothing);
      throw error;
    }
  };
}

/** The field that takes texts that could not be read. */
function corruptIndex(type: DataType, settings: JsonSettings): number {
  if (type.kind !== "struct") return -1;
  const name = settings["columnnameofcorruptrecord"] ?? "_corrupt_record";
  return type.fields.findIndex((field) => field.name === name);
}

function malformed(text: string, context: EvaluationContext): Error {
  return runtimeError(
    "MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION",
    "22023",
    { badRecord: text, failFastMode: "FAILFAST" },
    `The record ${text} cannot be parsed. Set the option 'mode' to 'PERMISSIVE' to get NULL instead.`,
    context.origin,
  );
}
