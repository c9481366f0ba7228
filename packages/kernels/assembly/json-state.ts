// What the records kernel keeps between calls, in a block that src/json/json-kernel.ts lays out and fills at first: a header, a
// table of keys, entries, and the bytes of keys.

/** Fields of the header, as offsets in bytes. */
export const ENTRIES: usize = 0;
export const ENTRY_COUNT: usize = 4;
export const ENTRY_MAX: usize = 8;
export const WANTED_COUNT: usize = 12;
export const KEY_TABLE: usize = 16;
export const KEY_TABLE_MASK: usize = 20;
export const KEY_BYTES: usize = 24;
export const KEY_BYTES_END: usize = 28;
export const DEPTH_MAX: usize = 32;
export const RECORD_STARTS: usize = 36;
export const RECORD_ENDS: usize = 40;
export const STATUSES: usize = 44;
export const ERROR_OFFSETS: usize = 48;
export const TOKEN_COUNTS: usize = 52;
export const LINE_OFFSETS: usize = 56;
export const CAPACITY: usize = 60;
export const POSITION: usize = 64;
export const LINE: usize = 68;

/**
 * An entry is what is known of a key: how the text from behind the value before it (or from the opening brace) to its own value
 * looked, which entry came next, and where its fields go. The first three stand for the start of an object, for keys that have
 * no entry of their own, and for no key at all; those of the wanted keys follow in the order of the columns.
 */
export const ENTRY_BYTES: usize = 128;
/** Length of the piece of text; 0xffffffff when none is known. */
export const PIECE_LENGTH: usize = 0;
/** The bits of the piece's last 16 bytes that do not belong to it. */
export const PIECE_REST: usize = 4;
export const NEXT: usize = 8;
export const STARTS: usize = 12;
export const LENGTHS: usize = 16;
export const KINDS: usize = 20;
export const KEY: usize = 24;
export const KEY_LENGTH: usize = 28;
export const PIECE: usize = 32;
export const PIECE_MAX: usize = 96;

export const ROOT: usize = 0;
export const UNKNOWN: usize = 128;
export const NOWHERE: usize = 256;
export const WANTED: usize = 384;

/** Keys that are longer have no entry, unless they are wanted. */
export const KEY_LENGTH_MAX: usize = 64;

export const NESTING_MAX: i32 = 1024;
/** The opening marks of the objects and arrays around the value that is read. */
export const nesting: usize = memory.data(1024);
