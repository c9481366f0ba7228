import { gzipSync } from "node:zlib";
import type { ParquetCodec } from "../codec.js";
import { compressSnappy } from "./compress-snappy.js";

/** A compression that the direct encoder has. */
export interface Compressor {
  /** Its number in files. */
  readonly number: number;
  /** What stands for the bytes, in memory of its own. */
  readonly compress: (bytes: Uint8Array) => Uint8Array;
}

const COMPRESSORS: Readonly<Partial<Record<ParquetCodec["compression"], Compressor>>> = {
  UNCOMPRESSED: { number: 0, compress: (bytes) => bytes.slice() },
  SNAPPY: { number: 1, compress: compressSnappy },
  GZIP: { number: 2, compress: (bytes) => gzipSync(bytes) },
};

/** The compressor of a codec; undefined for one that is left to parquet-wasm. */
export function compressorOf(codec: ParquetCodec): Compressor | undefined {
  return COMPRESSORS[codec.compression];
}
