import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { FieldTable, type JsonOptions, JsonTokenizer, KIND_MISSING } from "../../src/index.js";
import { JsonKernel } from "../../src/json/json-kernel.js";
import { KernelArrays } from "../../src/wasm/kernel-arrays.js";
import { kernels } from "../../src/wasm/kernel-module.js";
import { firstSeed, fuzzCases, SeededRandom } from "../text/seeded-random.js";
import { RECORD_KEYS, randomRecords } from "./random-records.js";

const encoder = new TextEncoder();
const OPTIONS: readonly JsonOptions[] = [
  {},
  {},
  {},
  { allowSingleQuotes: false, allowNonNumericNumbers: false },
  { maxNestingDepth: 4 },
  { maxNestingDepth: 2000 },
  { allowComments: true, allowUnquotedFieldNames: true, allowNumericLeadingZeros: true },
  { allowUnquotedControlChars: true, allowBackslashEscapingAnyCharacter: true },
  { lineSeparator: encoder.encode("\n") },
];
/** So many cases share their tokenisers, which learn from one for the next. */
const CASES_TOGETHER = 250;

/** A tokeniser that uses the kernel, and one that cannot, because its bytes and its table lie elsewhere. */
interface Pair {
  readonly kernel: JsonTokenizer;
  readonly kernelTable: FieldTable;
  readonly twin: JsonTokenizer;
  readonly twinTable: FieldTable;
}

function pairOf(random: SeededRandom, arrays: KernelArrays): Pair {
  const options = random.pick(OPTIONS);
  const keys = RECORD_KEYS.filter(() => random.chance(4)).map((key) => encoder.encode(key));
  return {
    kernel: new JsonTokenizer(keys, options),
    kernelTable: new FieldTable(keys.length, 8, arrays),
    twin: new JsonTokenizer(keys, options),
    twinTable: new FieldTable(keys.length, 8),
  };
}

/** Everything that a table holds, but for the starts, which say nothing where a field is missing. */
function arraysOf(table: FieldTable): (Int32Array | Uint8Array)[] {
  const ofColumns = table.columns.flatMap(({ lengths, kinds }) => [lengths, kinds]);
  const { recordStarts, recordEnds, statuses, errorOffsets, tokenCounts, lineOffsets } = table;
  return [statuses, ...ofColumns, recordStarts, recordEnds, errorOffsets, tokenCounts, lineOffsets];
}

/** The first difference between two tables, in words; empty when there is none. */
function difference(pair: Pair): string {
  const { kernelTable: one, twinTable: two } = pair;
  if (one.rowCount !== two.rowCount) return `${one.rowCount} rows, not ${two.rowCount}`;
  if (one.lineCount !== two.lineCount) return `${one.lineCount} lines, not ${two.lineCount}`;
  const others = arraysOf(two);
  for (const [k, array] of arraysOf(one).entries()) {
    for (let row = 0; row < one.rowCount; row++) {
      if (array[row] !== others[k]![row])
        return `array ${k} row ${row}: ${array[row]}, not ${others[k]![row]}`;
    }
  }
  for (const [k, { starts, kinds }] of one.columns.entries()) {
    const wanted = two.columns[k]!.starts;
    for (let row = 0; row < one.rowCount; row++) {
      if (kinds[row] !== KIND_MISSING && starts[row] !== wanted[row])
        return `field ${k} of row ${row} starts at ${starts[row]}, not ${wanted[row]}`;
    }
  }
  return "";
}

/**
 * Reads a file in chunks that end anywhere, as the readers do, with both tokenisers; returns the first difference. The kernel's
 * input ends where its block ends, or has the bytes to come behind it.
 */
function readBoth(random: SeededRandom, file: Buffer, pair: Pair, arrays: KernelArrays): string {
  const room = arrays.bytes(1 << 17);
  const pieceMax = random.pick([file.length, file.length, 300, file.length < 500 ? 7 : 60]);
  let position = 0;
  let end = 0;
  try {
    do {
      end = Math.min(file.length, end + 1 + random.below(pieceMax + 1));
      const isLast = end === file.length;
      const base = random.chance(2) ? room.length - end : 0;
      const bytes = room.subarray(base, random.chance(2) ? base + end : room.length);
      if (base === 0) room.fill(random.pick([0x22, 0x7d, 0x20, 0x31, 0x0a]), 0, file.length + 64);
      room.set(base === 0 && random.chance(2) ? file : file.subarray(0, end), base);
      const plain = new Uint8Array(file.subarray(0, end));
      const rowLimit = random.pick([1, 2, 5, 17, 100]);
      for (;;) {
        const next = pair.kernel.tokenize(bytes, position, end, isLast, pair.kernelTable, rowLimit);
        const wanted = pair.twin.tokenize(plain, position, end, isLast, pair.twinTable, rowLimit);
        const found = next === wanted ? difference(pair) : `consumed ${next}, not ${wanted}`;
        if (found !== "") return `${found}, from ${position} to ${end}${isLast ? ", the last" : ""}`;
        if (next === position) break;
        position = next;
      }
    } while (end < file.length);
    return position === file.length ? "" : `${file.length - position} bytes are left`;
  } finally {
    arrays.free(room);
  }
}

/** A copy outside the kernels' memory that begins anywhere in its buffer and ends with it. */
function elsewhere(random: SeededRandom, file: Buffer): Uint8Array {
  const offset = random.below(5);
  const bytes = new Uint8Array(new ArrayBuffer(offset + file.length), offset);
  bytes.set(file);
  return bytes;
}

