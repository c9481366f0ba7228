import { type Options, type ReadLimit, StreamError } from "@ss/core";
import { invalidOption } from "../errors.js";
import { spanMs } from "../table/file-index.js";

/** The options of the file source that are not the format's. */
export interface StreamOptions {
  readonly readLimit: ReadLimit;
  readonly maxFileAgeMs: number;
  readonly latestFirst: boolean;
  readonly fileNameOnly: boolean;
  readonly cleanSource: "off" | "archive" | "delete";
  readonly archiveDir: string | undefined;
  readonly maxCachedFiles: number;
  readonly discardCachedInputRatio: number;
}

const WEEK = "7d";

/** Reads and checks the options of a stream. */
export function streamOptions(options: Options): StreamOptions {
  for (const name of ["modifiedBefore", "modifiedAfter"]) {
    if (options.has(name)) throw notOnStreams(name);
  }
  const latestFirst = options.boolean("latestFirst", false);
  const readLimit = readLimitOf(options);
  const isLimited = readLimit.kind !== "allAvailable";
  const cleanSource = options.choice("cleanSource", ["off", "archive", "delete"], "off");
  return {
    readLimit,
    // newest files first and a limit: old files come late, and must not be taken for too old
    maxFileAgeMs:
      latestFirst && isLimited
        ? Number.POSITIVE_INFINITY
        : spanMs("maxFileAge", options.text("maxFileAge", WEEK)),
    latestFirst,
    fileNameOnly: options.boolean("fileNameOnly", false),
    cleanSource,
    archiveDir: cleanSource === "archive" ? options.required("sourceArchiveDir", "file") : undefined,
    maxCachedFiles: options.integer("maxCachedFiles", 10_000, 0),
    discardCachedInputRatio: ratio(options, "discardCachedInputRatio", 0.2),
  };
}

function readLimitOf(options: Options): ReadLimit {
  const files = options.optionalInteger("maxFilesPerTrigger", 1);
  const bytes = options.optionalInteger("maxBytesPerTrigger", 1);
  if (files !== undefined && bytes !== undefined) {
    throw new StreamError({
      condition: "SS_CONFLICTING_OPTIONS",
      parameters: { options: "maxFilesPerTrigger, maxBytesPerTrigger" },
      message:
        "Options maxFilesPerTrigger and maxBytesPerTrigger can't be both set at the same time: leave out one of the two.",
    });
  }
  if (files !== undefined) return { kind: "maxFiles", files };
  return bytes === undefined ? { kind: "allAvailable" } : { kind: "maxBytes", bytes };
}

function ratio(options: Options, name: string, fallback: number): number {
  const text = options.get(name);
  const value = text === undefined ? fallback : Number(text);
  if (value >= 0 && value <= 1) return value;
  throw invalidOption(name, text!, "a number from 0 to 1");
}

function notOnStreams(name: string): StreamError {
  return new StreamError({
    condition: "SS_OPTION_NOT_ON_STREAMS",
    parameters: { option: name },
    message: `option '${name}' is not allowed in file stream sources: a stream reads every file once, whenever it was changed.`,
  });
}
