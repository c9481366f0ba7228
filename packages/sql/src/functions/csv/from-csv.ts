import { type DataType, StringType, type StructType, simpleString, type Value } from "@ss/core";
import type { Code, CodeWriter } from "../../expression/code.js";
import { implicitCast } from "../../expression/coercion/implicit-cast.js";
import { analysisError, unexpectedInputType } from "../../expression/errors.js";
import type { Expression } from "../../expression/expression.js";
import type { EmitCall, FunctionContext, ScalarFunction } from "../../expression/function.js";
import { parserFor } from "../datetime/patterns.js";
import { sessionZone, zoneOfText } from "../datetime/zones.js";
import { scalar } from "../define.js";
import { alwaysNull, bytesCode } from "../emit/parts.js";
import { type FunctionSettings, settingsOf } from "../text-record/function-settings.js";
import {
  type MalformedRecords,
  malformedRecord,
  malformedRecords,
  rowText,
} from "../text-record/malformed-record.js";
import { structArgument } from "../text-record/schema-argument.js";
import type { ValueText } from "../text-record/value-parsers.js";
import { checkedDialect, readDialect } from "./csv-dialect.js";
import { CsvRecord } from "./csv-record.js";
import { csvValueText } from "./csv-values.js";
import { type CsvReading, emitCsvField } from "./emit-csv-field.js";

interface FromCsvState {
  readonly settings: FunctionSettings;
  readonly timeZone: string;
  readonly malformed: MalformedRecords;
}

/** `from_csv(text, schema[, options])`. */
export const fromCsvFunctions: readonly ScalarFunction[] = [
  scalar({
    names: ["from_csv"],
    arity: [2, 3],
    resolve: (args, context) => {
      const csv = implicitCast(args[0]!, StringType, context.ansi);
      if (!csv) throw unexpectedInputType(context, 0, StringType, args[0]!);
      const type = structArgument(args[1]!, context);
      for (const field of type.fields) checkType(field.type, context);
      const settings = settingsOf(args[2], context);
      checkedDialect(() => new CsvRecord(0, readDialect(settings), "", ""), context);
      const malformed = malformedRecords(type, settings, context);
      const state: FromCsvState = { settings, timeZone: context.timeZone, malformed };
      return { args: [csv], type, nullable: true, state };
    },
    emit: emitFromCsv,
    pretty: ([csv]) => `from_csv(${csv})`,
  }),
];

const UNSUPPORTED: ReadonlySet<string> = new Set(["array", "map", "struct", "variant", "void"]);

function checkType(type: DataType, context: FunctionContext): void {
  if (!UNSUPPORTED.has(type.kind)) return;
  throw analysisError(
    "UNSUPPORTED_DATATYPE",
    "0A000",
    `CSV has no values of the type ${simpleString(type)}.`,
    { typeName: `"${simpleString(type).toUpperCase()}"` },
    context.origin,
  );
}

/** Finds the fields of the record, then reads each one where it stands. */
function emitFromCsv(writer: CodeWriter, args: readonly Expression[], call: EmitCall): Code {
  const type = call.type as StructType;
  const { settings, malformed } = call.state as FromCsvState;
  const { corruptIndex, failFast } = malformed;
  const code = writer.expression(args[0]!);
  if (code.layout !== "bytes") return alwaysNull(writer, type);
  const columnCount = type.fields.length - (corruptIndex < 0 ? 0 : 1);
  const record = new CsvRecord(
    columnCount,
    readDialect(settings),
    settings["nullvalue"] ?? "",
    settings["emptyvalue"] ?? "",
  );
  const bad = writer.variable("false");
  const read = `${bad} = !${writer.constant(record)}.read(${code.data}, ${code.start}, ${code.length});`;
  writer.write(code.isNull === "false" ? read : `if (!${code.isNull}) ${read}`);
  const reading: CsvReading = { writer, code, record, text: valueTextOf(call), bad };
  let column = 0;
  const fields = type.fields.map((field, k) =>
    k === corruptIndex ? undefined : emitCsvField(reading, field.type, column++),
  );
  const corrupt = bytesCode(StringType, `!${bad}`, code.data, code.start, code.length);
  const result: Code = {
    type,
    isNull: code.isNull,
    layout: "struct",
    fields: fields.map((field) => field ?? corrupt),
  };
  if (failFast) emitFailure(reading, result, call);
  return result;
}

function valueTextOf({ state, origin }: EmitCall): ValueText {
  const { settings, timeZone } = state as FromCsvState;
  const zone = settings["timezone"] ? zoneOfText(settings["timezone"], origin) : sessionZone({ timeZone });
  return csvValueText(settings, zone, (pattern, locale) => parserFor(pattern, origin, locale));
}

function emitFailure({ writer, bad }: CsvReading, result: Code, call: EmitCall): void {
  const fail = writer.constant((row: readonly Value[]) => {
    throw malformedRecord(rowText(row, call.type as StructType), call.origin);
  });
  writer.when(result.isNull === "false" ? bad : `${bad} && !${result.isNull}`, () =>
    writer.write(`${fail}(${writer.box({ ...result, isNull: "false" })});`),
  );
}
