import { describe, expect, it } from "vitest";
import {
  DECIMAL_OK,
  FieldTable,
  findInvalidUtf8,
  findInvalidUtf8Span,
  KernelArrays,
  KIND_PLAIN,
  kernelAddress,
  kernels,
  LineSplitter,
  parseDate,
  parseDateFields,
  parseDecimal64Fields,
  parseDecimal64Into,
  SpanList,
  splitWords,
} from "../../src/index.js";
import { firstSeed, fuzzCases, SeededRandom } from "./seeded-random.js";

const arrays = new KernelArrays();

/** The bytes at the end of a block of the kernels' memory, where only the 64 bytes behind them may be looked at. */
function atBlockEnd(input: Uint8Array, size: number): Uint8Array {
  const memory = arrays.bytes(size).fill(0x0a);
  memory.set(input, size - 64 - input.length);
  return memory;
}

function forEachSeed(name: string, check: (random: SeededRandom, about: string) => void): void {
  it(`${name}, ${fuzzCases} times from seed ${firstSeed} on`, () => {
    for (let seed = firstSeed; seed < firstSeed + fuzzCases; seed++)
      check(new SeededRandom(seed), `seed ${seed}`);
  }, 3_600_000);
}

function randomBytes(random: SeededRandom, choices: readonly number[], lengthMax: number): Uint8Array {
  const rarely = 1 + random.below(30);
  return Uint8Array.from({ length: random.below(lengthMax) }, () =>
    random.chance(rarely) ? random.pick(choices) : 97 + random.below(26),
  );
}

function expectSame(found: unknown, expected: unknown, about: string): void {
  if (JSON.stringify(found) !== JSON.stringify(expected)) expect(found, about).toEqual(expected);
}

describe("the line kernel", () => {
  function lines(
    memory: Uint8Array,
    size: number,
    ends: number[],
    table: FieldTable,
    separator?: Uint8Array,
  ) {
    const splitter = new LineSplitter(separator);
    const seen: unknown[] = [];
    let position = memory.length - 64 - size;
    for (const [i, end] of ends.entries()) {
      for (;;) {
        const until = memory.length - 64 - size + end;
        position = splitter.tokenize(memory, position, until, i === ends.length - 1, table, 3);
        seen.push([position, table.rowCount, table.lineCount]);
        for (let row = 0; row < table.rowCount; row++) {
          const { recordStarts, recordEnds, statuses, errorOffsets, tokenCounts, lineOffsets } = table;
          seen.push([recordStarts[row], recordEnds[row], statuses[row], errorOffsets[row]]);
          seen.push([tokenCounts[row], lineOffsets[row]]);
        }
        if (table.rowCount === 0) break;
      }
    }
    return seen;
  }
  const own = new FieldTable(0, 8);
  const table = new FieldTable(0, 8, arrays);

  forEachSeed("finds the lines that its twin finds, cut anywhere", (random, about) => {
    const separator = random.chance(4)
      ? new TextEncoder().encode(random.pick(["\n", "\r", "|", "\r\n", "ab"]))
      : undefined;
    const input = randomBytes(random, [10, 10, 13, 124, 97, 98], 300);
    const memory = atBlockEnd(input, 512);
    const ends = [random.below(input.length + 1), input.length].sort((a, b) => a - b);
    const expected = lines(Uint8Array.from(memory), input.length, ends, own, separator);
    expectSame(lines(memory, input.length, ends, table, separator), expected, about);
    arrays.free(memory);
  });
});

describe("the UTF-8 kernel", () => {
  const PIECES = ["é", "日", "😀", "\u07ff", "\u0800", "\uffff", "a", "plain text of some length"];
  const BAD = [0x80, 0xbf, 0xc0, 0xc1, 0xc2, 0xe0, 0xed, 0xf0, 0xf4, 0xf5, 0xff, 0x9f, 0xa0, 0x8f, 0x90];

  function text(random: SeededRandom): Uint8Array {
    let content = "";
    for (let n = random.below(20); n > 0; n--) content += random.chance(2) ? random.pick(PIECES) : "abc";
    const bytes = new TextEncoder().encode(content);
    for (let n = random.below(3); n > 0 && bytes.length > 0; n--)
      bytes[random.below(bytes.length)] = random.pick(BAD);
    return bytes;
  }

  forEachSeed("finds the first byte that is none as its twin does", (random, about) => {
    const input = text(random);
    const memory = atBlockEnd(input, 1024);
    const end = memory.length - 64;
    const expected = findInvalidUtf8(Uint8Array.from(memory), end - input.length, end);
    const address = kernelAddress(memory);
    const found = kernels().exports.invalidUtf8(address + end - input.length, address + end);
    expectSame((found >>> 0) - address, expected, about);
    expectSame(findInvalidUtf8(memory, end - input.length, end), expected, about);
    arrays.free(memory);
  });

  const starts = arrays.int32(8);
  const lengths = arrays.int32(8);

  forEachSeed("finds the first slice that is none as its twin does", (random, about) => {
    const input = text(random);
    const memory = atBlockEnd(input, 1024);
    const first = memory.length - 64 - input.length;
    let at = 0;
    for (let i = 0; i < 8; i++) {
      const length = i === 7 ? input.length - at : random.below(Math.min(40, input.length - at + 1));
      starts[i] = first + at;
      lengths[i] = random.chance(6) ? -1 : length;
      at += length;
    }
    const expected = findInvalidUtf8Span(Uint8Array.from(memory), Int32Array.from(starts), lengths, 8);
    expectSame(findInvalidUtf8Span(memory, starts, lengths, 8), expected, about);
    arrays.free(memory);
  });
});

