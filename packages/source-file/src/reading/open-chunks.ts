import type { FileReader, FileSplit, FileSystem } from "@ss/core";
import { codecOfPath } from "@ss/files";
import { type ByteInput, DetectingInput, decompressed, RangeInput, transcoded } from "./byte-input.js";
import { type BufferPool, ChunkReader } from "./chunk-reader.js";
import { DETECTED_ENCODING, DETECTION_BYTES, detectEncoding, isUtf8 } from "./encoding.js";
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
    const [start, end] = await byteRange(reader, split, encoding, separator);
    const plain = new RangeInput(reader, start, end);
    const unpacked = codec === "none" ? plain : decompressed(plain, codec, split.path);
    return new ChunkReader(start === 0 ? asUtf8(unpacked, encoding) : unpacked, pool);
  } catch (error) {
    await reader.close();
    throw error;
  }
}

function asUtf8(input: ByteInput, encoding: string): ByteInput {
  if (encoding === DETECTED_ENCODING) return new DetectingInput(input);
  return isUtf8(encoding) ? input : transcoded(input, encoding);
}

/** Only lines in UTF-8 are read in parts. A file that turns out to be in another encoding is all in its first part. */
async function byteRange(
  reader: FileReader,
  split: FileSplit,
  encoding: string,
  separator: Uint8Array | undefined,
): Promise<readonly [start: number, end: number]> {
  if (split.start === 0 && split.end >= split.fileSize) return [0, reader.size];
  if (encoding === DETECTED_ENCODING) {
    const head = new Uint8Array(DETECTION_BYTES);
    const count = await reader.read(head, 0, DETECTION_BYTES, 0);
    if (!isUtf8(detectEncoding(head.subarray(0, count))))
      return split.start === 0 ? [0, reader.size] : [reader.size, reader.size];
  }
  return lineRange(reader, split, separator);
}
