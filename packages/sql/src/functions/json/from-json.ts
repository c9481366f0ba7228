import { type DataType, StringType, type StructType, type Value } from "@ss/core";
import type { Code, CodeWriter } from "../../expression/code.js";
import { implicitCast } from "../../expression/coercion/implicit-cast.js";
import { unexpectedInputType } from "../../expression/errors.js";
import type { Expression } from "../../expression/expression.js";
import type { EmitCall, EvaluationContext, ScalarFunction } from "../../expression/function.js";
import { scalar } from "../define.js";
import { emitBoxedCall } from "../emit/boxed-call.js";
import { formatValue } from "../format-value.js";
import { type FunctionSettings, settingsOf } from "../text-record/function-settings.js";
import {
  type MalformedRecords,
  malformedRecord,
  malformedRecords,
  rowText,
} from "../text-record/malformed-record.js";
import { schemaArgument } from "../text-record/schema-argument.js";
import { variantParser } from "../variant/parse-variant.js";
import { JsonMismatch, jsonDecoder } from "./decode-json.js";
import { emitFlatJson, isFlat, jsonGrammar } from "./emit-flat-json.js";
import { parseJsonPrefix } from "./json-value.js";

interface FromJsonState {
  readonly settings: FunctionSettings;
  readonly malformed: MalformedRecords;
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
      const type = schemaArgument(args[1]!, context);
      const settings = settingsOf(args[2], context);
      const state: FromJsonState = {
        settings,
        malformed: malformedRecords(type, settings, context),
        timeZone: context.timeZone,
        ansi: context.ansi,
      };
      return { args: [json], type, nullable: true, state };
    },
    emit: emitFromJson,
    pretty: ([json]) => `from_json(${json})`,
  }),
];

function emitFromJson(writer: CodeWriter, args: readonly Expression[], call: EmitCall): Code {
  const { settings, timeZone, ansi, malformed } = call.state as FromJsonState;
  const code = writer.expression(args[0]!);
  if (isFlat(call.type) && code.layout === "bytes") {
    const { origin } = call;
    return emitFlatJson(writer, code, call.type as StructType, { settings, malformed, timeZone, origin });
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
  return emitBoxedCall(writer, fromJson(call.type, settings, malformed, context), [code], call.type);
}

function fromJson(
  type: DataType,
  settings: FunctionSettings,
  { failFast, corruptIndex }: MalformedRecords,
  context: EvaluationContext,
): (text: string) => Value {
  let failed = false;
  const decode = jsonDecoder(type, settings, context, () => {
    failed = true;
  });
  const nothing: Value = type.kind === "struct" ? type.fields.map(() => null) : null;
  const bad = (text: string, value: Value): Value => {
    const result =
      corruptIndex < 0 || value === null
        ? value
        : (value as readonly Value[]).map((one, k) => (k === corruptIndex ? text : one));
    if (!failFast) return result;
    const shown =
      type.kind === "struct" ? rowText(result as readonly Value[], type) : `[${formatValue(result, type)}]`;
    throw malformedRecord(shown, context.origin);
  };
  const variantIndex = variantColumn(type, settings, corruptIndex);
  if (variantIndex !== undefined) {
    const parse = variantParser(jsonGrammar(settings));
    return (text) => {
      if (text.trim() === "") return null;
      const variant = parse(text);
      if (variantIndex < 0) return variant ?? bad(text, null);
      const row =
        type.kind === "struct" ? type.fields.map((_, k) => (k === variantIndex ? variant : null)) : null;
      return variant === null ? bad(text, row) : row;
    };
  }
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

/**
 * The field that takes the whole text as a variant: -1 where the result itself is one; undefined where the text is read by the
 * schema's fields.
 */
function variantColumn(type: DataType, settings: FunctionSettings, corruptIndex: number): number | undefined {
  if (type.kind === "variant") return -1;
  if (type.kind !== "struct" || settings["singlevariantcolumn"] === undefined) return undefined;
  const index = type.fields.findIndex((field, k) => k !== corruptIndex && field.type.kind === "variant");
  return index < 0 ? undefined : index;
}
