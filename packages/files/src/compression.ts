import type { Transform } from "node:stream";
import { createDeflate, createGzip } from "node:zlib";
import { StreamError } from "@ss/core";
import { lz4Block, snappyBlock } from "./codec/block-codec.js";
import { Bzip2Compressor } from "./codec/bzip2-writer.js";
import { BlockCompressor } from "./codec/hadoop-blocks.js";

/** A compression in which text files are written. */
export type WrittenCodec = "bzip2" | "deflate" | "gzip" | "lz4" | "snappy";
/** A compression in which text files are read; Spark reads `zstd`, too, without writing it. */
export type PackedCodec = WrittenCodec | "zstd";

const ENDINGS: ReadonlyMap<string, PackedCodec> = new Map([
  ["gz", "gzip"],
  ["gzip", "gzip"],
  ["deflate", "deflate"],
  ["bz2", "bzip2"],
  ["snappy", "snappy"],
  ["lz4", "lz4"],
  ["zst", "zstd"],
  ["zstd", "zstd"],
]);

const NAMES: ReadonlyMap<string, WrittenCodec | "none"> = new Map([
  ["none", "none"],
  ["uncompressed", "none"],
  ["bzip2", "bzip2"],
  ["deflate", "deflate"],
  ["gzip", "gzip"],
  ["lz4", "lz4"],
  ["snappy", "snappy"],
  ["org.apache.hadoop.io.compress.bzip2codec", "bzip2"],
  ["org.apache.hadoop.io.compress.deflatecodec", "deflate"],
  ["org.apache.hadoop.io.compress.defaultcodec", "deflate"],
  ["org.apache.hadoop.io.compress.gzipcodec", "gzip"],
  ["org.apache.hadoop.io.compress.lz4codec", "lz4"],
  ["org.apache.hadoop.io.compress.snappycodec", "snappy"],
]);

const AVAILABLE = "bzip2, deflate, uncompressed, snappy, none, lz4, gzip";

/** The compression of a file, by the ending of its name; CODEC_NOT_AVAILABLE for one that cannot be read here. */
export function codecOfPath(path: string): PackedCodec | "none" {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const ending = name.slice(name.lastIndexOf(".") + 1).toLowerCase();
  if (ending === "xz" && name.includes(".")) throw codecNotAvailable("xz", ` to read ${path}`);
  return (name.includes(".") && ENDINGS.get(ending)) || "none";
}

/** The compression that the option `compression` names. */
export function codecOfOption(value: string | undefined): WrittenCodec | "none" {
  if (value === undefined) return "none";
  const codec = NAMES.get(value.toLowerCase());
  if (codec === undefined) throw codecNotAvailable(value, "");
  return codec;
}

/** What a codec adds to a file name, with its dot. */
export function codecEnding(codec: WrittenCodec | "none"): string {
  switch (codec) {
    case "none":
      return "";
    case "bzip2":
      return ".bz2";
    case "gzip":
      return ".gz";
    default:
      return `.${codec}`;
  }
}

/** A stream that compresses. */
export function compressor(codec: WrittenCodec): Transform {
  switch (codec) {
    case "bzip2":
      return new Bzip2Compressor();
    case "deflate":
      return createDeflate();
    case "gzip":
      return createGzip();
    case "lz4":
      return new BlockCompressor(lz4Block);
    case "snappy":
      return new BlockCompressor(snappyBlock);
  }
}

/** A codec that there is not; `purpose` says for what. */
export function codecNotAvailable(codec: string, purpose: string): StreamError {
  return new StreamError({
    condition: "CODEC_NOT_AVAILABLE.WITH_AVAILABLE_CODECS_SUGGESTION",
    sqlState: "56038",
    parameters: { codecName: codec, availableCodecs: AVAILABLE },
    message: `The codec ${codec} is not available${purpose}. Available codecs are ${AVAILABLE}.`,
  });
}
