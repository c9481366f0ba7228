import { describe, expect, test } from "vitest";
import {
  type FieldBatch,
  FieldTable,
  firstOtherKind,
  KIND_INTEGER,
  KIND_NULL,
  KIND_STRING,
  parseDoubleFields,
  parseDoubleInto,
  parseInt32,
  parseInt32Fields,
  parseInt64Fields,
  parseInt64Into,
  parseTimestampFields,
  parseTimestampInto,
  parseTimestampNtzFields,
  parseTimestampNtzInto,
  timeZone,
} from "../src/index.js";
import { KernelArrays } from "../src/wasm/kernel-arrays.js";
import { firstSeed, fuzzCases, SeededRandom } from "./text/seeded-random.js";

const ROWS = 64;
const arrays = new KernelArrays();
const bytes = arrays.bytes(1 << 14);
const table = new FieldTable(1, ROWS, arrays);
const left = arrays.int32(ROWS);
const column = table.columns[0]!;

/** Lays texts out as the fields of a column; `undefined` is a null. */
function batchOf(texts: readonly (string | undefined)[]): FieldBatch {
  let at = 0;
  for (const [row, text] of texts.entries()) {
    column.starts[row] = at;
    column.lengths[row] = text === undefined ? -1 : text.length;
    column.kinds[row] = text === undefined ? KIND_NULL : KIND_STRING;
    for (let i = 0; i < (text ?? "").length; i++) bytes[at++] = text!.charCodeAt(i);
    // what follows a text must not matter
    bytes[at++] = "0Z.5e,"[row % 6]!.charCodeAt(0);
  }
  return { bytes, column, rowCount: texts.length, kinds: 1 << KIND_STRING, left };
}

function digits(random: SeededRandom, max: number): string {
  return Array.from({ length: random.below(max + 1) }, () => random.below(10)).join("");
}

function two(value: number): string {
  return value.toString().padStart(2, "0");
}

function timestampText(random: SeededRandom): string {
  const year = digits(random, 4).padStart(4, random.pick(["0", "1", "2"]));
  const other = `${year}-${two(random.below(14))}-${two(random.below(33))}${random.pick(["T", "T", " ", "t"])}${two(random.below(26))}:${two(random.below(62))}`;
  // often a minute that has come up before
  const minute = random.chance(2)
    ? random.pick(["2024-02-29T23:59", "1970-01-01T00:00", "2023-02-29 10:00"])
    : other;
  const fraction = random.chance(2) ? `.${digits(random, random.pick([3, 7]))}` : "";
  const text = `${minute}:${two(random.below(62))}${fraction}${random.pick(["", "Z", "Z", "+01:00", "z"])}`;
  return random.chance(8) ? damaged(random, text) : text;
}

function numberText(random: SeededRandom): string {
  const fraction = random.chance(2) ? `.${digits(random, 17)}` : "";
  const exponent = random.chance(3)
    ? `${random.pick(["e", "E"])}${random.pick(["", "-", "+"])}${digits(random, 3)}`
    : "";
  const text = `${random.pick(["", "", "-", "+"])}${digits(random, 20)}${fraction}${exponent}`;
  return random.chance(8) ? damaged(random, text) : text;
}

function wholeText(random: SeededRandom): string {
  const text = random.pick(["", "-", "+"]) + digits(random, random.pick([3, 11, 21]));
  return random.chance(8) ? damaged(random, text) : text;
}

function damaged(random: SeededRandom, text: string): string {
  const at = random.below(text.length + 1);
  return (
    text.slice(0, at) +
    random.pick(["", " ", "x", "/", ":", "-", ".", "0", "\xff"]) +
    text.slice(at + random.below(2))
  );
}

/** Runs a kernel and its twin over random columns; `read` gives the twin's value as an exact text, or undefined for none. */
function compare(
  textOf: (random: SeededRandom) => string,
  run: (batch: FieldBatch) => number,
  found: (row: number) => string,
  read: (start: number, end: number) => string | undefined,
): void {
  for (let seed = firstSeed; seed < firstSeed + fuzzCases / 20; seed++) {
    const random = new SeededRandom(seed);
    const texts = Array.from({ length: ROWS }, () => (random.chance(10) ? undefined : textOf(random)));
    const batch = batchOf(texts);
    const count = run(batch);
    const rows = new Set(left.subarray(0, count));
    expect([...rows]).toEqual([...rows].sort((a, b) => a - b));
    for (const [row, text] of texts.entries()) {
      const start = column.starts[row]!;
      const wanted = text === undefined ? undefined : read(start, start + text.length);
      if (!rows.has(row) && found(row) !== wanted) expect(found(row), `seed ${seed}: ${text}`).toBe(wanted);
    }
  }
}

