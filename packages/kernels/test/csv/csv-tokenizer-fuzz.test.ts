import { describe, expect, it } from "vitest";
import {
  ByteArena,
  type CsvOptions,
  CsvTokenizer,
  decodeUtf8,
  FieldTable,
  KIND_MISSING,
  KIND_PLAIN,
  KIND_QUOTED,
  RECORD_OK,
} from "../../src/index.js";
import { firstSeed, fuzzCases, SeededRandom } from "../text/seeded-random.js";
import { type SlowRecord, slowCsv } from "./slow-csv.js";

const HANDLINGS = [
  "STOP_AT_DELIMITER",
  "STOP_AT_CLOSING_QUOTE",
  "SKIP_VALUE",
  "RAISE_ERROR",
  "BACK_TO_DELIMITER",
] as const;

const COLUMNS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];

function randomOptions(random: SeededRandom): CsvOptions {
  const multiLine = random.chance(2);
  return {
    multiLine,
    ...(random.chance(4) ? { separator: random.pick(["||", ";", "\t", "é"]) } : {}),
    ...(random.chance(3) ? { escape: random.pick(['"', "", "#"]) } : {}),
    ...(random.chance(8) ? { quote: random.pick(["", "'"]) } : {}),
    ...(random.chance(8) ? { charToEscapeQuoteEscaping: random.pick(["", "#"]) } : {}),
    ...(random.chance(5) ? { comment: "#" } : {}),
    ...(random.chance(4) ? { ignoreLeadingWhiteSpace: true } : {}),
    ...(random.chance(4) ? { ignoreTrailingWhiteSpace: true } : {}),
    ...(random.chance(5) ? { lineSeparator: random.pick(["\n", "$", "$a"]) } : {}),
    ...(random.chance(2) ? { unescapedQuoteHandling: random.pick(HANDLINGS) } : {}),
  };
}

function randomText(random: SeededRandom, options: CsvOptions): string {
  const separator = options.separator ?? ",";
  const lineEnds = [options.lineSeparator ?? random.pick(["\n", "\r\n", "\r"]), "\n", "\r"];
  const parts = [
    "a",
    "bc",
    "x y",
    " ",
    "é",
    "日",
    '"',
    '"',
    "\\",
    "#",
    "'",
    '""',
    '\\"',
    separator,
    separator,
  ];
  let text = "";
  for (let n = random.below(24); n > 0; n--) {
    if (random.chance(6)) text += random.chance(6) ? random.pick(lineEnds) : lineEnds[0];
    else if (random.chance(5)) text += `"${random.pick(["", "a", `a${separator}b`, "q\\\\"])}"${separator}`;
    else text += random.pick(parts);
  }
  return text;
}

/** Feeds a text in two chunks, split at `split`, with room for `rowLimit` rows a call, and collects the records. */
function readAll(text: string, options: CsvOptions, split: number, rowLimit: number): SlowRecord[] {
  const bytes = new TextEncoder().encode(text);
  const tokenizer = new CsvTokenizer(COLUMNS, options);
  const table = new FieldTable(COLUMNS.length, 2);
  const records: SlowRecord[] = [];
  let position = 0;
  for (const end of [split, bytes.length]) {
    // The second chunk is given in a larger memory, so that fast paths that load whole words may run.
    const memory = new Uint8Array(bytes.length + 16).fill(0x22);
    memory.set(bytes.subarray(0, end));
    for (;;) {
      position = tokenizer.tokenize(memory, position, end, end === bytes.length, table, rowLimit);
      for (let row = 0; row < table.rowCount; row++) records.push(rowOf(tokenizer, memory, table, row));
      if (table.rowCount === 0) break;
    }
  }
  if (position !== bytes.length) throw new Error(`${bytes.length - position} bytes are left`);
  return records;
}

function rowOf(tokenizer: CsvTokenizer, bytes: Uint8Array, table: FieldTable, row: number): SlowRecord {
  if (table.statuses[row] !== RECORD_OK) return "malformed";
  const values: (string | null)[] = [];
  const arena = new ByteArena();
  for (const column of table.columns) {
    const kind = column.kinds[row] as number;
    const start = column.starts[row] as number;
    const length = column.lengths[row] as number;
    if (kind === KIND_MISSING) {
      if (length !== -1) throw new Error("a missing value has a length");
    } else if (kind === KIND_PLAIN) values.push(length === 0 ? null : decodeUtf8(bytes, start, length));
    else if (kind === KIND_QUOTED) values.push(decodeUtf8(bytes, start, length));
    else {
      arena.clear();
      values.push(decodeUtf8(arena.bytes, 0, tokenizer.unescape(bytes, start, length, kind, arena)));
    }
  }
  const tokenCount = Math.min(table.tokenCounts[row] as number, COLUMNS.length);
  if (tokenCount !== values.length) throw new Error(`${tokenCount} tokens, but ${values.length} values`);
  return values;
}

function firstTen(records: SlowRecord[]): SlowRecord[] {
  return records.map((record) => (record === "malformed" ? record : record.slice(0, COLUMNS.length)));
}

describe("CsvTokenizer against a slow reader", () => {
  it(`reads ${fuzzCases} random texts alike, however they are split into chunks`, () => {
    for (let seed = firstSeed; seed < firstSeed + fuzzCases; seed++) {
      const random = new SeededRandom(seed);
      const options = randomOptions(random);
      const text = randomText(random, options);
      const expected = firstTen(slowCsv(text, options));
      const size = new TextEncoder().encode(text).length;
      const about = `seed ${seed}: ${JSON.stringify(text)} ${JSON.stringify(options)}`;
      const wanted = JSON.stringify(expected);
      for (let split = 0; split <= size; split++) {
        const records = readAll(text, options, split, split === 0 ? 1000 : 1 + (split % 3));
        // Comparing text is quick; the assertion then shows the difference.
        if (JSON.stringify(records) !== wanted)
          expect(records, `${about} split at ${split}`).toEqual(expected);
      }
    }
  }, 600_000);
});
