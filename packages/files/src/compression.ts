import type { Transform } from "node:stream";
import { constants, createDeflate, createGunzip, createGzip, createInflate } from "node:zlib";
import { StreamError } from "@ss/core";

/** A compression of text files that this package can read and write. */
export type TextCodec = "none" | "gzip" | "deflate";

const ENDINGS: Readonly<Record<string, string>> = {
  gz: "gzip",
  gzip: "gzip",
  deflate: "deflate",
  bz2: "bzip2",
  snappy: "snappy",
  zst: "zstd",
  lz4: "lz4",
  xz: "xz",
};

const NAMES: Readonly<Record<string, TextCodec>> = {
  none: "none",
  uncompressed: "none",
  gzip: "gzip",
  deflate: "deflate",
  "org.apache.hadoop.io.compress.gzipcodec": "gzip",
  "org.apache.hadoop.io.compress.deflatecodec": "deflate",
  "org.apache.hadoop.io.compress.defaultcodec": "deflate",
};

const KNOWN = ["bzip2", "lz4", "snappy", "zstd", "xz"];

/** The compression of a file, by the ending of its name; CODEC_NOT_AVAILABLE for one that cannot be read here. */
export function codecOfPath(path: string): TextCodec {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const codec = ENDINGS[name.slice(name.lastIndexOf(".") + 1).toLowerCase()];
  if (codec === undefined) return "none";
  if (codec === "gzip" || codec === "deflate") return codec;
  throw notAvailable(codec, ` to read ${path}`);
}

/** The compression that the option `compression` names. */
export function codecOfOption(value: string | undefined): TextCodec {
  if (value === undefined) return "none";
  const codec = NAMES[value.toLowerCase()];
  if (codec !== undefined) return codec;
  if (KNOWN.includes(value.toLowerCase())) throw notAvailable(value, "");
  throw new StreamError({
    condition: "CODEC_SHORT_NAME_NOT_FOUND",
    sqlState: "42704",
    parameters: { codecName: value },
    message: `There is no compression codec called ${value}: use none, gzip or deflate.`,
  });
}

/** What a codec adds to a file name, with its dot. */
export function codecEnding(codec: TextCodec): string {
  return codec === "none" ? "" : codec === "gzip" ? ".gz" : ".deflate";
}

/** A stream that turns compressed bytes into plain ones. */
export function decompressor(codec: Exclude<TextCodec, "none">): Transform {
  // with Z_FINISH a file that was cut off is an error; gzip files may have several members
  const options = { finishFlush: constants.Z_FINISH, chunkSize: 1 << 18 };
  return codec === "gzip" ? createGunzip(options) : createInflate(options);
}

/** A stream that compresses. */
export function compressor(codec: Exclude<TextCodec, "none">): Transform {
  return codec === "gzip" ? createGzip() : createDeflate();
}

function notAvailable(codec: string, purpose: string): StreamError {
  return new StreamError({
    condition: "CODEC_NOT_AVAILABLE.WITH_AVAILABLE_CODECS_SUGGESTION",
    sqlState: "56038",
    parameters: { codecName: codec, availableCodecs: "none, gzip, deflate" },
    message: `The compression codec ${codec} is not available${purpose}: use none, gzip or deflate.`,
  });
}
