import type { ByteFeed } from "./byte-feed.js";
import { damagedData, truncatedData } from "./damaged-data.js";

const FRAME = 0xfd2fb528;
/** Sixteen numbers begin frames that readers pass over. */
const SKIPPED_FRAME = 0x184d2a50;
const CHECKSUM_FLAG = 4;
const CHECKSUM_BYTES = 4;
/** A block of one byte that repeats. */
const REPEATED = 1;
const PART_BYTES = 1 << 16;

/**
 * The plain bytes of a file of Zstandard frames, each of which `decode` turns into plain bytes. The frames are taken apart here, since
 * zlib takes a frame that is cut off for a whole one.
 */
export async function* readZstd(
  feed: ByteFeed,
  decode: (frame: AsyncIterable<Uint8Array>) => AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  while (await feed.ensure(1)) {
    await need(feed, 8);
    const magic = numberAt(feed, 0, 4);
    if (magic === FRAME) yield* decode(frameBytes(feed));
    else if (magic - (magic % 16) === SKIPPED_FRAME)
      for await (const _ of taken(feed, 8 + numberAt(feed, 4, 4)));
    else throw damagedData("zstd", "a frame does not begin with its number");
  }
}

/** The bytes of one frame: head, blocks up to the last one, and perhaps a checksum. */
async function* frameBytes(feed: ByteFeed): AsyncGenerator<Uint8Array> {
  const flags = feed.bytes[feed.start + 4]!;
  const isSingle = (flags & 32) !== 0;
  const lengthBytes = [isSingle ? 1 : 0, 2, 4, 8][flags >> 6]!;
  const dictionaryBytes = [0, 1, 2, 4][flags & 3]!;
  yield* taken(feed, 5 + (isSingle ? 0 : 1) + dictionaryBytes + lengthBytes);
  for (let isLast = false; !isLast; ) {
    await need(feed, 3);
    const head = numberAt(feed, 0, 3);
    isLast = (head & 1) === 1;
    yield* taken(feed, 3 + (((head >> 1) & 3) === REPEATED ? 1 : head >> 3));
  }
  if ((flags & CHECKSUM_FLAG) !== 0) yield* taken(feed, CHECKSUM_BYTES);
}

async function* taken(feed: ByteFeed, count: number): AsyncGenerator<Uint8Array> {
  for (let left = count; left > 0; ) {
    await need(feed, 1);
    const part = Math.min(left, feed.length, PART_BYTES);
    const bytes = feed.bytes.slice(feed.start, feed.start + part);
    feed.start += part;
    left -= part;
    yield bytes;
  }
}

async function need(feed: ByteFeed, count: number): Promise<void> {
  if (!(await feed.ensure(count))) throw truncatedData("zstd");
}

/** A number of up to 4 bytes, least significant first. */
function numberAt({ bytes, start }: ByteFeed, at: number, width: number): number {
  let number = 0;
  for (let k = width - 1; k >= 0; k--) number = number * 256 + bytes[start + at + k]!;
  return number;
}
