import { describe, expect, it } from "vitest";
import {
  type CsvOptions,
  CsvTokenizer,
  FieldTable,
  KernelArrays,
  KIND_MISSING,
  RECORD_OK,
} from "../../src/index.js";
import { firstSeed, fuzzCases, SeededRandom } from "../text/seeded-random.js";

const HANDLINGS = [
  "STOP_AT_DELIMITER",
  "STOP_AT_CLOSING_QUOTE",
  "SKIP_VALUE",
  "RAISE_ERROR",
  "BACK_TO_DELIMITER",
] as const;

function randomOptions(random: SeededRandom): CsvOptions {
  const countTokens = !random.chance(4);
  return {
    countTokens,
    multiLine: random.chance(2),
    ...(random.chance(4) ? { separator: random.pick(["||", ";", "\t", "é", " ", '"', "\\"]) } : {}),
    ...(random.chance(3) ? { escape: random.pick(['"', "", "#", "\n"]) } : {}),
    ...(random.chance(6) ? { quote: random.pick(["", "'", "\t", ","]) } : {}),
    ...(random.chance(6) ? { charToEscapeQuoteEscaping: random.pick(["", "#", '"', "'"]) } : {}),
    ...(random.chance(5) ? { comment: random.pick(["#", "é", '"', "a", " "]) } : {}),
    ...(random.chance(4) ? { ignoreLeadingWhiteSpace: true } : {}),
    ...(random.chance(4) ? { ignoreTrailingWhiteSpace: true } : {}),
    ...(random.chance(5) ? { lineSeparator: random.pick(["\n", "\r", "\r\n", "$", "$a", "a"]) } : {}),
    ...(random.chance(6) ? { maxCharsPerColumn: random.below(6) } : {}),
    // values that are not counted may pass these limits unseen
    ...(countTokens && random.chance(6) ? { maxColumns: 1 + random.below(4) } : {}),
    ...(countTokens && random.chance(2) ? { unescapedQuoteHandling: random.pick(HANDLINGS) } : {}),
  };
}

function randomBytes(random: SeededRandom, options: CsvOptions): Uint8Array {
  const separator = options.separator ?? ",";
  const quote = options.quote ?? '"';
  const lineEnd = options.lineSeparator ?? random.pick(["\n", "\n", "\r\n", "\r"]);
  const rarely = 2 + random.below(20);
  const columns = 1 + random.below(9);
  let text = "";
  for (let records = random.below(12); records > 0; records--) {
    if (random.chance(rarely)) text += random.pick(["", " ", "\t ", "#x", lineEnd]);
    for (let column = columns; column > 0; column--) {
      let value = "abcdefghijklmnopqrstuvwxyz0123456789".slice(0, random.below(random.chance(8) ? 36 : 9));
      if (random.chance(rarely)) value += random.pick(["é", "日", " ", '"', "\\", "#", "'", "\r", "\0"]);
      if (random.chance(4)) {
        if (random.chance(3))
          value += random.pick([separator, '""', '\\"', "\\\\", lineEnd, "\n", "\r\n", '#"', "q"]);
        value = quote + value + quote;
        if (random.chance(rarely)) value += random.pick([" ", "x", quote]);
      }
      if (random.chance(rarely)) value = ` ${value} `;
      text += value + (column > 1 ? separator : "");
    }
    text += random.chance(rarely) ? random.pick(["\n", "\r", "\r\n", lineEnd + lineEnd]) : lineEnd;
  }
  if (random.chance(3)) text = text.slice(0, random.below(text.length + 1));
  const bytes = new TextEncoder().encode(text);
  const signs = new TextEncoder().encode(`,"\\\n\r# \t;'|$a\0${separator}${quote}`);
  for (let count = random.chance(3) ? random.below(6) : 0; count > 0 && bytes.length > 0; count--) {
    bytes[random.below(bytes.length)] = signs[random.below(signs.length)]!;
  }
  return bytes;
}

/** All that a tokeniser says of an input, call by call, when it comes in chunks that end at `ends`. */
function reading(
  input: Uint8Array,
  options: CsvOptions,
  wanted: readonly number[],
  ends: readonly number[],
  rowLimit: number,
  arrays: KernelArrays | undefined,
  blockSize: number,
): unknown[] {
  const tokenizer = new CsvTokenizer(wanted, options);
  const table = new FieldTable(wanted.length, 2, arrays);
  // The input lies at the end of a block: only the 64 bytes behind it may be looked at.
  const memory = arrays === undefined ? new Uint8Array(blockSize) : arrays.bytes(blockSize);
  const shift = blockSize - 64 - input.length;
  const seen: unknown[] = [];
  let position = shift;
  for (const end of ends) {
    memory.fill(0x22);
    memory.set(input.subarray(0, end), shift);
    for (let calls = 0; ; calls++) {
      position = tokenizer.tokenize(memory, position, shift + end, end === input.length, table, rowLimit);
      seen.push([position, table.rowCount, table.lineCount]);
      for (let row = 0; row < table.rowCount; row++) seen.push(rowOf(table, row, options));
      if (table.rowCount === 0 || calls > 1000) break;
    }
  }
  if (arrays !== undefined) arrays.free(memory);
  return seen;
}

function rowOf(table: FieldTable, row: number, options: CsvOptions): unknown[] {
  const fields = table.columns.map(({ starts, lengths, kinds }) =>
    kinds[row] === KIND_MISSING ? lengths[row] : [starts[row], lengths[row], kinds[row]],
  );
  const { recordStarts, recordEnds, statuses, errorOffsets, tokenCounts, lineOffsets } = table;
  return [
    recordStarts[row],
    recordEnds[row],
    statuses[row],
    errorOffsets[row],
    options.countTokens === false && statuses[row] === RECORD_OK ? -1 : tokenCounts[row],
    lineOffsets[row],
    ...fields,
  ];
}

describe("the CSV kernel", () => {
  it(`finds what its twin finds in ${fuzzCases} random texts from seed ${firstSeed} on, cut anywhere`, () => {
    const arrays = new KernelArrays();
    for (let seed = firstSeed; seed < firstSeed + fuzzCases; seed++) {
      const random = new SeededRandom(seed);
      const options = randomOptions(random);
      const input = randomBytes(random, options);
      const wanted = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].filter(() => random.chance(2));
      const cuts = Array.from({ length: random.below(4) }, () => random.below(input.length + 1));
      const ends = [...cuts.sort((a, b) => a - b), input.length];
      const rowLimit = random.pick([1, 2, 3, 100]);
      const blockSize = 2 ** (32 - Math.clz32(input.length + 63));
      const twin = reading(input, options, wanted, ends, rowLimit, undefined, blockSize);
      const found = reading(input, options, wanted, ends, rowLimit, arrays, blockSize);
      // Comparing text is quick; the assertion then shows the difference.
      if (JSON.stringify(found) === JSON.stringify(twin)) continue;
      const text = JSON.stringify(new TextDecoder().decode(input));
      expect(found, `seed ${seed}: ${text} ${JSON.stringify({ options, wanted, ends, rowLimit })}`).toEqual(
        twin,
      );
    }
    arrays.release();
  }, 3_600_000);
});
