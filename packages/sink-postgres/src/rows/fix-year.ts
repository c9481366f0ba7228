import type { ByteArena } from "@ss/kernels";

const PLUS = 43;
const MINUS = 45;
const ZERO = 48;

/**
 * Turns the date that begins at `start` and ends the arena into PostgreSQL's form where its year is not one of 1 to 9999:
 * without a plus sign, and counted backwards with BC, for which there is no year 0. What belongs behind the date and before
 * BC, such as an offset, is `behind`.
 */
export function fixYear(arena: ByteArena, start: number, behind = ""): void {
  const { bytes } = arena;
  const first = bytes[start]!;
  const isYearZero =
    first === ZERO && bytes[start + 1] === ZERO && bytes[start + 2] === ZERO && bytes[start + 3] === ZERO;
  if (first !== PLUS && first !== MINUS && !isYearZero) {
    arena.appendString(behind);
    return;
  }
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, arena.length - start).toString("latin1");
  arena.length = start;
  const [, sign, year, rest] = /^([+-]?)(\d+)(.*)$/.exec(text)!;
  if (sign === "+") arena.appendString(`${year}${rest}${behind}`);
  else arena.appendString(`${String(Number(year) + 1).padStart(4, "0")}${rest}${behind} BC`);
}
