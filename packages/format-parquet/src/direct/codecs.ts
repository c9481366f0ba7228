import * as zlib from "node:zlib";
import { CompressionError, decompressLz4, decompressSnappy } from "@ss/kernels";
import { ParquetFault } from "./parquet-fault.js";

/** Writes the `size` bytes that `source[start .. end)` stands for to `target[at ..]`. */
export type Decompress = (
  source: Uint8Array,
  start: number,
  end: number,
  target: Uint8Array,
  at: number,
  size: number,
) => void;

/** A codec, and how large its output may be: a damaged size is no reason to allocate it. */
export interface Codec {
  readonly name: string;
  readonly decompress: Decompress;
  /** How many times larger than its input, ... */
  readonly maxRatio: number;
  /** ... and how many bytes beyond that. */
  readonly allowance: number;
}

type ZlibCall = (bytes: Uint8Array, options: { readonly maxOutputLength: number }) => Uint8Array;

/** Zstandard came to `node:zlib` with Node 22. */
const zstd: unknown = Reflect.get(zlib, "zstdDecompressSync");

/** The codec of a number in a file: null for none, undefined for one that this decoder does not have. */
export function codecOf(number: number): Codec | null | undefined {
  return CODECS[number];
}

/** A few bytes may stand for a whole window of equal ones; pages are rarely larger than that. */
const ENDLESS = { maxRatio: 1000, allowance: 16 << 20 } as const;

const CODECS: Readonly<Record<number, Codec | null>> = {
  0: null,
  1: { name: "snappy", decompress: named(decompressSnappy), maxRatio: 32, allowance: 64 },
  2: { name: "gzip", decompress: viaZlib("gzip", zlib.unzipSync as ZlibCall), maxRatio: 1032, allowance: 64 },
  4: { name: "brotli", decompress: viaZlib("brotli", zlib.brotliDecompressSync as ZlibCall), ...ENDLESS },
  7: { name: "lz4_raw", decompress: named(lz4), maxRatio: 256, allowance: 64 },
  ...(typeof zstd === "function"
    ? { 6: { name: "zstd", decompress: viaZlib("zstd", zstd as ZlibCall), ...ENDLESS } }
    : {}),
};

/** Damage of a block as a fault of the file. */
function named(decompress: Decompress): Decompress {
  return (source, start, end, target, at, size) => {
    try {
      decompress(source, start, end, target, at, size);
    } catch (cause) {
      if (cause instanceof CompressionError) throw new ParquetFault(cause.message);
      throw cause;
    }
  };
}

function lz4(
  source: Uint8Array,
  start: number,
  end: number,
  target: Uint8Array,
  at: number,
  size: number,
): void {
  const count = decompressLz4(source, start, end, target.subarray(0, at + size), at);
  if (count !== size) throw new ParquetFault("LZ4 data has another size than its page says");
}

function viaZlib(name: string, call: ZlibCall): Decompress {
  return (source, start, end, target, at, size) => {
    let bytes: Uint8Array;
    try {
      // a limit of 0 would be none
      bytes = call(source.subarray(start, end), { maxOutputLength: size + 1 });
    } catch (cause) {
      throw new ParquetFault(`${name} data is damaged: ${(cause as Error).message}`);
    }
    if (bytes.length !== size)
      throw new ParquetFault(`${name} data of ${bytes.length} bytes stands where ${size} are expected`);
    target.set(bytes, at);
  };
}