describe("the word kernel", () => {
  const starts = arrays.int32(512);
  const lengths = arrays.int32(512);

  forEachSeed("splits a slice as its twin does", (random, about) => {
    const input = randomBytes(random, [32], 200);
    const memory = atBlockEnd(input, 512);
    memory.fill(32, memory.length - 64);
    const start = memory.length - 64 - input.length;
    const words = new SpanList();
    splitWords(memory, Int32Array.of(start), Int32Array.of(input.length), 1, 32, words, new Int32Array(2));
    const found = kernels().exports.splitSlice(
      kernelAddress(memory),
      start,
      input.length,
      32,
      kernelAddress(starts),
      kernelAddress(lengths),
    );
    const spans = (count: number, from: Int32Array, of: Int32Array) => [
      count,
      [...from.subarray(0, count)],
      [...of.subarray(0, count)],
    ];
    expectSame(spans(found, starts, lengths), spans(words.count, words.starts, words.lengths), about);
    arrays.free(memory);
  });
});

describe("the kernels of values", () => {
  const ROWS = 32;
  const table = new FieldTable(1, ROWS, arrays);
  const column = table.columns[0]!;
  const left = arrays.int32(ROWS);

  function digits(random: SeededRandom, max: number): string {
    return Array.from({ length: random.below(max + 1) }, () => random.below(10)).join("");
  }

  function damaged(random: SeededRandom, text: string): string {
    if (!random.chance(6)) return text;
    const at = random.below(text.length + 1);
    return text.slice(0, at) + random.pick(["", " ", "-", ".", ",", "0", "x", "\xff"]) + text.slice(at + 1);
  }

  function batch(texts: readonly string[]) {
    const all = Uint8Array.from(texts.join(""), (char) => char.charCodeAt(0));
    const bytes = atBlockEnd(all, 2048);
    let at = bytes.length - 64 - all.length;
    for (const [row, text] of texts.entries()) {
      column.starts[row] = at;
      column.lengths[row] = text.length;
      column.kinds[row] = KIND_PLAIN;
      at += text.length;
    }
    return { bytes, column, rowCount: texts.length, kinds: 1 << KIND_PLAIN, left };
  }

  const days = arrays.int32(ROWS);

  forEachSeed("read the dates that their twin reads", (random, about) => {
    const texts = Array.from({ length: ROWS }, () => {
      const month = String(random.below(14)).padStart(2, "0");
      const day = String(random.below(33)).padStart(2, "0");
      return damaged(
        random,
        `${digits(random, 4).padStart(4, random.pick(["0", "1", "2"]))}-${month}-${day}`,
      );
    });
    const input = batch(texts);
    const rest = new Set(left.subarray(0, parseDateFields(input, days)));
    for (const [row, text] of texts.entries()) {
      const start = column.starts[row]!;
      const expected = parseDate(input.bytes, start, start + text.length);
      const isPlain = /^(?!0000)\d{4}-\d\d-\d\d$/.test(text);
      if (rest.has(row)) expectSame(isPlain && !Number.isNaN(expected), false, `${about}: ${text} was left`);
      else expectSame(days[row], expected, `${about}: ${text}`);
    }
    arrays.free(input.bytes);
  });

  const values = arrays.bigInt64(ROWS);
  const single = new BigInt64Array(1);
  const words = new Int32Array(single.buffer);

  forEachSeed("read the decimals that their twin reads", (random, about) => {
    const precision = 1 + random.below(18);
    const scale = random.below(precision + 1);
    const texts = Array.from({ length: ROWS }, () => {
      const fraction = random.chance(3) ? "" : `.${digits(random, random.pick([2, 6, 19]))}`;
      return damaged(
        random,
        random.pick(["", "-", "+"]) + digits(random, random.pick([3, 9, 20])) + fraction,
      );
    });
    const input = batch(texts);
    const leftCount = parseDecimal64Fields(input, precision, scale, values);
    const rest = new Set(left.subarray(0, leftCount));
    for (const [row, text] of texts.entries()) {
      const start = column.starts[row]!;
      const status = parseDecimal64Into(input.bytes, start, start + text.length, precision, scale, words, 0);
      const expected = status === DECIMAL_OK ? String(single[0]) : "no decimal";
      if (!rest.has(row))
        expectSame(String(values[row]), expected, `${about}: ${text} (${precision},${scale})`);
      else if (/^-?\d{1,9}(\.\d{1,2})?$/.test(text) && scale >= 2 && scale < 9)
        expectSame(expected, "no decimal", `${about}: ${text} (${precision},${scale}) was left`);
    }
    arrays.free(input.bytes);
  });
});
