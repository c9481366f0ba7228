// What a decompressor answers in place of a length; the host has the texts (src/compression/decompress-block.ts).

/** The data end in the middle of an element. */
export const TRUNCATED: i32 = -1;
/** The data are longer than the room for them. */
export const TOO_LONG: i32 = -2;
/** A copy refers to bytes before the first one. */
export const BEFORE_START: i32 = -3;
