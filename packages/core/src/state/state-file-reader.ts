import { crc32 } from "node:zlib";
import { StreamError } from "../errors/stream-error.js";
import type { FileReader, FileSystem } from "../file-system/file-system.js";
import { corruptStateFile } from "./state-errors.js";
import { decodeHeader, FRAME_BYTES, MAGIC, type StateFile, type StateFileHeader } from "./state-file.js";
import type { StateVersion } from "./state-store.js";

/** So much of a file is read for its header; a smaller one stays in memory between its header and its blocks. */
const HEADER_BYTES = 1 << 18;
/** So much is read at once of the blocks of a larger one. */
const CHUNK_BYTES = 1 << 20;

/** Opens a state file by reading its header, which has to be that of a version; the rest is read by `blocks`. */
export async function openStateFile(
  fileSystem: FileSystem,
  path: string,
  kind: StateFileHeader["kind"],
  of: StateVersion,
): Promise<StateFile> {
  const file = await open(fileSystem, path);
  const blocks = new BlockReader(file, path, HEADER_BYTES);
  let header: StateFileHeader;
  try {
    header = await blocks.header();
  } finally {
    await file.close();
  }
  if (header.kind !== kind || header.version !== of.version || header.attempt !== of.attempt) {
    throw corruptStateFile(
      path,
      `it holds the ${header.kind} of version ${header.version}, attempt ${header.attempt}`,
    );
  }
  const whole = file.size <= HEADER_BYTES ? blocks : undefined;
  return {
    path,
    header,
    size: file.size,
    blocks: () =>
      whole === undefined ? readBlocks(fileSystem, path, header) : checked(whole.rest(), header, path),
  };
}

async function open(fileSystem: FileSystem, path: string): Promise<FileReader> {
  try {
    return await fileSystem.open(path);
  } catch (error) {
    if (!StreamError.is(error, "PATH_NOT_FOUND")) throw error;
    throw corruptStateFile(path, "it is missing");
  }
}

async function* readBlocks(
  fileSystem: FileSystem,
  path: string,
  header: StateFileHeader,
): AsyncGenerator<Uint8Array> {
  const file = await open(fileSystem, path);
  try {
    const blocks = new BlockReader(file, path, CHUNK_BYTES);
    await blocks.header();
    yield* checked(blocks.rest(), header, path);
  } finally {
    await file.close();
  }
}

/** Passes on the rows of a file, whose end is marked by an empty block or known by number. */
async function* checked(
  blocks: AsyncIterable<Uint8Array>,
  { blockCount }: StateFileHeader,
  path: string,
): AsyncGenerator<Uint8Array> {
  let count = 0;
  let ended = false;
  for await (const block of blocks) {
    if (ended) throw corruptStateFile(path, "it goes on after its end");
    ended = blockCount === null && block.length === 0;
    if (ended) continue;
    count++;
    yield block;
  }
  if (blockCount === null && !ended) throw corruptStateFile(path, "it is cut off");
  if (blockCount !== null && count !== blockCount) {
    throw corruptStateFile(path, `it has ${count} blocks of ${blockCount}`);
  }
}

/** Reads the blocks of a file one after the other and checks their sums. */
class BlockReader {
  private readonly file: FileReader;
  private readonly path: string;
  private readonly chunkBytes: number;
  private buffer: Buffer = Buffer.alloc(0);
  /** What of the buffer is to come, and where in the file the buffer ends. */
  private at = 0;
  private end = 0;
  private position = 0;
  private blockNumber = 0;

  constructor(file: FileReader, path: string, chunkBytes: number) {
    this.file = file;
    this.path = path;
    this.chunkBytes = chunkBytes;
  }

  async header(): Promise<StateFileHeader> {
    await this.fill(MAGIC.length);
    if (!this.buffer.subarray(this.at, Math.min(this.end, this.at + MAGIC.length)).equals(MAGIC)) {
      throw corruptStateFile(this.path, "it does not begin like a state file of this release");
    }
    this.at += MAGIC.length;
    const first = await this.next();
    if (first === null) throw corruptStateFile(this.path, "it is cut off");
    return decodeHeader(this.path, first);
  }

  /** The blocks to come. May be asked for again: it begins where it began. */
  async *rest(): AsyncGenerator<Uint8Array> {
    const { at, blockNumber } = this;
    try {
      for (let block = await this.next(); block !== null; block = await this.next()) yield block;
    } finally {
      this.at = at;
      this.blockNumber = blockNumber;
    }
  }

  /** The payload of the next block, in memory of its own; null at the end of the file. */
  private async next(): Promise<Uint8Array | null> {
    await this.fill(FRAME_BYTES);
    if (this.end === this.at) return null;
    if (this.end - this.at < FRAME_BYTES) throw corruptStateFile(this.path, "it is cut off");
    const length = this.buffer.readUInt32LE(this.at);
    const checksum = this.buffer.readUInt32LE(this.at + 4);
    if (length > this.file.size) throw corruptStateFile(this.path, "it is cut off");
    await this.fill(FRAME_BYTES + length);
    if (this.end - this.at < FRAME_BYTES + length) throw corruptStateFile(this.path, "it is cut off");
    // no Buffer, whose memory may be shared and whose slices are views: whoever takes the block may pass it to another thread
    const payload = new Uint8Array(length);
    payload.set(this.buffer.subarray(this.at + FRAME_BYTES, this.at + FRAME_BYTES + length));
    this.at += FRAME_BYTES + length;
    if (crc32(payload) !== checksum) {
      throw corruptStateFile(this.path, `block ${this.blockNumber} does not fit its checksum`);
    }
    this.blockNumber++;
    return payload;
  }

  /** Sees to it that so many bytes are in the buffer, or all that there are. */
  private async fill(wanted: number): Promise<void> {
    if (this.end - this.at >= wanted || this.position >= this.file.size) return;
    const left = this.end - this.at;
    const room = Math.max(wanted, Math.min(this.chunkBytes, left + this.file.size - this.position));
    const buffer = Buffer.allocUnsafe(room);
    this.buffer.copy(buffer, 0, this.at, this.end);
    this.buffer = buffer;
    this.at = 0;
    this.end = left;
    while (this.end < room) {
      const count = await this.file.read(buffer, this.end, room - this.end, this.position);
      if (count === 0) break;
      this.end += count;
      this.position += count;
    }
    if (this.end < room) this.position = this.file.size;
  }
}
