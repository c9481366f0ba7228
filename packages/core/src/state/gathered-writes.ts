import { ByteWriter } from "./byte-buffer.js";

/** So many bytes of small pieces are gathered before they are written. */
const WRITE_BYTES = 1 << 16;

/** Writes pieces of any size, small ones together. A piece may be overwritten when `add` has resolved. */
export class GatheredWrites {
  private readonly write: (bytes: Uint8Array) => Promise<void>;
  private readonly gathered: ByteWriter = new ByteWriter();
  private total = 0;

  /** `write` takes a copy, or has written when it resolves. */
  constructor(write: (bytes: Uint8Array) => Promise<void>) {
    this.write = write;
  }

  /** Bytes written so far. */
  get written(): number {
    return this.total;
  }

  /** Takes a piece; tells whether anything was written. */
  async add(piece: Uint8Array): Promise<boolean> {
    const fits = this.gathered.size + piece.length <= WRITE_BYTES;
    if (!fits) await this.flush();
    if (piece.length < WRITE_BYTES) this.gathered.raw(piece);
    else {
      await this.write(piece);
      this.total += piece.length;
    }
    return !fits;
  }

  /** Writes what was gathered. */
  async flush(): Promise<void> {
    const { size } = this.gathered;
    if (size === 0) return;
    await this.write(this.gathered.written());
    this.total += size;
    this.gathered.clear(WRITE_BYTES);
  }
}
