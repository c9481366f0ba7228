/** Compressed data that is not what its codec writes, or that ends in the middle. */
export class CompressionError extends Error {
  override readonly name = "CompressionError";
  /** The codec, in small letters. */
  readonly codec: string;

  /** The message is no sentence, so that it can stand within one: `snappy data ends too early`. */
  constructor(codec: string, fault: string) {
    super(`${codec} data ${fault}`);
    this.codec = codec;
  }
}

/** Compressed data that ends in the middle. */
export function truncated(codec: string): CompressionError {
  return new CompressionError(codec, "ends too early");
}
