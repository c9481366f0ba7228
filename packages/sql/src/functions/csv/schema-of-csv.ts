import {
  BooleanType,
  type DataType,
  DateType,
  DecimalType,
  DoubleType,
  IntegerType,
  LongType,
  Options,
  StringType,
  StructField,
  StructType,
  sqlText,
  TimestampType,
} from "@ss/core";
import {
  ByteArena,
  DEFAULT_LOCALE,
  decimalSize,
  KIND_PLAIN,
  KIND_QUOTED,
  LocalDecimal,
  parseDoubleText,
  parseWholeNumber,
} from "@ss/kernels";
import { nonFoldableInput, unexpectedInputType, unexpectedNull } from "../../expression/errors.js";
import { literal } from "../../expression/expression.js";
import type { FunctionContext, ScalarFunction } from "../../expression/function.js";
import { typeOf } from "../../expression/type-of.js";
import { isString } from "../../expression/type-predicates.js";
import { parserFor } from "../datetime/patterns.js";
import { sessionZone, zoneOfText } from "../datetime/zones.js";
import { constantOf, scalar } from "../define.js";
import { type FunctionSettings, settingsOf } from "../text-record/function-settings.js";
import { type ValueText, valueMemory, valueParser } from "../text-record/value-parsers.js";
import { checkedDialect, readDialect } from "./csv-dialect.js";
import { CsvRecord } from "./csv-record.js";
import { csvValueText } from "./csv-values.js";

/** `schema_of_csv(text[, options])`, of a constant text. */
export const schemaOfCsvFunctions: readonly ScalarFunction[] = [
  scalar({
    names: ["schema_of_csv"],
    arity: [1, 2],
    resolve: (args, context) => {
      const csv = args[0]!;
      const text = constantOf(csv, context);
      if (text === null) throw unexpectedNull(context, "csv");
      if (!isString(typeOf(csv))) throw unexpectedInputType(context, 0, StringType, csv);
      if (text === undefined) throw nonFoldableInput(context, "csv", StringType, csv);
      const type = schemaOf(text as string, settingsOf(args[1], context), context);
      return { args: [csv], type: StringType, nullable: false, state: sqlText(type) };
    },
    emit: (writer, _, call) => writer.expression(literal(call.state as string, StringType)),
    pretty: ([csv]) => `schema_of_csv(${csv})`,
  }),
];

function schemaOf(text: string, settings: FunctionSettings, context: FunctionContext): StructType {
  const zone = settings["timezone"] ? zoneOfText(settings["timezone"], context.origin) : sessionZone(context);
  const values = csvValueText(settings, zone, (pattern, locale) =>
    parserFor(pattern, context.origin, locale),
  );
  const typeOfValue = valueType(values, new Options(settings).boolean("preferDate", true));
  const types = fieldTexts(text, settings, context).map((field) =>
    field === undefined ? StringType : typeOfValue(field),
  );
  return new StructType(types.map((type, k) => StructField(`_c${k}`, type)));
}

/** The fields of a record; undefined for nulls. */
function fieldTexts(
  text: string,
  settings: FunctionSettings,
  context: FunctionContext,
): (Uint8Array | undefined)[] {
  const bytes = new TextEncoder().encode(text);
  // a record has at most as many separators as bytes
  const columnsMax = Math.min(bytes.length + 1, new Options(settings).integer("maxColumns", 20480, 1));
  const { nullvalue = "", emptyvalue = "" } = settings;
  const record = checkedDialect(
    () => new CsvRecord(columnsMax, readDialect(settings), nullvalue, emptyvalue),
    context,
  );
  record.read(bytes, 0, bytes.length);
  return record.fields.slice(0, record.valueCount).map(({ starts, lengths, kinds }) => {
    const [start, length, kind] = [starts[0]!, lengths[0]!, kinds[0]!];
    if (length < 0) return undefined;
    if (kind === KIND_PLAIN || kind === KIND_QUOTED) return bytes.slice(start, start + length);
    const arena = new ByteArena(64);
    const size = record.unescape(bytes, start, length, kind, arena);
    return arena.bytes.slice(0, size);
  });
}

/** Spark's order of guesses: whole numbers, decimals without a fraction, doubles, dates, timestamps, booleans, texts. */
function valueType(text: ValueText, prefersDate: boolean): (field: Uint8Array) => DataType {
  const memory = valueMemory();
  const guesses: readonly DataType[] = [
    DoubleType,
    ...(prefersDate ? [DateType] : []),
    TimestampType,
    BooleanType,
  ];
  // what a pattern refuses is no date, whatever casts would take
  const strict = {
    ...text,
    date: { ...text.date, fallsBack: false },
    timestamp: { ...text.timestamp, fallsBack: false },
  };
  const parsers = guesses.map((type) => [type, valueParser(type, strict, memory)!] as const);
  const local = text.locale === DEFAULT_LOCALE ? undefined : new LocalDecimal(text.locale);
  return (field) => {
    const value = Buffer.from(field).toString();
    if (value === "") return StringType;
    const whole = wholeNumberType(value, local ? (local.plain(value) ?? "") : value.replaceAll(",", ""));
    if (whole) return whole;
    return parsers.find(([, parse]) => parse(field, 0, field.length))?.[0] ?? StringType;
  };
}

function wholeNumberType(text: string, decimalText: string): DataType | undefined {
  const whole = parseWholeNumber(text);
  if (whole !== undefined) return whole === BigInt.asIntN(32, whole) ? IntegerType : LongType;
  const number = decimalSize(decimalText);
  if (number === undefined || number.scale > 0 || parseDoubleText(decimalText) === undefined)
    return undefined;
  const digits = number.digits - number.scale;
  return digits <= 38 ? DecimalType(digits, 0) : undefined;
}
