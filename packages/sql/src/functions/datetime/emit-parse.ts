import { type DataType, TimestampType, type Value } from "@ss/core";
import { type DatetimeParser, microOfSecondOfMicros, secondOfMicros, type TimeZone } from "@ss/kernels";
import type { Code, CodeWriter } from "../../expression/code.js";
import type { Expression, Origin } from "../../expression/expression.js";
import { bytesArguments } from "../emit/arena-text.js";
import { scratch, scratchCode } from "../emit/int64.js";
import { anyNull, type BytesCode, guarded, valueCode } from "../emit/parts.js";
import { storeSafe } from "../emit/stored-int64.js";
import { runtimeError } from "../runtime-error.js";
import { parserFor, remembered } from "./patterns.js";

/** How texts are parsed by a pattern. */
export interface ParseRules {
  readonly type: DataType;
  readonly zone: TimeZone;
  /** Whether a text that does not match is an error, which then names this function as the one that gives null. */
  readonly suggestion: string | undefined;
  readonly origin: Origin | undefined;
}

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** The function of a pattern's parser: made once for a constant pattern, remembered for those that rows bring. */
type ParserOf = (data: Uint8Array, start: number, length: number) => DatetimeParser;

function parserOfLiteral(pattern: string, origin: Origin | undefined): ParserOf {
  let parser: DatetimeParser | undefined;
  return () => {
    parser ??= parserFor(pattern, origin);
    return parser;
  };
}

function parserOfRows(origin: Origin | undefined): ParserOf {
  const parserOf = remembered((pattern) => parserFor(pattern, origin));
  return (data, start, length) => parserOf(decoder.decode(data.subarray(start, start + length)));
}

/** Dates and timestamps (or, with `seconds`, their epoch seconds) of texts, read from their bytes. */
export function emitParse(
  writer: CodeWriter,
  text: Expression,
  pattern: Expression,
  resultType: DataType,
  rules: ParseRules,
  seconds = false,
): Code {
  const source = writer.expression(text) as BytesCode;
  const format = writer.expression(pattern) as BytesCode;
  const parserOf =
    pattern.kind === "literal" && typeof pattern.value === "string"
      ? parserOfLiteral(pattern.value, rules.origin)
      : parserOfRows(rules.origin);
  const isNull = anyNull(source.isNull, format.isNull);
  const args = `${bytesArguments(source)}, ${bytesArguments(format)}`;
  const wrong = refusal(rules);
  if (resultType.kind === "date") {
    const parse = writer.constant(dateParser(parserOf, wrong));
    return guarded(writer, isNull, resultType, () => {
      const days = writer.variable(`${parse}(${args})`);
      return valueCode(resultType, `(${days} !== ${days})`, days);
    });
  }
  const memory = scratch();
  const parse = writer.constant(instantParser(parserOf, wrong, rules, memory.words, seconds, memory));
  const found = writer.variable("false");
  if (isNull === "false") writer.write(`${found} = ${parse}(${args});`);
  else if (isNull !== "true") writer.when(`!${isNull}`, () => writer.write(`${found} = ${parse}(${args});`));
  return scratchCode(writer, resultType, `!${found}`, memory);
}

type BytesParser<T> = (
  data: Uint8Array,
  start: number,
  length: number,
  pattern: Uint8Array,
  patternStart: number,
  patternLength: number,
) => T;
type Refusal = (parser: DatetimeParser, text: Uint8Array, pattern: Uint8Array) => void;

function dateParser(parserOf: ParserOf, wrong: Refusal): BytesParser<number> {
  return (data, start, length, pattern, patternStart, patternLength) => {
    const parser = parserOf(pattern, patternStart, patternLength);
    const days = parser.parseDateBytes(data, start, start + length);
    if (days !== days) {
      wrong(
        parser,
        data.subarray(start, start + length),
        pattern.subarray(patternStart, patternStart + patternLength),
      );
    }
    return days;
  };
}

/** Stores an instant, or the second that it lies in; false where the text is wrong and that is no error. */
function instantParser(
  parserOf: ParserOf,
  wrong: Refusal,
  { type, zone }: ParseRules,
  words: Int32Array,
  seconds: boolean,
  memory: ReturnType<typeof scratch>,
): BytesParser<boolean> {
  const isLocal = type.kind === "timestamp_ntz";
  return (data, start, length, pattern, patternStart, patternLength) => {
    const parser = parserOf(pattern, patternStart, patternLength);
    const end = start + length;
    const isRead = isLocal
      ? parser.parseTimestampNtzInto(data, start, end, false, words, 0)
      : parser.parseTimestampInto(data, start, end, zone, words, 0);
    if (!isRead) {
      wrong(parser, data.subarray(start, end), pattern.subarray(patternStart, patternStart + patternLength));
      return false;
    }
    if (seconds) storeSafe(memory, unixSecond(words[0]!, words[1]!));
    return true;
  };
}

function refusal({ type, suggestion }: ParseRules): Refusal {
  if (suggestion === undefined) return () => undefined;
  return (parser, text, pattern) => {
    throw cannotParse(type, parser, decoder.decode(text), decoder.decode(pattern), suggestion);
  };
}

/** The error of a text that a pattern does not match. */
export function cannotParse(
  type: DataType,
  parser: DatetimeParser,
  text: string,
  pattern: string,
  func: string,
): Error {
  if (type.kind === "time") {
    return runtimeError(
      "CANNOT_PARSE_TIME",
      "22010",
      { input: `'${text}'`, format: `'${pattern}'` },
      `The input string '${text}' cannot be parsed as a time by the format '${pattern}'.`,
    );
  }
  return runtimeError(
    "CANNOT_PARSE_TIMESTAMP",
    "22007",
    { func: `\`${func}\``, message: parser.failure },
    `${parser.failure}. Use \`${func}\` to tolerate invalid input and return NULL instead.`,
  );
}

/** The second of `unix_timestamp`, cut towards the epoch, where `unix_seconds` rounds down. */
export function unixSecond(low: number, high: number): number {
  const second = secondOfMicros(low, high);
  return high < 0 && microOfSecondOfMicros(low, high) !== 0 ? second + 1 : second;
}

/** The rules by which `unix_timestamp` reads texts. */
export function unixRules(ansi: boolean, zone: TimeZone, origin: Origin | undefined): ParseRules {
  return { type: TimestampType, zone, suggestion: ansi ? "try_to_timestamp" : undefined, origin };
}

/** The boxed reading of times of day. */
export function timeParser(
  type: DataType,
  suggestion: string | undefined,
  origin: Origin | undefined,
): (text: string, pattern: string) => Value {
  const parserOf = remembered((pattern) => parserFor(pattern, origin));
  return (text, pattern) => {
    const parser = parserOf(pattern);
    const micros = parser.parseTime(text);
    if (micros === micros) return BigInt(micros) * 1000n;
    if (suggestion === undefined) return null;
    throw cannotParse(type, parser, text, pattern, suggestion);
  };
}
