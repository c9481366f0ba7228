import type { FileSplit, FileSystem } from "@ss/core";
import { codecOfPath } from "@ss/files";
import { decompressed, isUtf8, RangeInput, transcoded } from "./byte-input.js";
import { type BufferPool, ChunkReader } from "./chunk-reader.js";
import { lineRange } from "./split-range.js";

/** Opens a split as plain UTF-8 bytes: the right lines, decompressed and transcoded. */
export async function openChunks(
  fileSystem: FileSystem,
  split: FileSplit,
  encoding: string,
  separator: Uint8Array | undefined,
  pool: BufferPool,
): Promise<ChunkReader> {
  const codec = codecOfPath(split.path);
  const reader = await fileSystem.open(split.path);
  try {
    const isWhole = split.start === 0 && split.end >= split.fileSize;
    const [start, end] = isWhole ? [0, reader.size] : await lineRange(reader, split, separator);
    const plain = new RangeInput(reader, start, end);
    const unpacked = codec === "none" ? plain : decompressed(plain, codec);
    return new ChunkReader(isUtf8(encoding) ? unpacked : transcoded(unpacked, encoding), pool);
  } catch (error) {
    await reader.close();
    throw error;
  }
}
