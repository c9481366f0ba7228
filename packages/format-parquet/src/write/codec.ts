import type { Options } from "@ss/core";
import type { Compression } from "parquet-wasm";
import { unknownCodec } from "../errors.js";
import type { ParquetWasm } from "../wasm.js";

/** A compression of Parquet pages. */
export interface ParquetCodec {
  /** What stands before `.parquet` in file names. */
  readonly ending: string;
  /** The name of parquet-wasm's constant. */
  readonly compression: keyof typeof Compression;
}

const CODECS: Readonly<Record<string, ParquetCodec>> = {
  none: { ending: "", compression: "UNCOMPRESSED" },
  uncompressed: { ending: "", compression: "UNCOMPRESSED" },
  snappy: { ending: ".snappy", compression: "SNAPPY" },
  gzip: { ending: ".gz", compression: "GZIP" },
  brotli: { ending: ".br", compression: "BROTLI" },
  lz4_raw: { ending: ".lz4raw", compression: "LZ4_RAW" },
  zstd: { ending: ".zstd", compression: "ZSTD" },
};

/** The compression of the option, or of the session; snappy by default. */
export function codecOf(
  options: Options,
  conf: ((key: string) => string | undefined) | undefined,
): ParquetCodec {
  const name =
    options.get("compression") ??
    options.get("parquet.compression") ??
    conf?.("spark.sql.parquet.compression.codec") ??
    "snappy";
  const codec = CODECS[name.toLowerCase()];
  if (codec === undefined) throw unknownCodec(name, Object.keys(CODECS));
  return codec;
}

/** The constant of a codec. */
export function compressionOf(codec: ParquetCodec, wasm: ParquetWasm): Compression {
  return wasm.Compression[codec.compression];
}
