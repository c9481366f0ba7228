import type { FileReader, FileSplit } from "@ss/core";
import { LineEnds } from "@ss/kernels";

const PIECE_BYTES = 1 << 16;

/**
 * The bytes of the lines that belong to a split, which may begin and end inside lines: each end moves behind the first line
 * end at or after it. Neighbours move their common end by the same rule, so that each line is read once. Of a line that reaches over many
 * splits each looks at its own bytes; only the one in which it begins looks for its end.
 */
export async function lineRange(
  reader: FileReader,
  split: FileSplit,
  separator: Uint8Array | undefined,
): Promise<readonly [start: number, end: number]> {
  const { fileSize } = split;
  const lineEnds = new LineEnds(separator);
  const within = split.end < fileSize ? split.end : Number.POSITIVE_INFINITY;
  const start = split.start === 0 ? 0 : await behindLineEnd(reader, split.start, lineEnds, within);
  if (split.end >= fileSize) return [start, reader.size];
  // a line that reaches over the whole split belongs to the one in which it begins
  if (start > split.end) return [start, start];
  return [start, await behindLineEnd(reader, split.end, lineEnds, Number.POSITIVE_INFINITY)];
}

/** The offset behind the first line end at or after a position, or behind the file; one above `within` where no line ends before that. */
async function behindLineEnd(
  reader: FileReader,
  position: number,
  lineEnds: LineEnds,
  within: number,
): Promise<number> {
  const { separator } = lineEnds;
  // as many bytes may be the first of a line end that goes on in the next piece
  const overlap = separator === undefined ? 1 : separator.length - 1;
  const bytes = new Uint8Array(PIECE_BYTES + overlap);
  let filled = 0;
  for (let from = position; ; ) {
    const count = await reader.read(bytes, filled, bytes.length - filled, from + filled);
    filled += count;
    const at = lineEnds.find(bytes, 0, filled);
    const width = lineEnds.width(bytes, at, filled);
    if (count === 0) return from + at + width;
    // at the very end of what was read a `\r` may be half of a line end
    if (width > 0 && at + width < filled) return from + at + width;
    const rest = width > 0 ? at : Math.max(0, filled - overlap);
    bytes.copyWithin(0, rest, filled);
    from += rest;
    filled -= rest;
    if (from > within) return within + 1;
  }
}
