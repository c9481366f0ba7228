import { once } from "node:events";
import { Readable, type Transform } from "node:stream";

/** A decompressor of `node:zlib`, which counts the bytes that it has used. */
export type Inflater = Transform & { readonly bytesWritten: number };

/**
 * The plain bytes of compressed files that stand one behind the other, none for no bytes. `open` gives what reads one of them, and
 * leaves alone what follows: that begins the next one, or is an error.
 */
export async function* readMembers(
  packed: AsyncIterable<Uint8Array>,
  open: () => Inflater,
): AsyncGenerator<Uint8Array> {
  const input = new MemberInput(packed[Symbol.asyncIterator]());
  try {
    while (await input.hasMore()) yield* readMember(input, open());
  } finally {
    await input.close();
  }
}

async function* readMember(input: MemberInput, inflater: Inflater): AsyncGenerator<Uint8Array> {
  const source = Readable.from(input.given(inflater), { objectMode: false });
  source.on("error", (error) => inflater.destroy(error));
  try {
    yield* source.pipe(inflater) as AsyncIterable<Uint8Array>;
  } finally {
    // a piece that is on its way still counts as given
    if (!source.closed) {
      const closed = once(source, "close");
      source.destroy();
      await closed;
    }
  }
  input.takeBack(inflater.bytesWritten);
}

/** Pieces that are given to one reader after another: each begins where the one before it ended. */
class MemberInput {
  private readonly pieces: AsyncIterator<Uint8Array>;
  /** Pieces to be given before others. */
  private left: Uint8Array[] = [];
  /** Pieces given that the reader may not have used, and where the first of them begins. */
  private pending: Uint8Array[] = [];
  private pendingStart = 0;

  constructor(pieces: AsyncIterator<Uint8Array>) {
    this.pieces = pieces;
  }

  async hasMore(): Promise<boolean> {
    const piece = await this.next();
    if (piece !== null) this.left.unshift(piece);
    return piece !== null;
  }

  async *given(reader: Inflater): AsyncGenerator<Uint8Array> {
    for (let piece = await this.next(); piece !== null; piece = await this.next()) {
      this.forget(reader.bytesWritten);
      this.pending.push(piece);
      yield piece;
    }
  }

  /** A reader has ended after so many bytes of those that it was given. */
  takeBack(used: number): void {
    this.forget(used);
    const [first, ...others] = this.pending;
    this.pending = [];
    if (first !== undefined) this.left.unshift(first.subarray(used - this.pendingStart), ...others);
    this.pendingStart = 0;
  }

  async close(): Promise<void> {
    await this.pieces.return?.();
  }

  private forget(used: number): void {
    for (let first = this.pending[0]; first !== undefined; first = this.pending[0]) {
      if (this.pendingStart + first.length > used) return;
      this.pendingStart += first.length;
      this.pending.shift();
    }
  }

  /** The next piece that is not empty; null at the end. */
  private async next(): Promise<Uint8Array | null> {
    for (;;) {
      const piece = this.left.shift();
      if (piece !== undefined) {
        if (piece.length > 0) return piece;
        continue;
      }
      const next = await this.pieces.next();
      if (next.done) return null;
      this.left.push(next.value);
    }
  }
}
