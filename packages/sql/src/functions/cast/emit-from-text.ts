import { type DataType, type DecimalType, StringType } from "@ss/core";
import {
  DECIMAL_OK,
  loadDecimal128,
  parseDate,
  parseDecimal64Into,
  parseDecimal128Into,
  parseDoubleInto,
  parseFloatInto,
  parseInt8,
  parseInt16,
  parseInt32,
  parseInt64Into,
  parseTimestampInto,
  parseTimestampNtzInto,
} from "@ss/kernels";
import type { Code, CodeWriter } from "../../expression/code.js";
import { scratch, scratchCode } from "../emit/int64.js";
import { type BytesCode, valueCode } from "../emit/parts.js";
import { type CastOptions, failInput, isStrict, zoneOf } from "./cast-options.js";
import { toDecimalCaster } from "./to-decimal.js";

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Casts from STRING that read bytes where they are; undefined for the rest. */
export function emitFromText(
  writer: CodeWriter,
  code: Code,
  to: DataType,
  options: CastOptions,
): Code | undefined {
  if (code.layout !== "bytes" || code.type.kind === "binary") return undefined;
  switch (to.kind) {
    case "byte":
      return ofNumberParser(writer, code, to, options, parseInt8);
    case "short":
      return ofNumberParser(writer, code, to, options, parseInt16);
    case "integer":
      return ofNumberParser(writer, code, to, options, parseInt32);
    case "date":
      return ofNumberParser(writer, code, to, options, parseDate);
    case "boolean":
      return toBoolean(writer, code, to, options);
    case "double":
      return ofFloatParser(writer, code, to, options, parseDoubleInto, new Float64Array(1));
    case "float":
      return ofFloatParser(writer, code, to, options, parseFloatInto, new Float32Array(1));
    case "long": {
      const fraction = !isStrict(options);
      return ofWordsParser(writer, code, to, options, (bytes, start, end, out) =>
        parseInt64Into(bytes, start, end, out, 0, fraction),
      );
    }
    case "timestamp": {
      const zone = zoneOf(options);
      return ofWordsParser(writer, code, to, options, (bytes, start, end, out, now) =>
        parseTimestampInto(bytes, start, end, zone, out, 0, now),
      );
    }
    case "decimal":
      return toDecimal(writer, code, to, options);
    case "timestamp_ntz":
      return ofWordsParser(writer, code, to, options, (bytes, start, end, out) =>
        parseTimestampNtzInto(bytes, start, end, true, out, 0),
      );
    default:
      return undefined;
  }
}

/** A function of the code that reports a text that is no value: throws, or does nothing where null is the answer. */
function failure(writer: CodeWriter, to: DataType, options: CastOptions): string {
  return writer.constant((bytes: Uint8Array, start: number, length: number) => {
    failInput(options, decoder.decode(bytes.subarray(start, start + length)), StringType, to);
  });
}

function argumentsOf(code: BytesCode): string {
  return `${code.data}, ${code.start}, ${code.start} + ${code.length}`;
}

/** Runs `body` where the value is present. */
function wherePresent(writer: CodeWriter, code: Code, body: () => void): void {
  if (code.isNull === "false") body();
  else writer.when(`!${code.isNull}`, body);
}

/** Whether a text that is no value gives null; it throws otherwise. */
function givesNull(options: CastOptions): boolean {
  return options.mode === "try" || !options.ansi;
}

/** Integers and dates: a parser that gives NaN for what it does not take. */
function ofNumberParser(
  writer: CodeWriter,
  code: BytesCode,
  to: DataType,
  options: CastOptions,
  parse: (bytes: Uint8Array, start: number, end: number, allowFraction?: boolean) => number,
): Code {
  const more = to.kind === "date" || isStrict(options) ? "" : ", true";
  const value = writer.variable("NaN");
  wherePresent(writer, code, () => {
    writer.write(`${value} = ${writer.constant(parse)}(${argumentsOf(code)}${more});`);
    if (givesNull(options)) return;
    const fails = failure(writer, to, options);
    writer.write(`if (${value} !== ${value}) ${fails}(${code.data}, ${code.start}, ${code.length});`);
  });
  return valueCode(to, givesNull(options) ? `(${value} !== ${value})` : code.isNull, value);
}

