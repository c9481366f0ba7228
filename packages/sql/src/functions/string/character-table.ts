import type { TextArena } from "../emit/arena-text.js";

const encoder = new TextEncoder();
/** Stands in the table of ASCII for a character that does not become one byte. */
const OTHER = -1;

/** What each character of a text becomes: bytes, maybe none, or itself. */
export class CharacterTable {
  private readonly ascii = new Int16Array(128);
  private readonly others: Uint8Array[] = [];
  private readonly wide = new Map<number, Uint8Array | null>();
  private readonly change: (character: string) => string | undefined;
  /** The most bytes that one byte becomes. */
  private readonly growth: number;

  /** `change` gives what a character becomes, undefined for itself; `longest` is the most bytes that it gives. */
  constructor(change: (character: string) => string | undefined, longest: number) {
    this.change = change;
    this.growth = Math.max(longest, 1);
    for (let byte = 0; byte < 128; byte++) {
      const character = String.fromCharCode(byte);
      const bytes = encoder.encode(change(character) ?? character);
      this.others.push(bytes);
      this.ascii[byte] = bytes.length === 1 ? bytes[0]! : OTHER;
    }
  }

  /** Puts a text into the arena with its characters changed, between two signs if `around` is a byte. */
  put(arena: TextArena, data: Uint8Array, start: number, length: number, around = 0): void {
    const at = arena.reserve(length * this.growth + 2);
    const { bytes } = arena;
    const { ascii } = this;
    const end = start + length;
    let out = at;
    if (around !== 0) bytes[out++] = around;
    for (let k = start; k < end; k++) {
      const byte = data[k]!;
      if (byte < 128) {
        const by = ascii[byte]!;
        if (by !== OTHER) bytes[out++] = by;
        else out = copy(this.others[byte]!, bytes, out);
        continue;
      }
      let next = k + 1;
      while (next < end && (data[next]! & 0xc0) === 0x80) next++;
      const by = this.ofWide(data, k, next);
      if (by !== null) out = copy(by, bytes, out);
      else for (let from = k; from < next; from++) bytes[out++] = data[from]!;
      k = next - 1;
    }
    if (around !== 0) bytes[out++] = around;
    arena.close(out - at);
  }

  /** What a character of more than one byte becomes, null for itself. */
  private ofWide(data: Uint8Array, start: number, end: number): Uint8Array | null {
    let key = 0;
    for (let k = start; k < end; k++) key = key * 256 + data[k]!;
    const known = this.wide.get(key);
    if (known !== undefined) return known;
    const changed = this.change(
      new TextDecoder("utf-8", { ignoreBOM: true }).decode(data.subarray(start, end)),
    );
    const bytes = changed === undefined ? null : encoder.encode(changed);
    if (this.wide.size > 10_000) this.wide.clear();
    this.wide.set(key, bytes);
    return bytes;
  }
}

function copy(from: Uint8Array, to: Uint8Array, at: number): number {
  for (let k = 0; k < from.length; k++) to[at + k] = from[k]!;
  return at + from.length;
}
