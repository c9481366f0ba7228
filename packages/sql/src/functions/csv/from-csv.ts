import { type DataType, StringType, type StructType, simpleString, type Value } from "@ss/core";
import type { Code, CodeWriter } from "../../expression/code.js";
import { implicitCast } from "../../expression/coercion/implicit-cast.js";
import { analysisError, unexpectedInputType } from "../../expression/errors.js";
import type { Expression } from "../../expression/expression.js";
import type { EmitCall, FunctionContext, ScalarFunction } from "../../expression/function.js";
import { parserFor } from "../datetime/patterns.js";
import { sessionZone, zoneOfText } from "../datetime/zones.js";
import { scalar } from "../define.js";
import { alwaysNull } from "../emit/parts.js";
import { checkedCode, valueType } from "../malformed/checked-call.js";
import { emitRecords } from "../text-record/emit-records.js";
import { type FunctionSettings, settingsOf } from "../text-record/function-settings.js";
import {
  type MalformedRecords,
  malformedRecord,
  malformedRecords,
  type RecordFault,
  rowText,
  tellsMalformed,
  unreadable,
} from "../text-record/malformed-record.js";
import { structArgument } from "../text-record/schema-argument.js";
import type { ValueText } from "../text-record/value-parsers.js";
import { csvCause } from "./csv-cause.js";
import { CsvColumns } from "./csv-columns.js";
import { checkedDialect, readDialect } from "./csv-dialect.js";
import { CsvRecord } from "./csv-record.js";
import { csvValueText } from "./csv-values.js";

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
    decodes: (state) => tellsMalformed((state as FromCsvState).malformed),
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

function emitFromCsv(writer: CodeWriter, args: readonly Expression[], call: EmitCall): Code {
  const { checked = false } = call;
  const type = (checked ? valueType(call.type) : call.type) as StructType;
  const { settings, malformed } = call.state as FromCsvState;
  const code = writer.expression(args[0]!);
  if (code.layout !== "bytes") return alwaysNull(writer, call.type);
  const fields = type.fields.filter((_, k) => k !== malformed.corruptIndex);
  const newRecord = (): CsvRecord => {
    const { nullvalue = "", emptyvalue = "" } = settings;
    return new CsvRecord(fields.length, readDialect(settings), nullvalue, emptyvalue);
  };
  const text = valueTextOf(call);
  const types = fields.map((field) => field.type);
  const records = new CsvColumns(types, newRecord(), text);
  const tells = malformed.failFast || checked;
  const { struct, bad } = emitRecords(writer, code, type, records, { ...malformed, failFast: tells }, false);
  if (!tells) return struct;
  const causeOf = csvCause(fields, newRecord, text);
  const faultOf = (data: Uint8Array, start: number, length: number): RecordFault =>
    unreadable(causeOf(data, start, length));
  const isBad = struct.isNull === "false" ? bad : `!${struct.isNull} && ${bad}`;
  const span = `${code.data}, ${code.start}, ${code.length}`;
  const fault = `${writer.constant(faultOf)}(${span})`;
  if (checked) return checkedCode(writer, struct, isBad, fault);
  const errorOf = writer.constant((row: readonly Value[], of: RecordFault) =>
    malformedRecord(of, rowText(row, type), call.origin),
  );
  writer.when(isBad, () => {
    const row = writer.box({ ...struct, isNull: "false" });
    writer.write(`throw ${errorOf}(${row}, ${fault});`);
  });
  return struct;
}

function valueTextOf({ state, origin }: EmitCall): ValueText {
  const { settings, timeZone } = state as FromCsvState;
  const zone = settings["timezone"] ? zoneOfText(settings["timezone"], origin) : sessionZone({ timeZone });
  return csvValueText(settings, zone, (pattern, locale) => parserFor(pattern, origin, locale));
}
