import { Transform, type TransformCallback } from "node:stream";
import type { BlockCodec } from "./block-codec.js";
import type { ByteFeed } from "./byte-feed.js";
import { damagedData, truncatedData } from "./damaged-data.js";

/*
 * Hadoop's frame around block codecs, all numbers being four bytes, most significant first:
 *
 *   file  = block*
 *   block = plain length, chunk* until that many plain bytes are there
 *   chunk = packed length, packed bytes
 *
 * A file of no bytes is one block of length 0.
 */

const LENGTH_BYTES = 4;
/** Chunks are as large as the buffer of their writer, 256 KB by default. Larger ones than this are damage. */
const CHUNK_BYTES_MAX = 1 << 26;
const FIRST_TARGET_BYTES = 1 << 18;

/** The plain bytes of a file, chunk by chunk; each is valid until the next one. */
export async function* readBlocks(feed: ByteFeed, codec: BlockCodec): AsyncGenerator<Uint8Array> {
  let target = new Uint8Array(FIRST_TARGET_BYTES);
  while (await feed.ensure(1)) {
    let left = await readLength(feed, codec);
    while (left > 0) {
      const packed = await readLength(feed, codec);
      if (packed > CHUNK_BYTES_MAX) throw damagedData(codec.name, `a chunk has ${packed} bytes`);
      if (!(await feed.ensure(packed))) throw truncatedData(codec.name);
      const { bytes, start } = feed;
      const limit = Math.min(left, packed * codec.ratioMax, CHUNK_BYTES_MAX);
      let count = codec.decompress(bytes, start, start + packed, target);
      while (count < 0 && target.length < limit) {
        target = new Uint8Array(Math.min(target.length * 4, CHUNK_BYTES_MAX));
        count = codec.decompress(bytes, start, start + packed, target);
      }
      if (count < 0 || count > left) throw damagedData(codec.name, "a chunk is longer than its block");
      feed.start += packed;
      left -= count;
      if (count > 0) yield target.subarray(0, count);
    }
  }
}

async function readLength(feed: ByteFeed, { name }: BlockCodec): Promise<number> {
  if (!(await feed.ensure(LENGTH_BYTES))) throw truncatedData(name);
  const { bytes, start } = feed;
  feed.start += LENGTH_BYTES;
  const length =
    (bytes[start]! << 24) | (bytes[start + 1]! << 16) | (bytes[start + 2]! << 8) | bytes[start + 3]!;
  if (length < 0) throw damagedData(name, "a length is negative");
  return length;
}

/** Compresses to blocks of one chunk, as large as Hadoop's readers take them. */
export class BlockCompressor extends Transform {
  private readonly codec: BlockCodec;
  private readonly block: Uint8Array;
  private filled = 0;
  private isEmpty = true;

  constructor(codec: BlockCodec) {
    super();
    this.codec = codec;
    this.block = new Uint8Array(codec.plainBytesMax);
  }

  override _transform(bytes: Uint8Array, _encoding: string, done: TransformCallback): void {
    for (let from = 0; from < bytes.length; ) {
      const part = bytes.subarray(from, from + this.block.length - this.filled);
      this.block.set(part, this.filled);
      this.filled += part.length;
      from += part.length;
      if (this.filled === this.block.length) this.writeBlock();
    }
    done();
  }

  override _flush(done: TransformCallback): void {
    if (this.filled > 0) this.writeBlock();
    else if (this.isEmpty) this.push(Buffer.alloc(LENGTH_BYTES));
    done();
  }

  private writeBlock(): void {
    const { codec, block, filled } = this;
    const packed = Buffer.allocUnsafe(2 * LENGTH_BYTES + codec.packedBytesMax(filled));
    const length = codec.compress(block, filled, packed.subarray(2 * LENGTH_BYTES));
    packed.writeUInt32BE(filled, 0);
    packed.writeUInt32BE(length, LENGTH_BYTES);
    this.push(packed.subarray(0, 2 * LENGTH_BYTES + length));
    this.filled = 0;
    this.isEmpty = false;
  }
}
