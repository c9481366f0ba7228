import { gzipSync } from "node:zlib";
import { compressSnappy, snappyPackedMax } from "@ss/kernels";
import type { ParquetCodec } from "../codec.js";

/** A compression that the direct encoder has. */
export interface Compressor {
  /** Its number in files. */
  readonly number: number;
  /** What stands for the bytes, in memory of its own. */
  readonly compress: (bytes: Uint8Array) => Uint8Array;
}

const COMPRESSORS: Readonly<Partial<Record<ParquetCodec["compression"], Compressor>>> = {
  UNCOMPRESSED: { number: 0, compress: (bytes) => bytes.slice() },
  SNAPPY: { number: 1, compress: snappyBlock },
  GZIP: { number: 2, compress: (bytes) => gzipSync(bytes) },
};

/** The compressor of a codec; undefined for one that is left to parquet-wasm. */
export function compressorOf(codec: ParquetCodec): Compressor | undefined {
  return COMPRESSORS[codec.compression];
}

function snappyBlock(bytes: Uint8Array): Uint8Array {
  const target = new Uint8Array(snappyPackedMax(bytes.length));
  // the block is kept until its row group is written, so not in an array that is larger than it
  return target.slice(0, compressSnappy(bytes, 0, bytes.length, target, 0));
}