function ofFloatParser(
  writer: CodeWriter,
  code: BytesCode,
  to: DataType,
  options: CastOptions,
  parse: (bytes: Uint8Array, start: number, end: number, out: never, index: number) => boolean,
  memory: Float64Array | Float32Array,
): Code {
  const out = writer.constant(memory);
  const value = writer.variable("0");
  const ok = writer.variable("false");
  wherePresent(writer, code, () => {
    writer.write(`${ok} = ${writer.constant(parse)}(${argumentsOf(code)}, ${out}, 0);`);
    writer.write(`${value} = ${out}[0];`);
    if (givesNull(options)) return;
    writer.write(`if (!${ok}) ${failure(writer, to, options)}(${code.data}, ${code.start}, ${code.length});`);
  });
  return valueCode(to, givesNull(options) ? `!${ok}` : code.isNull, value);
}

/** 64-bit values: a parser that writes words. */
function ofWordsParser(
  writer: CodeWriter,
  code: BytesCode,
  to: DataType,
  options: CastOptions,
  parse: (bytes: Uint8Array, start: number, end: number, out: Int32Array, nowSecond: number) => boolean,
): Code {
  const memory = scratch();
  const out = writer.constant(memory.words);
  const ok = writer.variable("false");
  const now = to.kind === "timestamp" ? `${writer.runtime}.nowMs() / 1000` : "0";
  wherePresent(writer, code, () => {
    writer.write(`${ok} = ${writer.constant(parse)}(${argumentsOf(code)}, ${out}, ${now});`);
    if (givesNull(options)) return;
    writer.write(`if (!${ok}) ${failure(writer, to, options)}(${code.data}, ${code.start}, ${code.length});`);
  });
  return scratchCode(writer, to, givesNull(options) ? `!${ok}` : code.isNull, memory);
}

const TRUE_WORDS: readonly string[] = ["t", "true", "y", "yes", "1"];
const FALSE_WORDS: readonly string[] = ["f", "false", "n", "no", "0"];

/** 1 for a true word, 0 for a false one, -1 for all else; trimmed, in any case. */
function truthOfBytes(bytes: Uint8Array, start: number, end: number): number {
  let from = start;
  let to = end;
  while (from < to && isTrimmed(bytes[from]!)) from++;
  while (to > from && isTrimmed(bytes[to - 1]!)) to--;
  if (to - from > 5) return -1;
  let word = "";
  for (let k = from; k < to; k++) word += String.fromCharCode(bytes[k]!);
  const lower = word.toLowerCase();
  if (TRUE_WORDS.includes(lower)) return 1;
  return FALSE_WORDS.includes(lower) ? 0 : -1;
}

function isTrimmed(byte: number): boolean {
  return byte <= 32 || byte === 127;
}

function toBoolean(writer: CodeWriter, code: BytesCode, to: DataType, options: CastOptions): Code {
  const value = writer.variable("-1");
  wherePresent(writer, code, () => {
    writer.write(`${value} = ${writer.constant(truthOfBytes)}(${argumentsOf(code)});`);
    if (givesNull(options)) return;
    writer.write(
      `if (${value} < 0) ${failure(writer, to, options)}(${code.data}, ${code.start}, ${code.length});`,
    );
  });
  return valueCode(to, givesNull(options) ? `(${value} < 0)` : code.isNull, `(${value} === 1)`);
}

/** Decimals are read where they are; a text that is none goes to the boxed cast, which knows what it deserves. */
function toDecimal(writer: CodeWriter, code: BytesCode, to: DecimalType, options: CastOptions): Code {
  const { precision, scale } = to;
  const values = new BigInt64Array(2);
  const words = new Int32Array(values.buffer);
  const report = toDecimalCaster(StringType, to, options) as (text: string) => unknown;
  const isShort = precision <= 18;
  const parse = (bytes: Uint8Array, start: number, end: number): boolean => {
    const status = isShort
      ? parseDecimal64Into(bytes, start, end, precision, scale, words, 0)
      : parseDecimal128Into(bytes, start, end, precision, scale, values, 0);
    if (status === DECIMAL_OK) return true;
    report(decoder.decode(bytes.subarray(start, end)));
    return false;
  };
  const ok = writer.variable("false");
  wherePresent(writer, code, () => writer.write(`${ok} = ${writer.constant(parse)}(${argumentsOf(code)});`));
  const isNull = givesNull(options) ? `!${ok}` : code.isNull;
  if (isShort) return scratchCode(writer, to, isNull, { values, words });
  return valueCode(to, isNull, `${writer.constant(loadDecimal128)}(${writer.constant(values)}, 0)`);
}
