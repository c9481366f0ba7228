/** A hash over values that follow one another: each method takes the state as its seed and leaves the hash there. */
export interface CellHasher {
  /** Starts anew. */
  begin(): void;
  /** A 32-bit integer, and every smaller one; booleans, dates. */
  int(value: number): void;
  /** A 64-bit integer by its halves. */
  long(high: number, low: number): void;
  /** Texts and binaries. */
  bytes(data: Uint8Array, start: number, length: number): void;
}

const double = new Float64Array(1);
const float = new Float32Array(1);
const doubleWords = new Int32Array(double.buffer);
const floatWord = new Int32Array(float.buffer);

/** Hashes a FLOAT by its bits; both zeros are one. */
export function hashFloat(hasher: CellHasher, value: number): void {
  float[0] = value === 0 ? 0 : value;
  hasher.int(floatWord[0]!);
}

/** Hashes a DOUBLE by its bits; both zeros are one. */
export function hashDouble(hasher: CellHasher, value: number): void {
  double[0] = value === 0 ? 0 : value;
  hasher.long(doubleWords[1]!, doubleWords[0]!);
}
