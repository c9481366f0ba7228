/**
 * A reusable buffer for short texts, so that string versions of parsers share the byte versions' code.
 *
 * Characters beyond ASCII become 255, which no date-time or number form accepts; texts longer than the buffer
 * are refused, as no accepted form but a fraction of seconds is that long.
 */
class TextBytes {
  readonly bytes: Uint8Array = new Uint8Array(1024);

  /** Writes the text and returns its length, or -1 when it does not fit. */
  write(text: string): number {
    const length = text.length;
    if (length > this.bytes.length) return -1;
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i);
      this.bytes[i] = code < 128 ? code : 255;
    }
    return length;
  }

  /** Reads a range of ASCII bytes back as a string. */
  read(bytes: Uint8Array, start: number, end: number): string {
    let text = "";
    for (let i = start; i < end; i++) text += String.fromCharCode(bytes[i] as number);
    return text;
  }
}

/** The one instance; what is written holds until the next write. */
export const textBytes: TextBytes = new TextBytes();
