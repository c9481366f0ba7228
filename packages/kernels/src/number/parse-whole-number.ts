/** With more than 19 digits behind the zeros at its front a number needs more than 64 bits. */
const WHOLE_NUMBER = /^([+-]?)0*(\d{1,19})$/;

/**
 * The number that digits and perhaps a sign write, with no blanks around them, if it fits into so many bits, 64 at most; undefined for a larger
 * one and for any other text. Unlike the parsers of casts it takes texts of any length: what cannot fit is not made a bigint, which costs time
 * with the square of its digits.
 */
export function parseWholeNumber(text: string, bits = 64): bigint | undefined {
  const match = WHOLE_NUMBER.exec(text);
  if (match === null) return undefined;
  const magnitude = BigInt(match[2]);
  const value = match[1] === "-" ? -magnitude : magnitude;
  return value === BigInt.asIntN(bits, value) ? value : undefined;
}
