import { describe, expect, it } from "vitest";
import { DatetimeFieldError, DatetimeFormatter, DatetimeParser, timeZone, UTC } from "../../src/index.js";

const SEED = Number(process.env["SS_TEST_SEED"] ?? 20_261);

/** Numbers below `n`, the same ones for the same seed. */
function numbers(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 4294967296) * n);
  };
}

const encoder = new TextEncoder();
const LETTERS = [
  "y",
  "yy",
  "yyy",
  "yyyy",
  "yyyyyy",
  "M",
  "MM",
  "MMM",
  "MMMM",
  "d",
  "dd",
  "H",
  "HH",
  "h",
  "hh",
  "k",
  "K",
];
const MORE = [
  "a",
  "m",
  "mm",
  "s",
  "ss",
  "S",
  "SSS",
  "SSSSSS",
  "SSSSSSSSS",
  "D",
  "DDD",
  "G",
  "Z",
  "XXX",
  "X",
  "O",
];
const FORMAT_ONLY = ["VV", "E", "EEEE", "Q", "QQQ", "F", "xxx", "ZZZZ", "ZZZZZ"];
const USUAL = [
  "yyyy-MM-dd HH:mm:ss",
  "yyyyMMdd",
  "dd/MMM/yyyy:HH:mm:ss Z",
  "yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
  "d.M.yyyy H:m",
  "yyyyd",
];
const BETWEEN = ["", "", "-", "/", ":", " ", "'T'", "'5'", ".", "'é'", "[", "]"];

function pattern(next: (n: number) => number, letters: readonly string[]): string {
  if (next(4) === 0) return USUAL[next(USUAL.length)]!;
  let text = "";
  let open = 0;
  for (let k = next(6) + 1; k > 0; k--) {
    text += letters[next(letters.length)]!;
    const between = BETWEEN[next(BETWEEN.length)]!;
    if (between === "[") open++;
    if (between === "]" && open-- <= 0) open = 0;
    else text += between;
  }
  return text;
}

describe(`patterns on bytes, seed ${SEED}`, () => {
  it("writes what formatting gives, for any pattern that bytes are written for", () => {
    const next = numbers(SEED);
    const zones = [UTC, timeZone("America/New_York")!, timeZone("+05:30")!, timeZone("Asia/Kolkata")!];
    let written = 0;
    for (let round = 0; round < 1000; round++) {
      const text = pattern(next, [...LETTERS, ...MORE, ...FORMAT_ONLY]);
      let formatter: DatetimeFormatter;
      try {
        formatter = new DatetimeFormatter(text);
      } catch {
        continue;
      }
      const zone = zones[next(zones.length)]!;
      const writer = formatter.writer({ date: true, time: true, zone: true });
      if (!writer) continue;
      for (let k = 0; k < 4; k++) {
        const second = k === 0 ? next(20_000) * 86400 : Math.floor((next(1e9) / 1e9 - 0.3) * 4e9);
        const micro = next(3) === 0 ? 0 : next(1_000_000);
        const offset = zone.offsetAt(second);
        const days = Math.floor((second + offset) / 86400);
        const bytes = new Uint8Array(writer.bytesMax + 3);
        const end = writer.write(bytes, 3, days, second + offset - days * 86400, micro, offset);
        if (end < 0) continue;
        written++;
        expect(new TextDecoder().decode(bytes.subarray(3, end)), text).toBe(
          formatter.formatTimestampParts(second, micro, zone),
        );
      }
    }
    expect(written).toBeGreaterThan(400);
  });

  it("gives no writer for what a value lacks, where formatting refuses", () => {
    const formatter = new DatetimeFormatter("HH:mm XXX");
    expect(formatter.writer({ date: true, time: true, zone: false })).toBeUndefined();
    expect(() => formatter.formatTimestampNtz(0n)).toThrow(DatetimeFieldError);
    const section = new DatetimeFormatter("HH:mm[ XXX]").writer({ date: true, time: true, zone: false })!;
    const bytes = new Uint8Array(section.bytesMax);
    const end = section.write(bytes, 0, 0, 3660, 0, 0);
    expect(new TextDecoder().decode(bytes.subarray(0, end))).toBe("01:01");
  });

  it("leaves years that have a sign to formatting", () => {
    const writer = new DatetimeFormatter("yyyy").writer({ date: true, time: true, zone: true })!;
    const bytes = new Uint8Array(writer.bytesMax);
    expect(writer.write(bytes, 0, 2_932_896, 0, 0, 0)).toBe(4);
    expect(writer.write(bytes, 0, 2_932_897, 0, 0, 0)).toBe(-1);
    expect(writer.write(bytes, 0, -719_529, 0, 0, 0)).toBe(-1);
  });

  it("parses bytes as it parses text, right or wrong, with the same words for what is wrong", () => {
    const next = numbers(SEED + 1);
    const zone = timeZone("America/New_York")!;
    const out = new BigInt64Array(1);
    const words = new Int32Array(out.buffer);
    let right = 0;
    for (let round = 0; round < 1500; round++) {
      const text = pattern(next, [...LETTERS, ...LETTERS, ...MORE]);
      let parser: DatetimeParser;
      let formatter: DatetimeFormatter;
      try {
        parser = new DatetimeParser(text);
        formatter = new DatetimeFormatter(text);
      } catch {
        continue;
      }
      for (let k = 0; k < 4; k++) {
        let value: string;
        try {
          value = formatter.formatTimestampParts(Math.floor((next(1e9) / 1e9) * 4e9), next(1_000_000), zone);
        } catch {
          continue;
        }
        if (k > 1 && value.length > 0) {
          const at = next(value.length);
          const by = ["", "0", "9", "x", "-", "+", "12"][next(7)]!;
          value = value.slice(0, at) + by + value.slice(at + next(2));
        }
        const bytes = encoder.encode(`<${value}>`);
        const expected = parser.parseTimestamp(value, zone);
        const failure = parser.failure;
        const found = parser.parseTimestampInto(bytes, 1, bytes.length - 1, zone, words, 0)
          ? out[0]
          : undefined;
        expect(found, `${text}: ${value}`).toBe(expected);
        if (expected === undefined) expect(parser.failure).toBe(failure);
        else right++;
        const local = parser.parseTimestampNtz(value, false);
        const foundLocal = parser.parseTimestampNtzInto(bytes, 1, bytes.length - 1, false, words, 0);
        expect(foundLocal ? out[0] : undefined, `${text}: ${value}`).toBe(local);
        expect(parser.parseDateBytes(bytes, 1, bytes.length - 1)).toBe(parser.parseDate(value));
      }
    }
    expect(right).toBeGreaterThan(400);
  });
});
