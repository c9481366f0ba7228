/** Compressed data that is not what its codec writes. */
export function damagedData(codec: string, fault: string): Error {
  return new Error(`The ${codec} data is damaged: ${fault}.`);
}

/** Compressed data that ends in the middle. */
export function truncatedData(codec: string): Error {
  return new Error(`The ${codec} data ends too early.`);
}
