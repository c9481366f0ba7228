/**
 * The binary form of a VARIANT, version 1: two byte strings.
 *
 * The metadata is a dictionary of the keys of all objects inside: a header byte (version in the low four bits, width of
 * offsets less one in the top two), the number of keys, one offset more than that, and the keys as UTF-8.
 *
 * The value begins with a header byte: the basic type in the low two bits, and what the basic type makes of the other
 * six. A primitive has its type there, a short string its length. An object has the widths of its offsets, of its
 * key ids and of its count; then come count, ids in the order of the keys they stand for, offsets (one more) and the
 * fields. An array is an object without ids. All numbers are little-endian.
 */

/** The basic types: the low two bits of a value's header; 0 is a primitive. */
export const BASIC_SHORT_STRING = 1;
export const BASIC_OBJECT = 2;
export const BASIC_ARRAY = 3;

/** The types of primitives: the other six bits. */
export const PRIMITIVE_NULL = 0;
export const PRIMITIVE_TRUE = 1;
export const PRIMITIVE_FALSE = 2;
export const PRIMITIVE_INT8 = 3;
export const PRIMITIVE_INT16 = 4;
export const PRIMITIVE_INT32 = 5;
export const PRIMITIVE_INT64 = 6;
export const PRIMITIVE_DOUBLE = 7;
export const PRIMITIVE_DECIMAL4 = 8;
export const PRIMITIVE_DECIMAL8 = 9;
export const PRIMITIVE_DECIMAL16 = 10;
export const PRIMITIVE_DATE = 11;
export const PRIMITIVE_TIMESTAMP = 12;
export const PRIMITIVE_TIMESTAMP_NTZ = 13;
export const PRIMITIVE_FLOAT = 14;
export const PRIMITIVE_BINARY = 15;
export const PRIMITIVE_STRING = 16;
export const PRIMITIVE_UUID = 20;

/** The only version there is. */
export const VARIANT_VERSION = 1;

/** The longest string whose length fits into the header. */
export const SHORT_STRING_BYTES_MAX = 63;

/** The most bytes of a metadata and of a value, 128 MiB. */
export const VARIANT_BYTES_MAX: number = 128 * 1024 * 1024;

/** The fewest bytes, 1 to 4, that hold a count or an offset. */
export function widthOf(value: number): number {
  if (value <= 0xff) return 1;
  if (value <= 0xffff) return 2;
  return value <= 0xffffff ? 3 : 4;
}

/** Writes an unsigned number of 1 to 4 bytes. */
export function writeUnsignedAt(bytes: Uint8Array, at: number, value: number, width: number): void {
  let rest = value;
  for (let i = 0; i < width; i++) {
    bytes[at + i] = rest;
    rest >>>= 8;
  }
}
