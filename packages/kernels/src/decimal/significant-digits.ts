/** The digits of a decimal number from its first that is not zero, of which the last stands for `10^-scale`. */
export interface SignificantDigits {
  /** Empty for zero. */
  readonly digits: string;
  readonly scale: number;
}

/**
 * The digits of a number with `scale` of them behind the point, without zeros at the front, and cut to `count` and one
 * more, which is 0 when all that were cut are and 1 otherwise. The cut number rounds, compares with numbers of at most
 * `count` digits, and counts its digits before the point, like the whole one; as a bigint a number of any length costs
 * time with the square of it.
 */
export function significantDigits(digits: string, scale: number, count: number): SignificantDigits {
  let first = 0;
  while (first < digits.length && digits.charCodeAt(first) === 48) first++;
  const end = first + count;
  if (digits.length <= end + 1) return { digits: digits.slice(first), scale };
  let at = end;
  while (at < digits.length && digits.charCodeAt(at) === 48) at++;
  return {
    digits: digits.slice(first, end) + (at === digits.length ? "0" : "1"),
    scale: scale - (digits.length - end - 1),
  };
}
