import type { FileReader } from "@ss/core";
import { decompress, type PackedCodec } from "@ss/files";
import { failedReadFile } from "../errors.js";
import { DETECTION_BYTES, detectEncoding, isUtf8, transcoderOf } from "./encoding.js";

/** Bytes in order, from wherever they come. One call at a time. */
export interface ByteInput {
  /** Whether everything has been read; may become true only with a read of 0 bytes. */
  readonly ended: boolean;
  /** Reads up to `length` bytes into `target` at `at`; 0 at the end. */
  read(target: Uint8Array, at: number, length: number): Promise<number>;
  close(): Promise<void>;
}

/** The bytes of a file from `position` to `limit`. */
export class RangeInput implements ByteInput {
  private readonly reader: FileReader;
  private position: number;
  private readonly limit: number;

  constructor(reader: FileReader, position = 0, limit: number = reader.size) {
    this.reader = reader;
    this.position = position;
    this.limit = limit;
  }

  get ended(): boolean {
    return this.position >= this.limit;
  }

  async read(target: Uint8Array, at: number, length: number): Promise<number> {
    const wanted = Math.min(length, this.limit - this.position);
    if (wanted <= 0) return 0;
    const count = await this.reader.read(target, at, wanted, this.position);
    // a file that is shorter than its listing said ends here
    this.position = count === 0 ? this.limit : this.position + count;
    return count;
  }

  close(): Promise<void> {
    return this.reader.close();
  }
}

/** Takes pieces of any size and gives them out as asked. */
class PieceInput implements ByteInput {
  private readonly pieces: AsyncIterator<Uint8Array>;
  private readonly inner: ByteInput;
  private piece: Uint8Array = new Uint8Array(0);
  private used = 0;
  ended = false;

  constructor(pieces: AsyncIterable<Uint8Array>, inner: ByteInput) {
    this.pieces = pieces[Symbol.asyncIterator]();
    this.inner = inner;
  }

  async read(target: Uint8Array, at: number, length: number): Promise<number> {
    let count = 0;
    while (count < length) {
      if (this.used === this.piece.length) {
        const next = await this.pieces.next();
        if (next.done) {
          this.ended = true;
          break;
        }
        this.piece = next.value;
        this.used = 0;
      }
      const part = this.piece.subarray(this.used, this.used + length - count);
      target.set(part, at + count);
      this.used += part.length;
      count += part.length;
    }
    return count;
  }

  async close(): Promise<void> {
    try {
      await this.pieces.return?.();
    } finally {
      await this.inner.close();
    }
  }
}

const PIECE_BYTES = 1 << 18;

async function* piecesOf(input: ByteInput): AsyncGenerator<Uint8Array> {
  for (;;) {
    const piece = new Uint8Array(PIECE_BYTES);
    const count = await input.read(piece, 0, PIECE_BYTES);
    if (count === 0) return;
    yield piece.subarray(0, count);
  }
}

/** The plain bytes of a compressed input; `path` is named where it is damaged. */
export function decompressed(input: ByteInput, codec: PackedCodec, path: string): ByteInput {
  return new PieceInput(namingPath(decompress(codec, piecesOf(input)), path), input);
}

async function* namingPath(pieces: AsyncIterable<Uint8Array>, path: string): AsyncGenerator<Uint8Array> {
  try {
    yield* pieces;
  } catch (error) {
    throw failedReadFile(path, error);
  }
}

/** The UTF-8 bytes of an input in another encoding. */
export function transcoded(input: ByteInput, encoding: string): ByteInput {
  return new PieceInput(transcodedPieces(input, encoding), input);
}

async function* transcodedPieces(input: ByteInput, encoding: string): AsyncGenerator<Uint8Array> {
  const transcoder = transcoderOf(encoding);
  for await (const piece of piecesOf(input)) yield transcoder.convert(piece, true);
  yield transcoder.convert(new Uint8Array(0), false);
}

/** The UTF-8 bytes of an input whose first bytes tell its encoding. */
export class DetectingInput implements ByteInput {
  private readonly input: ByteInput;
  /** Where bytes come from once the encoding is known. */
  private source: ByteInput | undefined;

  constructor(input: ByteInput) {
    this.input = input;
  }

  get ended(): boolean {
    return this.source?.ended ?? this.input.ended;
  }

  async read(target: Uint8Array, at: number, length: number): Promise<number> {
    if (this.source !== undefined) return this.source.read(target, at, length);
    let count = 0;
    while (count < Math.min(length, DETECTION_BYTES)) {
      const more = await this.input.read(target, at + count, length - count);
      if (more === 0) break;
      count += more;
    }
    const encoding = detectEncoding(target.subarray(at, at + count));
    if (isUtf8(encoding)) {
      this.source = this.input;
      return count;
    }
    this.source = transcoded(new HeadedInput(target.slice(at, at + count), this.input), encoding);
    return this.source.read(target, at, length);
  }

  close(): Promise<void> {
    return (this.source ?? this.input).close();
  }
}

/** An input of which the beginning has been read already. */
class HeadedInput implements ByteInput {
  private head: Uint8Array;
  private readonly rest: ByteInput;

  constructor(head: Uint8Array, rest: ByteInput) {
    this.head = head;
    this.rest = rest;
  }

  get ended(): boolean {
    return this.head.length === 0 && this.rest.ended;
  }

  async read(target: Uint8Array, at: number, length: number): Promise<number> {
    if (this.head.length === 0) return this.rest.read(target, at, length);
    const part = this.head.subarray(0, length);
    target.set(part, at);
    this.head = this.head.subarray(part.length);
    return part.length;
  }

  close(): Promise<void> {
    return this.rest.close();
  }
}
