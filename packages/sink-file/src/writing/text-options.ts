import type { FormatContext, Options } from "@ss/core";
import { codecEnding, codecOfOption, type TextCodec } from "@ss/files";
import { DatetimeFormatter, timeZone, UTC } from "@ss/kernels";
import { invalidOption } from "../errors.js";
import type { CellText } from "./cell-writer.js";
import { outputEncoding, type Transcode } from "./output-encoding.js";

/** Options that all text formats share. */
export interface OutputText {
  readonly codec: TextCodec;
  readonly transcode: Transcode;
  readonly lineEnd: Uint8Array;
}

/** The compression of an option: `compression`, or Hadoop's older name `codec`. */
export function outputCodec(options: Options): TextCodec {
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
export function checkValueOptions(options: Options): void {
  outputText(options);
  for (const name of ["dateFormat", "timestampFormat", "timestampNTZFormat", "timeFormat"]) {
    const pattern = options.get(name);
    if (pattern !== undefined) new DatetimeFormatter(pattern);
  }
  const zone = options.get("timeZone");
  if (zone !== undefined && timeZone(zone) === undefined)
    throw invalidOption("timeZone", zone, "a time zone");
}

/** How values become text, by the options. */
export function cellText(options: Options, context: FormatContext): CellText {
  return {
    zone: timeZone(options.get("timeZone") ?? context.timeZone) ?? UTC,
    dateFormat: options.get("dateFormat"),
    timestampFormat: options.get("timestampFormat"),
    timestampNtzFormat: options.get("timestampNTZFormat"),
    timeFormat: options.get("timeFormat"),
  };
}

/** What stands after the name of a file: the format's ending, then that of its compression. */
export function fileEnding(options: Options, format: string): string {
  return `.${format}${codecEnding(outputCodec(options))}`;
}
