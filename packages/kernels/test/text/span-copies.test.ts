import { afterEach, describe, expect, test, vi } from "vitest";
import { CsvTokenizer, FieldTable, JsonTokenizer, kernels, RECORD_OK, SpanCopies } from "../../src/index.js";
import { KernelArrays } from "../../src/wasm/kernel-arrays.js";
import { RECORD_KEYS, randomRecords } from "../json/random-records.js";
import { firstSeed, fuzzCases, SeededRandom } from "./seeded-random.js";

const encoder = new TextEncoder();
const LF = 10;

afterEach(() => {
  vi.restoreAllMocks();
});

interface Placed {
  readonly data: Uint8Array;
  readonly starts: Int32Array;
  readonly lengths: Int32Array;
  readonly count: number;
  readonly validity: null;
}

/** Texts with so many bytes between one and the next. */
function placed(texts: readonly string[], gap: number): Placed {
  const encoded = texts.map((text) => encoder.encode(text));
  const data = new Uint8Array(encoded.reduce((sum, one) => sum + one.length + gap, 0)).fill(0x7b);
  const starts = new Int32Array(texts.length);
  let at = 0;
  for (const [row, bytes] of encoded.entries()) {
    data.set(bytes, at);
    starts[row] = at;
    at += bytes.length + gap;
  }
  const lengths = Int32Array.from(encoded, (one) => one.length);
  return { data, starts, lengths, count: texts.length, validity: null };
}

describe.each(["as much as there is", "no"])(
  "copies of spans with %s room in the kernels' memory",
  (room) => {
    function prepare(): void {
      if (room === "no") vi.spyOn(kernels().memory, "take").mockReturnValue(-1);
    }

    test("hold each span, a separator behind it, and nulls as the length -1", () => {
      prepare();
      const copies = new SpanCopies(LF);
      for (const gap of [0, 1, 7, 5000]) {
        const spans = placed(["one", "", "three", "f".repeat(100)], gap);
        copies.open({ ...spans, validity: Uint8Array.of(0b1011) }, 1);
        copies.copy(0, 2);
        copies.copy(2, 4);
        const texts = Array.from({ length: 4 }, (_, row) => {
          const start = copies.starts[row]!;
          const length = copies.lengths[row]!;
          return length < 0 ? null : Buffer.from(copies.bytes.subarray(start, start + length + 1)).toString();
        });
        expect(texts).toEqual(["one\n", "\n", null, `${"f".repeat(100)}\n`]);
        expect(copies.bytes.length).toBeGreaterThanOrEqual(copies.take(103) + 103);
      }
    });

    test("that are made together have separators in the place of what lay between them", () => {
      prepare();
      const copies = new SpanCopies(LF);
      for (let gap = 1; gap < 12; gap++) {
        const spans = placed(["one", "two", "three"], gap);
        copies.open({ ...spans, validity: Uint8Array.of(0b101) }, 0);
        copies.copy(0, 3);
        const text = Buffer.from(copies.bytes.subarray(copies.starts[0]!, copies.starts[2]! + 6)).toString();
        expect(text).toBe(`one${"\n".repeat(3 + 2 * gap)}three\n`);
      }
    });

    test("that are made together stand in words as their originals do, so that words can be copied", () => {
      prepare();
      const copies = new SpanCopies(LF);
      for (let offset = 0; offset < 9; offset++) {
        const { data, starts, lengths, count } = placed(["one", "two", "three"], 4);
        const moved = new Uint8Array(new ArrayBuffer(64), offset, data.length);
        moved.set(data);
        copies.open(
          {
            data: moved,
            starts: starts.subarray(1),
            lengths: lengths.subarray(1),
            count: count - 1,
            validity: null,
          },
          0,
        );
        copies.copy(0, 2);
        expect((copies.bytes.byteOffset + copies.starts[0]!) % 8).toBe((offset + starts[1]!) % 8);
        const at = copies.starts[1]!;
        expect(Buffer.from(copies.bytes.subarray(at, at + 6)).toString()).toBe("three\n");
      }
    });

    test(`objects are read from them as one by one (seed ${firstSeed})`, () => {
      prepare();
      const keys = RECORD_KEYS.slice(0, 4).map((key) => encoder.encode(key));
      const many = new JsonTokenizer(keys);
      const one = new JsonTokenizer(keys);
      const table = new FieldTable(keys.length, 64, new KernelArrays());
      const single = new FieldTable(keys.length, 1);
      const copies = new SpanCopies(LF);
      for (let k = 0; k < Math.min(fuzzCases, 100); k++) {
        const random = new SeededRandom(firstSeed + k);
        const texts = randomText(random).slice(0, 64);
        const spans = placed(texts, random.below(12));
        copies.open(spans, 0);
        copies.copy(0, spans.count);
        many.tokenizeSpans(copies.bytes, copies.starts, copies.lengths, 0, spans.count, table);
        for (let row = 0; row < spans.count; row++) {
          const shift = copies.starts[row]! - spans.starts[row]!;
          const end = spans.starts[row]! + spans.lengths[row]!;
          one.tokenizeObject(spans.data, spans.starts[row]!, end, single, 0);
          const note = `seed ${firstSeed + k}, row ${row}: ${texts[row]}`;
          expect(table.statuses[row], note).toBe(single.statuses[0]);
          if (single.statuses[0] !== RECORD_OK) continue;
          for (const [c, { starts, lengths, kinds }] of single.columns.entries()) {
            const column = table.columns[c]!;
            expect([column.kinds[row], column.lengths[row]], note).toEqual([kinds[0], lengths[0]]);
            if (lengths[0]! >= 0) expect(column.starts[row], note).toBe(starts[0]! + shift);
          }
        }
      }
    });
  },
);

/** Records that may hold line ends, one text each. */
function randomText(random: SeededRandom): string[] {
  return Array.from({ length: 1 + random.below(20) }, () => {
    const lines = Buffer.from(randomRecords(random)).toString().split("\n");
    return lines.slice(0, 1 + random.below(2)).join("\n");
  });
}

test("CSV records are read from spans up to the first one out of the ordinary", () => {
  const tokenizer = new CsvTokenizer([0, 1], { lineSeparatorByte: 0xff });
  const table = new FieldTable(2, 8, new KernelArrays());
  const copies = new SpanCopies(0xff);
  const spans = placed(['1,"a\nb"', "2,c", '3,"open', "4,d", " ", "5,e"], 0);
  copies.open(spans, 0);
  copies.copy(0, 6);
  const read = (from: number): number =>
    tokenizer.tokenizeSpans(copies.bytes, copies.starts, copies.lengths, from, 6, table);
  expect([read(0), read(3), read(4), read(5)]).toEqual([2, 4, 4, 6]);
  expect(Array.from(table.columns[1]!.lengths.subarray(0, 2))).toEqual([3, 1]);
  expect(Array.from(table.tokenCounts.subarray(0, 2))).toEqual([2, 2]);
});
