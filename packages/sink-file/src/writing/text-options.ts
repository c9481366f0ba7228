import type { FormatContext, Options } from "@ss/core";
import { codecEnding, codecOfOption, type WrittenCodec } from "@ss/files";
import {
  DatetimeFieldError,
  DatetimeFormatter,
  DatetimePatternError,
  DEFAULT_LOCALE,
  localeOfTag,
  timeZone,
  UTC,
} from "@ss/kernels";
import { invalidOption, invalidPattern } from "../errors.js";
import type { CellText } from "./cell-writer.js";
import { outputEncoding, type Transcode } from "./output-encoding.js";

/** Options that all text formats share. */
export interface OutputText {
  readonly codec: WrittenCodec | "none";
  readonly transcode: Transcode | null;
  readonly lineEnd: Uint8Array;
}

/** The compression of an option: `compression`, or Hadoop's older name `codec`. */
export function outputCodec(options: Options): WrittenCodec | "none" {
  return codecOfOption(options.get("compression") ?? options.get("codec"));
}

/** Reads and checks the options that all text formats share. */
export function outputText(options: Options): OutputText {
  const lineSeparator = options.text("lineSep", "\n");
  if (lineSeparator === "") throw invalidOption("lineSep", "", "at least one character");
  return {
    codec: outputCodec(options),
    transcode: outputEncoding(options.get("encoding") ?? options.get("charset") ?? "UTF-8"),
    lineEnd: new TextEncoder().encode(lineSeparator),
  };
}

/** Checks the options of formats whose values are text. */
export function checkValueOptions(options: Options, warn: (message: string) => void): void {
  outputText(options);
  const locale = localeOf(options);
  if (locale === "und") {
    const chosen = options.get("locale");
    warn(
      `The option 'locale' is '${chosen}', which is no language tag such as en-US or fr: English names are used.`,
    );
  }
  for (const name of PATTERNS) checkPattern(name, options.get(name), locale);
  const zone = options.get("timeZone");
  if (zone !== undefined && timeZone(zone) === undefined)
    throw invalidOption("timeZone", zone, "a time zone");
}

const PATTERNS = ["dateFormat", "timestampFormat", "timestampNTZFormat", "timeFormat"];

function checkPattern(name: string, pattern: string | undefined, locale: string): void {
  try {
    if (pattern !== undefined) new DatetimeFormatter(pattern, true, locale);
  } catch (error) {
    if (error instanceof DatetimePatternError) throw invalidPattern(name, pattern!, error);
    if (error instanceof DatetimeFieldError) throw invalidOption(name, pattern!, "one whose names are known");
    throw error;
  }
}

/** The option `locale`, which names months and the like. */
function localeOf(options: Options): string {
  return localeOfTag(options.text("locale", DEFAULT_LOCALE));
}

/** How values become text, by the options. */
export function cellText(options: Options, context: FormatContext): CellText {
  return {
    zone: timeZone(options.get("timeZone") ?? context.timeZone) ?? UTC,
    dateFormat: options.get("dateFormat"),
    timestampFormat: options.get("timestampFormat"),
    timestampNtzFormat: options.get("timestampNTZFormat"),
    timeFormat: options.get("timeFormat"),
    locale: localeOf(options),
  };
}

/** What stands after the name of a file: the format's ending, then that of its compression. */
export function fileEnding(options: Options, format: string): string {
  return `.${format}${codecEnding(outputCodec(options))}`;
}
