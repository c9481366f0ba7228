import { expect, it } from "vitest";
import {
  DECIMAL_INVALID,
  DECIMAL_OK,
  DECIMAL_OVERFLOW,
  DECIMAL_UNSUPPORTED,
  decimalSize,
  type ParsedDecimal,
  parseDecimalText,
  parseFloatText,
  parseScaledInteger,
} from "../../src/index.js";

/** The decimal of a text by arithmetic with all its digits. */
function exactly(text: string, precision: number, scale: number): ParsedDecimal {
  const number = parseScaledInteger(text);
  if (number === undefined) return { status: DECIMAL_INVALID, unscaled: 0n };
  const magnitude = number.unscaled < 0n ? -number.unscaled : number.unscaled;
  if (magnitude === 0n) return { status: DECIMAL_OK, unscaled: 0n };
  if (String(magnitude).length - number.scale > 38) return { status: DECIMAL_UNSUPPORTED, unscaled: 0n };
  const shift = scale - number.scale;
  const divisor = shift < 0 ? 10n ** BigInt(-shift) : 1n;
  const rounded = shift < 0 ? (2n * magnitude + divisor) / (2n * divisor) : magnitude * 10n ** BigInt(shift);
  const status = rounded < 10n ** BigInt(precision) ? DECIMAL_OK : DECIMAL_OVERFLOW;
  return { status, unscaled: number.unscaled < 0n ? -rounded : rounded };
}

it("reads numbers of up to 2000 digits as arithmetic with all of them does", () => {
  const seed = Math.floor(Math.random() * 2 ** 31);
  let state = seed;
  const random = (below: number): number => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return Math.floor((state / 0x80000000) * below);
  };
  const run = (): string =>
    ["0", "9", "5", "4", "1", String(random(1e9))][random(6)]!.repeat(1 + random(random(8) === 0 ? 400 : 30));
  for (let k = 0; k < 3000; k++) {
    const runs = Array.from({ length: 1 + random(5) }, run);
    const digits = runs.join("").slice(0, 2000);
    const point = random(3) === 0 ? random(digits.length) : Math.min(digits.length, random(45));
    const sign = ["", "-", "+"][random(3)]!;
    const exponent =
      random(3) === 0 ? `e${random(4000) - 2000}` : random(3) === 0 ? `E${random(80) - 40}` : "";
    const text = `${sign}${digits.slice(0, point)}.${digits.slice(point)}${exponent}`;
    const precision = 1 + random(38);
    const scale = random(precision + 1);
    const want = exactly(text, precision, scale);
    const got = parseDecimalText(text, precision, scale);
    expect(got.status, `seed ${seed}: ${text} as DECIMAL(${precision}, ${scale})`).toBe(want.status);
    if (want.status === DECIMAL_OK) expect(got.unscaled, `seed ${seed}: ${text}`).toBe(want.unscaled);
  }
});

it("counts the digits of numbers as those of a bigint are", () => {
  for (const text of [
    "0",
    "000",
    "-0.00",
    "007",
    "+12.50",
    ".5",
    "1e5",
    "-0.0012e-3",
    "9".repeat(50),
    " 12 ",
  ]) {
    const { unscaled, scale } = parseScaledInteger(text)!;
    expect(decimalSize(text), text).toEqual({ digits: String(unscaled).replace("-", "").length, scale });
  }
  for (const text of ["", "x", ".", "1e", "--1"]) expect(decimalSize(text), text).toBeUndefined();
  expect(decimalSize(`0.${"0".repeat(1_000_000)}${"7".repeat(1_000_000)}`)).toEqual({
    digits: 1_000_000,
    scale: 2_000_000,
  });
});

it("rounds a half by digits that stand far behind it", () => {
  expect(parseDecimalText(`0.4${"9".repeat(1_000_000)}`, 5, 0)).toEqual({ status: DECIMAL_OK, unscaled: 0n });
  expect(parseDecimalText(`0.5${"0".repeat(1_000_000)}`, 5, 0)).toEqual({ status: DECIMAL_OK, unscaled: 1n });
  expect(parseDecimalText(`${"0".repeat(1_000_000)}7`, 5, 0)).toEqual({ status: DECIMAL_OK, unscaled: 7n });
  expect(parseDecimalText("7".repeat(1_000_000), 38, 0).status).toBe(DECIMAL_UNSUPPORTED);
  expect(parseDecimalText(`${"7".repeat(1_000_000)}x`, 38, 0).status).toBe(DECIMAL_INVALID);
  const tiny = `${"7".repeat(1_000_000)}e-1000000`;
  expect(parseDecimalText(tiny, 3, 2)).toEqual({ status: DECIMAL_OK, unscaled: 78n });
});

it("rounds a FLOAT by digits that stand far behind the middle of two", () => {
  // 2^24 + 1 lies in the middle of two floats; the even one is below.
  const zeros = "0".repeat(200_000);
  expect(parseFloatText(`16777217.${zeros}`)).toBe(16_777_216);
  expect(parseFloatText(`16777217.${zeros}1`)).toBe(16_777_218);
});
