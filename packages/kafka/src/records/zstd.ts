import * as zlib from "node:zlib";

/** A frame begins with these four bytes, least significant first; sixteen other numbers begin frames that readers pass over. */
const FRAME = 0xfd2fb528;
const SKIPPED_FRAME = 0x184d2a50;
const BLOCK_BYTES_MAX = 1 << 17;
const REPEATED_BLOCK = 1;

type Decompress = (frames: Uint8Array, plainBytesMax: number) => Uint8Array;
type Compress = (plain: Uint8Array) => Uint8Array;

/** Zstandard came to `node:zlib` with Node 22.15. */
const native = zlib as unknown as {
  readonly zstdDecompressSync?: (
    bytes: Uint8Array,
    options: { readonly maxOutputLength: number },
  ) => Uint8Array;
  readonly zstdCompressSync?: (bytes: Uint8Array) => Uint8Array;
};

let decompress: Decompress | undefined =
  native.zstdDecompressSync &&
  ((frames, plainBytesMax) => native.zstdDecompressSync!(frames, { maxOutputLength: plainBytesMax }));
let compress: Compress | undefined = native.zstdCompressSync;
let loading: Promise<void> | undefined;

/** Whether {@link decompressZstd} and {@link compressZstd} can be called; before that {@link loadZstd} has to be awaited once. */
export function isZstdLoaded(): boolean {
  return decompress !== undefined && compress !== undefined;
}

/** Loads the WebAssembly module that older releases of Node need. */
export function loadZstd(): Promise<void> {
  loading ??= load();
  return loading;
}

async function load(): Promise<void> {
  if (isZstdLoaded()) return;
  const wasm = await import("@bokuweb/zstd-wasm");
  await wasm.init();
  compress = (plain) => wasm.compress(plain);
  decompress = (frames, plainBytesMax) => {
    const bound = plainBytesBound(frames);
    if (bound > plainBytesMax) throw new Error(`zstd frames may hold more than ${plainBytesMax} bytes`);
    // the module reserves what a frame's head says, or what it is told where the head says nothing
    return wasm.decompress(frames, { defaultHeapSize: bound });
  };
}

/** The plain bytes of frames. Throws an Error for damaged ones. */
export const decompressZstd: Decompress = (frames, plainBytesMax) => {
  try {
    return decompress!(frames, plainBytesMax);
  } catch (cause) {
    throw new Error(`zstd data is damaged: ${(cause as Error).message}`);
  }
};

/** One frame. */
export const compressZstd: Compress = (plain) => compress!(plain);

/** How many plain bytes frames can hold at most, by the sizes that their heads and blocks tell. */
export function plainBytesBound(frames: Uint8Array): number {
  const view = new DataView(frames.buffer, frames.byteOffset, frames.length);
  let bound = 0;
  let at = 0;
  while (at + 8 <= frames.length) {
    const magic = view.getUint32(at, true);
    if (magic !== FRAME) {
      if (magic - (magic % 16) !== SKIPPED_FRAME) break;
      at += 8 + view.getUint32(at + 4, true);
      continue;
    }
    const frame = frameBound(view, at);
    bound += frame.plainBytes;
    at = frame.end;
  }
  if (at !== frames.length) throw new Error("a frame is cut off or does not begin with its number");
  return bound;
}

function frameBound(view: DataView, start: number): { plainBytes: number; end: number } {
  const flags = view.getUint8(start + 4);
  const isSingle = (flags & 32) !== 0;
  const sizeBytes = [isSingle ? 1 : 0, 2, 4, 8][flags >> 6]!;
  const sizeAt = start + 5 + (isSingle ? 0 : 1) + [0, 1, 2, 4][flags & 3]!;
  let at = sizeAt + sizeBytes;
  let blocks = 0;
  for (let isLast = false; !isLast; blocks++) {
    const head = view.getUint16(at, true) | (view.getUint8(at + 2) << 16);
    isLast = (head & 1) === 1;
    at += 3 + (((head >> 1) & 3) === REPEATED_BLOCK ? 1 : head >> 3);
  }
  if ((flags & 4) !== 0) at += 4;
  return { plainBytes: Math.max(contentSize(view, sizeAt, sizeBytes), blocks * BLOCK_BYTES_MAX), end: at };
}

function contentSize(view: DataView, at: number, bytes: number): number {
  if (bytes === 1) return view.getUint8(at);
  if (bytes === 2) return view.getUint16(at, true) + 256;
  if (bytes === 4) return view.getUint32(at, true);
  return bytes === 8 ? Number(view.getBigUint64(at, true)) : 0;
}
