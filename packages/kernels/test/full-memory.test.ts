import { afterEach, describe, expect, test, vi } from "vitest";
import {
  CsvTokenizer,
  FieldTable,
  firstOtherKind,
  JsonTokenizer,
  KIND_STRING,
  LineSplitter,
  parseInt64Fields,
} from "../src/index.js";
import { KernelArrays } from "../src/wasm/kernel-arrays.js";
import { kernels } from "../src/wasm/kernel-module.js";

/** More blocks than any of the kernels here takes. */
const BLOCKS = 40;
const encoder = new TextEncoder();

interface Tokenizer {
  tokenize(
    bytes: Uint8Array,
    start: number,
    end: number,
    isLast: boolean,
    table: FieldTable,
    rowLimit: number,
  ): number;
}

afterEach(() => {
  vi.restoreAllMocks();
});

/** Lets the kernels' memory give out so many blocks more and be full then. */
function fullAfter(blocks: number): void {
  const { memory } = kernels();
  const take = memory.take.bind(memory);
  let left = blocks;
  vi.spyOn(memory, "take").mockImplementation((size) => (left-- > 0 ? take(size) : -1));
}

/** What a tokeniser finds in a text, in a table that has to grow on the way. */
function rowsOf(make: () => Tokenizer, columns: number, text: string, arrays?: KernelArrays): unknown[] {
  const source = encoder.encode(text);
  const bytes = arrays === undefined ? new Uint8Array(source.length) : arrays.bytes(source.length, 64);
  bytes.set(source);
  const table = new FieldTable(columns, 2, arrays);
  const tokenizer = make();
  const rows: unknown[] = [];
  let position = 0;
  for (const rowLimit of [2, 2, 4, 8, 16, 32, 32]) {
    position = tokenizer.tokenize(bytes, position, bytes.length, true, table, rowLimit);
    for (let row = 0; row < table.rowCount; row++) {
      const fields = table.columns.map(({ starts, lengths, kinds }) => [
        starts[row],
        lengths[row],
        kinds[row],
      ]);
      rows.push([table.recordStarts[row], table.recordEnds[row], table.statuses[row], ...fields]);
    }
  }
  return [position, ...rows];
}

describe("where the kernels' memory is full, at any point of the work,", () => {
  const lines = Array.from({ length: 60 }, (_, i) => i);
  const users: [string, () => Tokenizer, number, string][] = [
    [
      "JSON",
      () => new JsonTokenizer([encoder.encode("a"), encoder.encode("n")]),
      2,
      lines.map((i) => `{"a":"x${i}","n":${i}}\n`).join(""),
    ],
    ["CSV", () => new CsvTokenizer([0, 1]), 2, lines.map((i) => `x${i},"${i}"\n`).join("")],
    ["lines of text", () => new LineSplitter(), 0, lines.map((i) => `line ${i}\n`).join("")],
  ];
  for (const [name, make, columns, text] of users) {
    test(`${name} are read as on ordinary arrays`, () => {
      const expected = rowsOf(make, columns, text);
      expect(expected).toHaveLength(61);
      for (let blocks = 0; blocks < BLOCKS; blocks++) {
        fullAfter(blocks);
        const arrays = new KernelArrays();
        expect(rowsOf(make, columns, text, arrays), `${blocks} blocks`).toEqual(expected);
        vi.restoreAllMocks();
        arrays.release();
      }
    });
  }

  test("an object is read as on ordinary arrays", () => {
    const bytes = encoder.encode('{"a":"x","n":7}');
    for (let blocks = 0; blocks < BLOCKS; blocks++) {
      fullAfter(blocks);
      const arrays = new KernelArrays();
      const table = new FieldTable(1, 2, arrays);
      const tokenizer = new JsonTokenizer([encoder.encode("n")]);
      for (const row of [0, 1]) tokenizer.tokenizeObject(bytes, 0, bytes.length, table, row);
      const [{ starts, lengths }] = table.columns as [FieldTable["columns"][number]];
      expect([starts[0], lengths[0], starts[1], lengths[1]], `${blocks} blocks`).toEqual([13, 1, 13, 1]);
      vi.restoreAllMocks();
      arrays.release();
    }
  });

  test("values are left to be read one by one", () => {
    for (let blocks = 0; blocks < 16; blocks++) {
      fullAfter(blocks);
      const arrays = new KernelArrays();
      const out = arrays.bigInt64(1);
      const left = arrays.int32(1);
      const bytes = arrays.bytes(1);
      const table = new FieldTable(1, 1, arrays);
      const column = table.columns[0]!;
      bytes[0] = 0x37;
      column.starts[0] = 0;
      column.lengths[0] = 1;
      column.kinds[0] = KIND_STRING;
      const count = parseInt64Fields({ bytes, column, rowCount: 1, kinds: 1 << KIND_STRING, left }, out);
      // three arrays of values and three of the column
      expect(count, `${blocks} blocks`).toBe(blocks < 6 ? -1 : 0);
      if (count === 0) expect(out[0]).toBe(7n);
      expect(firstOtherKind(column.kinds, 1, KIND_STRING)).toBe(blocks < 6 ? 0 : 1);
      vi.restoreAllMocks();
      arrays.release();
    }
  });
});
