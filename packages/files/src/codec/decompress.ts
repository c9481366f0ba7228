import { Readable, type Transform } from "node:stream";
import * as zlib from "node:zlib";
import { codecNotAvailable, type PackedCodec } from "../compression.js";
import { lz4Block, snappyBlock } from "./block-codec.js";
import { ByteFeed } from "./byte-feed.js";
import { readBzip2 } from "./bzip2-reader.js";
import { readBlocks } from "./hadoop-blocks.js";
import { readMembers } from "./zlib-members.js";
import { readZstd } from "./zstd-frames.js";

/** With Z_FINISH a file that was cut off is an error. */
const WHOLE = { finishFlush: zlib.constants.Z_FINISH, chunkSize: 1 << 18 };

/** Zstandard came to `node:zlib` with Node 22.15. */
const zstdReader = Reflect.get(zlib, "createZstdDecompress") as
  | ((options: { readonly chunkSize: number }) => Transform)
  | undefined;

/**
 * The plain bytes of compressed ones, piece by piece: each is valid until the next one is asked for, and not much more than a piece is
 * in memory. Data that is damaged or ends early is an error.
 */
export function decompress(codec: PackedCodec, packed: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  switch (codec) {
    case "gzip":
      return readMembers(packed, () => zlib.createGunzip(WHOLE));
    case "deflate":
      return readMembers(packed, () => zlib.createInflate(WHOLE));
    case "zstd":
      if (zstdReader === undefined) throw codecNotAvailable("zstd", " before Node 22.15");
      return fed(packed, (feed) =>
        readZstd(feed, (frame) => throughZlib(zstdReader({ chunkSize: WHOLE.chunkSize }), frame)),
      );
    case "bzip2":
      return fed(packed, readBzip2);
    case "snappy":
      return fed(packed, (feed) => readBlocks(feed, snappyBlock));
    case "lz4":
      return fed(packed, (feed) => readBlocks(feed, lz4Block));
  }
}

function throughZlib(transform: Transform, packed: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const source = Readable.from(packed, { objectMode: false });
  source.on("error", (error) => transform.destroy(error));
  return source.pipe(transform) as AsyncIterable<Uint8Array>;
}

async function* fed(
  packed: AsyncIterable<Uint8Array>,
  read: (feed: ByteFeed) => AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const feed = new ByteFeed(packed);
  try {
    yield* read(feed);
  } finally {
    await feed.close();
  }
}
