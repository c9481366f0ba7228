/** Cuts a stream of bytes into lines that end in LF or CRLF. A line may come in many chunks. */
export class LineCutter {
  private pieces: Uint8Array[] = [];
  private pieceBytes = 0;

  /** Bytes of the line that has begun and not ended. */
  get pending(): number {
    return this.pieceBytes;
  }

  /** The lines that a chunk completes, without their ends; they may be views into it. */
  *cut(chunk: Uint8Array): Generator<Uint8Array> {
    let start = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      this.add(chunk.subarray(start, end));
      yield this.take();
      start = end + 1;
    }
    if (start < chunk.length) this.add(chunk.subarray(start));
  }

  /** What stands behind the last line end, or null if nothing does. */
  rest(): Uint8Array | null {
    return this.pieceBytes === 0 ? null : this.take();
  }

  private add(piece: Uint8Array): void {
    this.pieces.push(piece);
    this.pieceBytes += piece.length;
  }

  private take(): Uint8Array {
    const line = this.pieces.length === 1 ? this.pieces[0]! : Buffer.concat(this.pieces);
    this.pieces = [];
    this.pieceBytes = 0;
    return line.at(-1) === 13 ? line.subarray(0, -1) : line;
  }
}
