import { Readable } from "node:stream";
import type { FileReader } from "@ss/core";
import { decompressor, type TextCodec } from "@ss/files";

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

/** The plain bytes of a compressed input. */
export function decompressed(input: ByteInput, codec: Exclude<TextCodec, "none">): ByteInput {
  const source = Readable.from(piecesOf(input), { objectMode: false });
  const transform = decompressor(codec);
  source.on("error", (error) => transform.destroy(error));
  return new PieceInput(source.pipe(transform) as AsyncIterable<Uint8Array>, input);
}

/** The UTF-8 bytes of an input in another encoding. */
export function transcoded(input: ByteInput, encoding: string): ByteInput {
  return new PieceInput(transcodedPieces(input, encoding), input);
}

async function* transcodedPieces(input: ByteInput, encoding: string): AsyncGenerator<Uint8Array> {
  const decode = textDecoding(encoding);
  const encoder = new TextEncoder();
  for await (const piece of piecesOf(input)) yield encoder.encode(decode(piece, true));
  const rest = decode(new Uint8Array(0), false);
  if (rest !== "") yield encoder.encode(rest);
}

function textDecoding(encoding: string): (piece: Uint8Array, more: boolean) => string {
  if (isLatin1(encoding))
    return (piece) => Buffer.from(piece.buffer, piece.byteOffset, piece.length).toString("latin1");
  const decoder = new TextDecoder(decoderLabel(encoding));
  return (piece, stream) => decoder.decode(piece, { stream });
}

// what the web calls iso-8859-1 is windows-1252, so that this one is decoded apart
function isLatin1(encoding: string): boolean {
  return /^(iso-?8859-?1|latin-?1)$/i.test(encoding);
}

/** The name under which TextDecoder knows a Java charset; without a byte order mark Java's UTF-16 is big-endian. */
function decoderLabel(encoding: string): string {
  return /^utf-?16$/i.test(encoding) ? "utf-16be" : encoding;
}

/** Whether an encoding is that of the kernels, which need no conversion then. */
export function isUtf8(encoding: string): boolean {
  return /^(utf-?8|us-ascii|ascii)$/i.test(encoding);
}

/** Whether this platform can read an encoding. */
export function isKnownEncoding(encoding: string): boolean {
  if (isUtf8(encoding) || isLatin1(encoding)) return true;
  try {
    new TextDecoder(decoderLabel(encoding));
    return true;
  } catch {
    return false;
  }
}
