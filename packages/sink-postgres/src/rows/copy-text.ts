import type { ByteArena } from "@ss/kernels";

const BACKSLASH = 92;
const LETTER_N = 110;

/** A text holds the character U+0000, which no text of PostgreSQL can. */
export class NulCharacter extends Error {}

/** What stands behind the backslash for the bytes that COPY would take for something else; 0 for all others. */
const escapes = new Uint8Array(256);
escapes[8] = 98;
escapes[9] = 116;
escapes[10] = LETTER_N;
escapes[11] = 118;
escapes[12] = 102;
escapes[13] = 114;
escapes[BACKSLASH] = BACKSLASH;

/** Appends bytes of UTF-8 as a value of COPY's text format. */
export function appendCopyText(source: Uint8Array, start: number, length: number, arena: ByteArena): void {
  const end = start + length;
  let from = start;
  for (let i = start; i < end; i++) {
    const byte = source[i]!;
    if (byte > 13 && byte !== BACKSLASH) continue;
    if (byte === 0) throw new NulCharacter();
    if (escapes[byte] === 0) continue;
    arena.appendBytes(source, from, i - from);
    arena.appendByte(BACKSLASH);
    arena.appendByte(escapes[byte]!);
    from = i + 1;
  }
  arena.appendBytes(source, from, end - from);
}

/** Appends what COPY takes for NULL. */
export function appendCopyNull(arena: ByteArena): void {
  arena.appendByte(BACKSLASH);
  arena.appendByte(78);
}