describe("kernels that read the values of a column", () => {
  const longs = arrays.bigInt64(ROWS);
  const ints = arrays.int32(ROWS);
  const doubles = arrays.float64(ROWS);
  const one = new BigInt64Array(1);
  const oneWords = new Int32Array(one.buffer);
  const oneDouble = new Float64Array(1);

  for (const zoneId of ["UTC", "+05:30", "America/Los_Angeles"]) {
    test(`read timestamps in ${zoneId} as their twin does`, () => {
      const zone = timeZone(zoneId)!;
      compare(
        timestampText,
        (batch) => parseTimestampFields(batch, zone, longs),
        (row) => `${longs[row]}`,
        (start, end) => (parseTimestampInto(bytes, start, end, zone, oneWords, 0) ? `${one[0]}` : undefined),
      );
    });
  }

  test("read timestamps without a zone as their twin does", () => {
    compare(
      timestampText,
      (batch) => parseTimestampNtzFields(batch, longs),
      (row) => `${longs[row]}`,
      (start, end) =>
        parseTimestampNtzInto(bytes, start, end, false, oneWords, 0) ? `${one[0]}` : undefined,
    );
  });

  test("read 64-bit integers as their twin does", () => {
    compare(
      wholeText,
      (batch) => parseInt64Fields(batch, longs),
      (row) => `${longs[row]}`,
      (start, end) => (parseInt64Into(bytes, start, end, oneWords, 0) ? `${one[0]}` : undefined),
    );
  });

  test("read 32-bit integers as their twin does", () => {
    compare(
      wholeText,
      (batch) => parseInt32Fields(batch, ints),
      (row) => `${ints[row]}`,
      (start, end) => {
        const value = parseInt32(bytes, start, end);
        return value === value ? `${value + 0}` : undefined;
      },
    );
  });

  test("read doubles as their twin does, to the last bit", () => {
    const bits = new BigInt64Array(doubles.buffer, doubles.byteOffset, ROWS);
    const oneBits = new BigInt64Array(oneDouble.buffer);
    compare(
      numberText,
      (batch) => parseDoubleFields(batch, doubles),
      (row) => `${bits[row]}`,
      (start, end) => (parseDoubleInto(bytes, start, end, oneDouble, 0) ? `${oneBits[0]}` : undefined),
    );
  });

  test("read all plain forms themselves, and leave the rows that are null or of another form", () => {
    const times = [
      "2024-02-29 23:59:59",
      undefined,
      "2024-02-29T23:59:59.123Z",
      "2024-2-9 23:59:59",
      "1582-10-15T00:00:00",
    ];
    expect(parseTimestampFields(batchOf(times), timeZone("UTC")!, longs)).toBe(2);
    expect([...left.subarray(0, 2)]).toEqual([1, 3]);
    expect(longs[0]).toBe(BigInt(Date.UTC(2024, 1, 29, 23, 59, 59)) * 1000n);
    expect(longs[2]).toBe(BigInt(Date.UTC(2024, 1, 29, 23, 59, 59, 123)) * 1000n);
    expect(longs[4]).toBe(BigInt(Date.UTC(1582, 9, 15)) * 1000n);
    expect(parseInt64Fields(batchOf(["-123456789012345678", "0", undefined, "+1"]), longs)).toBe(2);
    expect(longs[0]).toBe(-123456789012345678n);
    expect(parseInt32Fields(batchOf(["-2147483648", "2147483647", "2147483648"]), ints)).toBe(1);
    expect([...ints.subarray(0, 2)]).toEqual([-2147483648, 2147483647]);
    expect(parseDoubleFields(batchOf(["0.1", "-12.5e-3", "1E22", "9007199254740993"]), doubles)).toBe(1);
    expect([...doubles.subarray(0, 3)]).toEqual([0.1, -0.0125, 1e22]);
  });

  test("leave columns that lie elsewhere", () => {
    const batch = { ...batchOf(["1"]), bytes: new Uint8Array(100) };
    expect(parseInt64Fields(batch, longs)).toBe(-1);
    expect(parseInt32Fields(batchOf(["1"]), new Int32Array(1))).toBe(-1);
    expect(parseInt32Fields(batchOf(["1"]), ints)).toBe(0);
  });

  test("find the first field of another kind", () => {
    const kinds = arrays.bytes(100);
    for (let odd = 0; odd <= 100; odd++) {
      kinds.fill(KIND_STRING);
      if (odd < 100) kinds[odd] = KIND_INTEGER;
      for (const count of [100, 64, 17, 15]) {
        expect(firstOtherKind(kinds, count, KIND_STRING)).toBe(Math.min(odd, count));
      }
    }
  });
});
