import { type SourceSpec, StructType } from "@ss/core";

/** Options of every file source. */
export interface FileReadOptions {
  /** A folder, a file, or a pattern. */
  readonly path: string;
  /** A DDL text or a schema; streams need one. */
  readonly schema?: StructType | string;
  readonly maxFilesPerTrigger?: number;
  readonly maxBytesPerTrigger?: number;
  readonly maxFileAge?: string;
  readonly latestFirst?: boolean;
  readonly fileNameOnly?: boolean;
  readonly cleanSource?: "off" | "archive" | "delete";
  readonly sourceArchiveDir?: string;
  readonly maxCachedFiles?: number;
  readonly discardCachedInputRatio?: number;
  readonly pathGlobFilter?: string;
  readonly recursiveFileLookup?: boolean;
  readonly ignoreCorruptFiles?: boolean;
  readonly ignoreMissingFiles?: boolean;
  readonly basePath?: string;
  /** Tables only. */
  readonly modifiedBefore?: string;
  /** Tables only. */
  readonly modifiedAfter?: string;
}

interface ValueReadOptions extends FileReadOptions {
  readonly encoding?: string;
  readonly lineSep?: string;
  readonly mode?: "PERMISSIVE" | "DROPMALFORMED" | "FAILFAST";
  readonly columnNameOfCorruptRecord?: string;
  readonly multiLine?: boolean;
  readonly samplingRatio?: number;
  readonly dateFormat?: string;
  readonly timestampFormat?: string;
  readonly timestampNTZFormat?: string;
  readonly timeFormat?: string;
  readonly timeZone?: string;
  /** A language tag, such as `fr`: names of months in patterns, signs of decimals. */
  readonly locale?: string;
  readonly enableDateTimeParsingFallback?: boolean;
}

/** Options of CSV files. */
export interface CsvReadOptions extends ValueReadOptions {
  readonly sep?: string;
  readonly quote?: string;
  readonly escape?: string;
  readonly charToEscapeQuoteEscaping?: string;
  readonly comment?: string;
  readonly header?: boolean;
  readonly inferSchema?: boolean;
  readonly preferDate?: boolean;
  readonly enforceSchema?: boolean;
  readonly ignoreLeadingWhiteSpace?: boolean;
  readonly ignoreTrailingWhiteSpace?: boolean;
  readonly nullValue?: string;
  readonly emptyValue?: string;
  readonly nanValue?: string;
  readonly positiveInf?: string;
  readonly negativeInf?: string;
  readonly maxColumns?: number;
  readonly maxCharsPerColumn?: number;
  readonly unescapedQuoteHandling?: string;
}

/** Options of JSON files. */
export interface JsonReadOptions extends ValueReadOptions {
  readonly primitivesAsString?: boolean;
  readonly prefersDecimal?: boolean;
  readonly inferTimestamp?: boolean;
  readonly dropFieldIfAllNull?: boolean;
  readonly allowComments?: boolean;
  readonly allowUnquotedFieldNames?: boolean;
  readonly allowSingleQuotes?: boolean;
  readonly allowNumericLeadingZeros?: boolean;
  readonly allowNonNumericNumbers?: boolean;
  readonly allowBackslashEscapingAnyCharacter?: boolean;
  readonly allowUnquotedControlChars?: boolean;
}

/** Options of text files. */
export interface TextReadOptions extends FileReadOptions {
  readonly wholetext?: boolean;
  readonly lineSep?: string;
  readonly encoding?: string;
}

/** CSV files, for `readStream.from(csv({ path, schema }))`. */
export function csv(options: CsvReadOptions): SourceSpec {
  return spec("csv", options);
}

/** JSON files, for `readStream.from(json({ path, schema }))`. */
export function json(options: JsonReadOptions): SourceSpec {
  return spec("json", options);
}

/** Text files, for `readStream.from(text({ path }))`. */
export function text(options: TextReadOptions): SourceSpec {
  return spec("text", options);
}

function spec(format: string, { schema, ...options }: FileReadOptions): SourceSpec {
  if (schema === undefined) return { format, options: { ...options } };
  return {
    format,
    options: { ...options },
    schema: typeof schema === "string" ? StructType.fromDDL(schema) : schema,
  };
}
