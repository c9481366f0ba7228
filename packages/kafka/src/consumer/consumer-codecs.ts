import kafkajs from "kafkajs";
import { CODECS, compressRecords, decompressRecords } from "../records/record-codec.js";
import { isZstdLoaded, loadZstd } from "../records/zstd.js";

// Node does not see this one by its name
const { CompressionCodecs } = kafkajs;

/** A codec as kafkajs takes it. */
interface Codec {
  compress(encoder: { readonly buffer: Uint8Array }): Promise<Uint8Array>;
  decompress(packed: Uint8Array): Promise<Uint8Array>;
}

/** Lets the consumers of kafkajs read what is compressed by Snappy, LZ4 and Zstandard, which it leaves to programs; one that a program gave stays. */
export function giveCodecs(): void {
  for (const codec of [CODECS.snappy, CODECS.lz4, CODECS.zstd])
    if (!isThere(codec)) CompressionCodecs[codec] = () => codecOf(codec);
}

function isThere(codec: 2 | 3 | 4): boolean {
  try {
    CompressionCodecs[codec]();
    return true;
  } catch {
    return false;
  }
}

function codecOf(codec: number): Codec {
  return {
    compress: async ({ buffer }) => {
      await prepare(codec);
      return Buffer.from(compressRecords(codec, buffer));
    },
    // kafkajs says nothing of the format that the records have; what old ones need does no harm to others
    decompress: async (packed) => {
      await prepare(codec);
      return Buffer.from(decompressRecords(codec, packed, 0, packed.length, true));
    },
  };
}

async function prepare(codec: number): Promise<void> {
  if (codec === CODECS.zstd && !isZstdLoaded()) await loadZstd();
}
