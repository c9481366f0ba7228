import { type DataType, StringType, type StructType, type Value } from "@ss/core";
import { ByteArena, CsvFieldWriter, UTC } from "@ss/kernels";
import type { Code, CodeWriter } from "../../expression/code.js";
import { datatypeMismatch, quotedName, quotedType } from "../../expression/errors.js";
import type { Expression } from "../../expression/expression.js";
import type { EmitCall, EvaluationContext, ScalarFunction } from "../../expression/function.js";
import { typeOf } from "../../expression/type-of.js";
import { emitCast } from "../cast/emit-cast.js";
import { timePutter } from "../datetime/emit-format.js";
import { sessionZone, zoneOfText } from "../datetime/zones.js";
import { scalar } from "../define.js";
import { arenaText } from "../emit/arena-text.js";
import { emitBoxedCall } from "../emit/boxed-call.js";
import { alwaysNull, type BytesCode, bytesCode, guarded, present } from "../emit/parts.js";
import { wordArguments } from "../emit/stored-int64.js";
import { type FunctionSettings, optionFormatter, settingsOf } from "../text-record/function-settings.js";
import { binaryText } from "./binary-text.js";
import { checkedDialect, writeDialect } from "./csv-dialect.js";

interface ToCsvState {
  readonly settings: FunctionSettings;
  readonly timeZone: string;
  readonly ansi: boolean;
  readonly binaryStyle: string | undefined;
}

/** `to_csv(struct[, options])`. */
export const toCsvFunctions: readonly ScalarFunction[] = [
  scalar({
    names: ["to_csv"],
    arity: [1, 2],
    resolve: (args, context) => {
      const type = typeOf(args[0]!);
      if (type.kind !== "struct" || !type.fields.every((field) => isWritable(field.type))) {
        throw datatypeMismatch(
          context,
          "UNSUPPORTED_INPUT_TYPE",
          `${context.name} writes structs, and no values of the type ${quotedType(type)}.`,
          { functionName: quotedName("to_csv"), dataType: quotedType(type) },
        );
      }
      const settings = settingsOf(args[1], context);
      checkedDialect(() => new CsvFieldWriter(writeDialect(settings)), context);
      const state: ToCsvState = {
        settings,
        timeZone: context.timeZone,
        ansi: context.ansi,
        binaryStyle: context.conf("spark.sql.binaryOutputStyle"),
      };
      return { args: [args[0]!], type: StringType, state };
    },
    emit: emitToCsv,
    pretty: ([value]) => `to_csv(${value})`,
  }),
];

function isWritable(type: DataType): boolean {
  switch (type.kind) {
    case "variant":
      return false;
    case "array":
      return isWritable(type.elementType);
    case "map":
      return isWritable(type.keyType) && isWritable(type.valueType);
    case "struct":
      return type.fields.every((field) => isWritable(field.type));
    default:
      return true;
  }
}

/** Puts one record together, field after field. */
class CsvRow {
  readonly arena: ByteArena = new ByteArena(256);
  private readonly fields: CsvFieldWriter;
  private count = 0;

  constructor(fields: CsvFieldWriter) {
    this.fields = fields;
  }

  begin(): void {
    this.arena.clear();
    // a line end tells the writer that a record begins
    this.fields.lineEnd(this.arena);
    this.arena.clear();
    this.count = 0;
  }

  addNull(): void {
    this.separate();
    this.fields.nullField(this.arena);
  }

  add(bytes: Uint8Array, start: number, length: number): void {
    this.separate();
    this.fields.field(bytes, start, length, this.arena);
  }

  private separate(): void {
    if (this.count++ > 0) this.fields.separator(this.arena);
  }
}

function emitToCsv(writer: CodeWriter, args: readonly Expression[], call: EmitCall): Code {
  const state = call.state as ToCsvState;
  const struct = writer.expression(args[0]!);
  if (struct.layout !== "struct") return alwaysNull(writer, StringType);
  const type = struct.type as StructType;
  const text = fieldText(state, call);
  const rt = writer.runtime;
  return guarded(writer, struct.isNull, StringType, () => {
    const row = new CsvRow(new CsvFieldWriter(writeDialect(state.settings)));
    const name = writer.constant(row);
    writer.write(`${name}.begin();`);
    struct.fields.forEach((field, k) => {
      const add = (): void => {
        const { data, start, length } = text(writer, present(field), type.fields[k]!.type);
        writer.write(`${name}.add(${data}, ${start}, ${length});`);
      };
      const addNull = (): void => writer.write(`${name}.addNull();`);
      if (field.layout === "null" || field.isNull === "true") addNull();
      else if (field.isNull === "false") add();
      else writer.when(field.isNull, addNull, add);
    });
    const arena = writer.constant(row.arena);
    const start = writer.variable(`${rt}.copy(${arena}.bytes, 0, ${arena}.length)`);
    const length = writer.variable(`${arena}.length`);
    return bytesCode(StringType, "false", `${rt}.bytes`, start, length);
  });
}

/** Writes the text of a field that is not null, before CSV puts it in quotes. */
function fieldText(
  state: ToCsvState,
  call: EmitCall,
): (writer: CodeWriter, code: Code, type: DataType) => BytesCode {
  return (writer, code, type) => {
    const put = timeText(type, state, call);
    if (put) return arenaText(writer, StringType, put, [wordArguments(writer, code)]);
    const format = formatter(type, state, call);
    if (format) return emitBoxedCall(writer, format, [code], StringType) as BytesCode;
    // decimals show as Java shows them, with an exponent where they are small
    const ansi = type.kind !== "decimal";
    const options = { mode: "cast", ansi, timeZone: state.timeZone } as const;
    return emitCast(writer, code, StringType, options) as BytesCode;
  };
}

/** What writes timestamps as bytes; undefined for other types. */
function timeText(
  type: DataType,
  { settings, timeZone, ansi }: ToCsvState,
  { origin }: EmitCall,
): ReturnType<typeof timePutter> | undefined {
  const context = { ansi, timeZone, origin } as EvaluationContext;
  switch (type.kind) {
    case "timestamp": {
      const zone = settings["timezone"] ? zoneOfText(settings["timezone"], origin) : sessionZone(context);
      const standard = "yyyy-MM-dd'T'HH:mm:ss[.SSS][XXX]";
      const formatter = optionFormatter(settings, "timestampformat", standard, context);
      return timePutter(() => formatter, zone, "micro", origin);
    }
    case "timestamp_ntz": {
      const standard = "yyyy-MM-dd'T'HH:mm:ss[.SSS]";
      const formatter = optionFormatter(settings, "timestampntzformat", standard, context);
      return timePutter(() => formatter, UTC, "localMicro", origin);
    }
    default:
      return undefined;
  }
}

/** What writes values whose text depends on options; undefined for those that casts write. */
function formatter(
  type: DataType,
  { settings, timeZone, ansi, binaryStyle }: ToCsvState,
  { origin }: EmitCall,
): ((value: never) => Value) | undefined {
  const context = { ansi, timeZone, origin } as EvaluationContext;
  switch (type.kind) {
    case "date": {
      if (settings["dateformat"] === undefined) return undefined;
      const dates = optionFormatter(settings, "dateformat", "", context);
      return (value: number) => dates.formatDate(value);
    }
    case "time": {
      if (settings["timeformat"] === undefined) return undefined;
      const times = optionFormatter(settings, "timeformat", "", context);
      return (value: bigint) => times.formatTime(Number(value / 1000n));
    }
    case "binary":
      return (value: Uint8Array) => binaryText(value, binaryStyle);
    default:
      return undefined;
  }
}
