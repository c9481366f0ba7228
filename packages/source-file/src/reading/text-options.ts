import type { FormatContext, Options, StructField, StructType } from "@ss/core";
import { codecOfPath } from "@ss/files";
import { DEFAULT_LOCALE, LocalDecimal, type TimeZone, timeZone, UTC } from "@ss/kernels";
import type { SpecialNumbers } from "../decode/number-decoders.js";
import type { TimeText } from "../decode/time-decoders.js";
import type { ValueText } from "../decode/value-decoders.js";
import { invalidCorruptColumn, invalidOption, unknownCharset } from "../errors.js";
import { DETECTED_ENCODING, isKnownEncoding, isUtf8 } from "./encoding.js";
import { checkPatterns, localeOf } from "./locale.js";

/** What becomes of records that cannot be read. */
export type ParseMode = "PERMISSIVE" | "DROPMALFORMED" | "FAILFAST";

const MODES = ["PERMISSIVE", "DROPMALFORMED", "FAILFAST"] as const;

/** The option `mode`; a word that is none means PERMISSIVE, as in Spark. */
export function parseMode(options: Options): ParseMode {
  const mode = options.text("mode", "PERMISSIVE").toUpperCase();
  return MODES.find((known) => known === mode) ?? "PERMISSIVE";
}

/** Warns of words that stand for nothing and so, as in Spark, for the default. */
function warnOfDefaults(options: Options, warn: (message: string) => void): void {
  const mode = options.get("mode");
  if (mode !== undefined && !MODES.some((known) => known === mode.toUpperCase())) {
    warn(`The option 'mode' is '${mode}', which is none of ${MODES.join(", ")}: PERMISSIVE is used.`);
  }
  const locale = options.get("locale");
  if (locale !== undefined && localeOf(options) === "und") {
    warn(
      `The option 'locale' is '${locale}', which is no language tag such as en-US or fr: English names are used.`,
    );
  }
}

/** The name of the column that gets the text of corrupt records. */
export function corruptColumnName(options: Options, context: FormatContext): string {
  const fallback = context.conf("spark.sql.columnNameOfCorruptRecord") ?? "_corrupt_record";
  return options.text("columnNameOfCorruptRecord", fallback);
}

/** The field of corrupt records in a schema, if there is one; it has to be a nullable STRING. */
export function corruptField(schema: StructType, name: string): StructField | undefined {
  const field = schema.fields.find((candidate) => candidate.name === name);
  if (field !== undefined && (field.type.kind !== "string" || !field.nullable)) {
    throw invalidCorruptColumn(name, field.type);
  }
  return field;
}

/** The option `encoding` (or `charset`). */
export function encodingOf(options: Options): string {
  return options.get("encoding") ?? options.get("charset") ?? "UTF-8";
}

/** The encoding of JSON, which the files tell themselves unless an option does. */
export function jsonEncodingOf(options: Options): string {
  return options.has("encoding") || options.has("charset") ? encodingOf(options) : DETECTED_ENCODING;
}

/** The bytes that end lines, where the option `lineSep` sets them. */
export function lineSeparatorOf(options: Options): Uint8Array | undefined {
  const text = options.get("lineSep");
  return text === undefined ? undefined : new TextEncoder().encode(text);
}

/** Checks the options that all text formats share. */
export function checkTextOptions(options: Options): void {
  const encoding = encodingOf(options);
  if (!isKnownEncoding(encoding)) throw unknownCharset(encoding);
  if (options.get("lineSep") === "") throw invalidOption("lineSep", "", "at least one character");
}

/** Checks the patterns and numbers of the formats whose values are text. */
export function checkValueOptions(options: Options, warn: (message: string) => void): void {
  checkTextOptions(options);
  checkPatterns(options);
  const zone = options.get("timeZone");
  if (zone !== undefined && timeZone(zone) === undefined)
    throw invalidOption("timeZone", zone, "a time zone");
  samplingRatio(options);
  warnOfDefaults(options, warn);
}

/** The part of the records that schema inference reads, above 0 and at most 1. */
export function samplingRatio(options: Options): number {
  const text = options.get("samplingRatio");
  if (text === undefined) return 1;
  const ratio = Number(text);
  if (ratio > 0 && ratio <= 1) return ratio;
  throw invalidOption("samplingRatio", text, "a number above 0 and at most 1");
}

/** The time zone of an option, or of the session. */
export function zoneOf(options: Options, context: FormatContext): TimeZone {
  return timeZone(options.get("timeZone") ?? context.timeZone) ?? UTC;
}

/** How values are written, by the options; `special`, `bytesWrap` and the default of `dateFormat` are the format's own. */
export function valueText(
  options: Options,
  context: FormatContext,
  special: SpecialNumbers,
  bytesWrap: boolean,
  dateFormat?: string,
): ValueText {
  const zone = zoneOf(options, context);
  const locale = localeOf(options);
  const fallback = options.get("enableDateTimeParsingFallback");
  const text = (name: string, standard?: string): TimeText => {
    const chosen = options.get(name);
    return {
      pattern: chosen ?? standard,
      zone,
      locale,
      // only a pattern that somebody chose is binding
      fallsBack: fallback === undefined ? chosen === undefined : fallback.toLowerCase() === "true",
    };
  };
  return {
    special,
    bytesWrap,
    decimal: locale === DEFAULT_LOCALE ? undefined : new LocalDecimal(locale),
    date: text("dateFormat", dateFormat),
    timestamp: text("timestampFormat"),
    timestampNtz: text("timestampNTZFormat"),
    time: text("timeFormat"),
  };
}

/** Whether the lines of a file may be read in parts: plain UTF-8 (or the like), not compressed. */
export function hasPlainLines(options: Options, path: string): boolean {
  return isUtf8(encodingOf(options)) && codecOfPath(path) === "none";
}