/** Reads every line of a file, and pieces of lines, as objects with both tokenisers; returns the first difference. */
function readObjects(random: SeededRandom, file: Buffer, bytes: Uint8Array, pair: Pair): string {
  let start = 0;
  let row = 0;
  while (start < file.length) {
    const lineEnd = file.indexOf(10, start);
    const next = lineEnd < 0 ? file.length : lineEnd + 1;
    const end = random.chance(4) ? start + random.below(next - start + 1) : next;
    const status = pair.kernel.tokenizeObject(bytes, start, end, pair.kernelTable, row);
    const wanted = pair.twin.tokenizeObject(file, start, end, pair.twinTable, row);
    if (status !== wanted) return `status ${status}, not ${wanted}, from ${start} to ${end}`;
    row++;
    start = next;
  }
  return difference(pair);
}

describe("the JSON kernel", () => {
  it(`finds what its twin finds in ${fuzzCases} random files, however they are cut`, async () => {
    for (let first = firstSeed; first < firstSeed + fuzzCases; first += CASES_TOGETHER) {
      const arrays = new KernelArrays();
      const setUp = new SeededRandom(-first);
      const pairs = Array.from({ length: 6 }, () => pairOf(setUp, arrays));
      for (let seed = first; seed < Math.min(first + CASES_TOGETHER, firstSeed + fuzzCases); seed++) {
        const random = new SeededRandom(seed);
        const file = randomRecords(random);
        const found = readBoth(random, file, random.pick(pairs), arrays);
        if (found !== "")
          expect.fail(
            `seed ${seed} of those from ${first} on: ${found}\n${JSON.stringify(file.toString("latin1"))}`,
          );
      }
      arrays.release();
      // gives forgotten kernels their turn to be freed
      await setImmediate();
    }
  }, 3_600_000);

  it(`finds what its twin finds in the objects of ${fuzzCases} random files, wherever they lie`, async () => {
    for (let first = firstSeed; first < firstSeed + fuzzCases; first += CASES_TOGETHER) {
      const arrays = new KernelArrays();
      const setUp = new SeededRandom(-first);
      const pairs = Array.from({ length: 6 }, () => pairOf(setUp, arrays));
      const room = arrays.bytes(1 << 17);
      for (let seed = first; seed < Math.min(first + CASES_TOGETHER, firstSeed + fuzzCases); seed++) {
        const random = new SeededRandom(seed);
        const file = randomRecords(random);
        room.set(file);
        const found = readObjects(
          random,
          file,
          random.chance(2) ? room : elsewhere(random, file),
          random.pick(pairs),
        );
        if (found !== "")
          expect.fail(
            `seed ${seed} of those from ${first} on: ${found}\n${JSON.stringify(file.toString("latin1"))}`,
          );
      }
      arrays.release();
      await setImmediate();
    }
  }, 3_600_000);

  it("reads plain records of any shape without its twin", () => {
    const lines = [
      '{"a":"x","user_id":"0123456789abcdef0123456789abcdef","n":1,"b":true}',
      '{"a":"y","user_id":"0123456789abcdef0123456789abcdef","n":-1.5e3,"b":null}',
      ' { "n" : 0 , "a" : "\\u00e9\\n" } ',
      "{}",
      "",
      '{"a":{"b":[1,{"c":[]}],"d":"é"},"user_id":[[],{}]}  trailing',
      '{"a":1,"a":"日本語 Привет 😀"}\r',
    ];
    const arrays = new KernelArrays();
    const text = encoder.encode(lines.join("\n"));
    const bytes = arrays.bytes(text.length);
    bytes.set(text);
    const table = new FieldTable(2, 16, arrays);
    const kernel = JsonKernel.create([encoder.encode("a"), encoder.encode("user_id")], 1000)!;
    expect(kernel.canRead(bytes, bytes.length)).toBe(true);
    expect(kernel.takes(table)).toBe(true);
    expect(kernel.run(0, bytes.length, 0, 16, 0)).toBe(6);
    expect(kernel.position).toBe(bytes.length);
    expect(kernel.line).toBe(7);
    arrays.release();
  });

  it("leaves bytes to its twin that end less than 64 bytes before the memory does", () => {
    const { memory } = kernels();
    const kernel = JsonKernel.create([encoder.encode("a")], 1000)!;
    const whole = new Uint8Array(memory.current());
    expect(kernel.canRead(whole, whole.length - 64)).toBe(true);
    expect(kernel.canRead(whole, whole.length - 63)).toBe(false);
  });

  it("is tried less and less often on records that it leaves", () => {
    const arrays = new KernelArrays();
    const text = encoder.encode("[]\n".repeat(2000));
    const bytes = arrays.bytes(text.length);
    bytes.set(text);
    const table = new FieldTable(1, 16, arrays);
    const kernel = JsonKernel.create([encoder.encode("a")], 1000)!;
    expect(kernel.canRead(bytes, bytes.length)).toBe(true);
    let runs = 0;
    for (let record = 0; record < 2000; record++) {
      if (!kernel.takes(table)) continue;
      kernel.run(record * 3, bytes.length, 0, 16, 0);
      runs++;
    }
    expect(runs).toBeLessThan(20);
    arrays.release();
  });
});
