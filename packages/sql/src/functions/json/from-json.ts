import { type DataType, StringType } from "@ss/core";
import type { Code, CodeWriter } from "../../expression/code.js";
import { implicitCast } from "../../expression/coercion/implicit-cast.js";
import { datatypeMismatch, quotedType, unexpectedInputType } from "../../expression/errors.js";
import type { Expression } from "../../expression/expression.js";
import type { EmitCall, FunctionContext, ScalarFunction } from "../../expression/function.js";
import { scalar } from "../define.js";
import { alwaysNull } from "../emit/parts.js";
import { valueType } from "../malformed/checked-call.js";
import { settingsOf } from "../text-record/function-settings.js";
import { malformedRecords, tellsMalformed } from "../text-record/malformed-record.js";
import { schemaArgument } from "../text-record/schema-argument.js";
import { emitFromJson, type FromJsonCall } from "./emit-from-json.js";

/** `from_json(text, schema[, options])`. */
export const fromJsonFunctions: readonly ScalarFunction[] = [
  scalar({
    names: ["from_json"],
    arity: [2, 3],
    resolve: (args, context) => {
      const json = implicitCast(args[0]!, StringType, context.ansi);
      if (!json) throw unexpectedInputType(context, 0, StringType, args[0]!);
      const type = schemaArgument(args[1]!, context);
      checkType(type, context);
      const settings = settingsOf(args[2], context);
      const malformed = malformedRecords(type, settings, context);
      const state: FromJsonCall = { settings, malformed, timeZone: context.timeZone };
      return { args: [json], type, nullable: true, state };
    },
    emit,
    decodes: (state) => tellsMalformed((state as FromJsonCall).malformed),
    pretty: ([json]) => `from_json(${json})`,
  }),
];

function emit(writer: CodeWriter, args: readonly Expression[], call: EmitCall): Code {
  const { state, type, origin, checked } = call;
  const code = writer.expression(args[0]!);
  if (code.layout !== "bytes") return alwaysNull(writer, type);
  const root = checked ? valueType(type) : type;
  return emitFromJson(writer, code, root, { ...(state as FromJsonCall), origin, checked });
}

const ROOTS: ReadonlySet<string> = new Set(["struct", "array", "map", "variant"]);

function checkType(type: DataType, context: FunctionContext): void {
  if (!ROOTS.has(type.kind)) {
    throw schemaError(
      "INVALID_JSON_SCHEMA",
      "has to be a struct, an array, a map or a variant",
      type,
      context,
    );
  }
  if (!hasTextKeys(type)) {
    throw schemaError("INVALID_JSON_MAP_KEY_TYPE", "has a map whose keys are no STRING", type, context);
  }
}

function hasTextKeys(type: DataType): boolean {
  switch (type.kind) {
    case "struct":
      return type.fields.every((field) => hasTextKeys(field.type));
    case "array":
      return hasTextKeys(type.elementType);
    case "map":
      return type.keyType.kind === "string" && hasTextKeys(type.valueType);
    default:
      return true;
  }
}

function schemaError(name: string, fault: string, type: DataType, context: FunctionContext): Error {
  const schema = quotedType(type);
  return datatypeMismatch(context, name, `the schema ${schema} ${fault}.`, { schema });
}
