import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import {
  type FieldColumn,
  FieldTable,
  JsonNested,
  type JsonOptions,
  JsonTokenizer,
  KernelArrays,
  KIND_ARRAY,
  KIND_MISSING,
  KIND_OBJECT,
  KIND_STRING,
  SpanList,
} from "../../src/index.js";
import { itemsKernel } from "../../src/json/json-items-kernel.js";
import { firstSeed, fuzzCases, SeededRandom } from "../text/seeded-random.js";
import { randomRecords } from "./random-records.js";

const OPTIONS: readonly JsonOptions[] = [
  {},
  {},
  { allowSingleQuotes: false, allowNonNumericNumbers: false },
  { maxNestingDepth: 4 },
  { allowComments: true, allowUnquotedFieldNames: true, allowNumericLeadingZeros: true },
];
const CASES_TOGETHER = 250;

/** A column in arrays of one kind. */
class Column implements FieldColumn {
  readonly starts: Int32Array;
  readonly lengths: Int32Array;
  readonly kinds: Uint8Array;
  readonly offsets: Int32Array;
  readonly keys: SpanList;
  readonly values: SpanList;

  constructor(texts: readonly { start: number; length: number; kind: number }[], arrays?: KernelArrays) {
    const count = texts.length;
    this.starts = arrays?.int32(count) ?? new Int32Array(count);
    this.lengths = arrays?.int32(count) ?? new Int32Array(count);
    this.kinds = arrays?.bytes(count) ?? new Uint8Array(count);
    this.offsets = arrays?.int32(count + 1) ?? new Int32Array(count + 1);
    // what stands before the first row is nobody's
    this.offsets.fill(0);
    this.keys = new SpanList(1, arrays);
    this.values = new SpanList(1, arrays);
    texts.forEach(({ start, length, kind }, row) => {
      this.starts[row] = start;
      this.lengths[row] = length;
      this.kinds[row] = kind;
    });
  }

  /** What was found, as plain data. */
  found(count: number): unknown {
    const spans = (list: SpanList): unknown => ({
      starts: [...list.starts.subarray(0, list.count)],
      lengths: [...list.lengths.subarray(0, list.count)],
      kinds: [...list.kinds.subarray(0, list.count)],
    });
    const offsets = [...this.offsets.subarray(0, count + 1)];
    return {
      offsets,
      kinds: [...this.kinds.subarray(0, count)],
      keys: spans(this.keys),
      values: spans(this.values),
    };
  }
}

/** Arrays and objects: the lines of a file as they are, or in brackets. */
function randomColumn(random: SeededRandom): {
  text: string;
  rows: { start: number; length: number; kind: number }[];
} {
  const isArrays = random.chance(2);
  let text = "";
  const rows: { start: number; length: number; kind: number }[] = [];
  for (const line of randomRecords(random).toString("latin1").split("\n")) {
    const one = isArrays ? `[${line.replaceAll('":', random.chance(2) ? '",' : '":')}]` : line;
    const kind = random.chance(8) ? KIND_STRING : isArrays ? KIND_ARRAY : KIND_OBJECT;
    rows.push({ start: text.length, length: random.chance(12) ? -1 : one.length, kind });
    text += one + random.pick(["", " ", "\n", '"', "]", "}"]);
  }
  return { text, rows };
}

/** What a table holds from a row on. */
function fieldsOf(table: FieldTable, from: number): unknown {
  const rows = (array: Int32Array | Uint8Array): number[] => [...array.subarray(from, table.rowCount)];
  const columns = table.columns.map(({ starts, lengths, kinds }) =>
    rows(kinds).map((kind, k) => (kind === KIND_MISSING ? [] : [kind, starts[from + k], lengths[from + k]])),
  );
  const { recordStarts, recordEnds, statuses, errorOffsets, lineOffsets } = table;
  return [columns, ...[recordStarts, recordEnds, statuses, errorOffsets, lineOffsets].map(rows)];
}

describe("the kernel for arrays and maps", () => {
  it(`finds what its twin finds in ${fuzzCases} random columns`, async () => {
    for (let first = firstSeed; first < firstSeed + fuzzCases; first += CASES_TOGETHER) {
      const arrays = new KernelArrays();
      const room = arrays.bytes(1 << 17);
      const both = OPTIONS.map(
        (options) => [new JsonNested(options), new JsonNested(options, false)] as const,
      );
      for (let seed = first; seed < Math.min(first + CASES_TOGETHER, firstSeed + fuzzCases); seed++) {
        const random = new SeededRandom(seed);
        const { text, rows } = randomColumn(random);
        const bytes = Buffer.from(text, "latin1");
        room.set(bytes);
        const [nested, twin] = random.pick(both);
        const one = new Column(rows, arrays);
        const two = new Column(rows);
        const from = random.below(rows.length);
        if (random.chance(2)) {
          nested.appendColumnElements(room, one, rows.length, one.offsets, one.values, from);
          twin.appendColumnElements(bytes, two, rows.length, two.offsets, two.values, from);
        } else {
          nested.appendColumnEntries(room, one, rows.length, one.offsets, one.keys, one.values, from);
          twin.appendColumnEntries(bytes, two, rows.length, two.offsets, two.keys, two.values, from);
        }
        expect(one.found(rows.length), `seed ${seed}`).toEqual(two.found(rows.length));
      }
      arrays.release();
      // gives forgotten arrays their turn to be freed
      await setImmediate();
    }
  }, 3_600_000);

  it(`finds the fields that its twin finds in ${fuzzCases} random columns of objects`, async () => {
    const keys = ["a", "user_id", ""].map((key) => new TextEncoder().encode(key));
    for (let first = firstSeed; first < firstSeed + fuzzCases; first += CASES_TOGETHER) {
      const arrays = new KernelArrays();
      const room = arrays.bytes(1 << 17);
      const both = OPTIONS.map((options) => [
        new JsonTokenizer(keys, options),
        new JsonTokenizer(keys, options),
      ]);
      const table = new FieldTable(keys.length, 8, arrays);
      const twinTable = new FieldTable(keys.length, 8);
      for (let seed = first; seed < Math.min(first + CASES_TOGETHER, firstSeed + fuzzCases); seed++) {
        const random = new SeededRandom(seed);
        const { text, rows } = randomColumn(random);
        const bytes = Buffer.from(text, "latin1");
        room.set(bytes);
        const [kernel, twin] = random.pick(both);
        const from = random.below(rows.length);
        kernel!.tokenizeColumn(room, new Column(rows, arrays), rows.length, table, from);
        twin!.tokenizeColumn(bytes, new Column(rows), rows.length, twinTable, from);
        expect(fieldsOf(table, from), `seed ${seed}`).toEqual(fieldsOf(twinTable, from));
      }
      arrays.release();
      await setImmediate();
    }
  }, 3_600_000);

  it("reads plain arrays and objects without its twin", () => {
    const arrays = new KernelArrays();
    const texts = ['[1,"x", null ,[2,{"a":"\\n"}],"\\u00e9",-1.5e3]', "[]", "[ ]", "[true,false]"];
    const text = Buffer.from(texts.join(""));
    const bytes = arrays.bytes(text.length);
    bytes.set(text);
    let start = 0;
    const rows = texts.map((one) => {
      const row = { start, length: one.length, kind: KIND_ARRAY };
      start += one.length;
      return row;
    });
    const column = new Column(rows, arrays);
    const kernel = itemsKernel(bytes, column, column.offsets, undefined, column.values)!;
    expect(kernel(0, 4, 1000)).toBe(4);
    expect([...column.offsets]).toEqual([0, 6, 6, 6, 8]);
    arrays.release();
  });
});
