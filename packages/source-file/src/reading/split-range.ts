import type { FileReader, FileSplit } from "@ss/core";
import { LineEnds } from "@ss/kernels";

const PIECE_BYTES = 1 << 14;

/**
 * The bytes of the lines that belong to a split, which may begin and end inside lines: each end moves behind the first line
 * end at or after it. Neighbours move their common end by the same rule, so that each line is read once.
 */
export async function lineRange(
  reader: FileReader,
  split: FileSplit,
  separator: Uint8Array | undefined,
): Promise<readonly [start: number, end: number]> {
  const lineEnds = new LineEnds(separator);
  const start = split.start === 0 ? 0 : await behindLineEnd(reader, split.start, lineEnds);
  if (split.end >= split.fileSize) return [start, reader.size];
  // a line that reaches over the whole split belongs to the one in which it begins
  if (start > split.end) return [start, start];
  return [start, await behindLineEnd(reader, split.end, lineEnds)];
}

async function behindLineEnd(reader: FileReader, position: number, lineEnds: LineEnds): Promise<number> {
  let bytes = new Uint8Array(PIECE_BYTES);
  let filled = 0;
  for (;;) {
    const count = await reader.read(bytes, filled, bytes.length - filled, position + filled);
    filled += count;
    const at = lineEnds.find(bytes, 0, filled);
    const width = lineEnds.width(bytes, at, filled);
    if (count === 0) return position + at + width;
    // at the very end of what was read a `\r` may be half of a line end
    if (width > 0 && at + width < filled) return position + at + width;
    if (filled === bytes.length) {
      const larger = new Uint8Array(bytes.length * 4);
      larger.set(bytes);
      bytes = larger;
    }
  }
}
