import { describe, expect, it } from "vitest";
import {
  ByteArena,
  CsvFieldWriter,
  CsvTokenizer,
  type CsvWriteOptions,
  decodeUtf8,
  FieldTable,
  KIND_QUOTED_ESCAPED,
} from "../../src/index.js";
import { firstSeed, fuzzCases, SeededRandom } from "../text/seeded-random.js";

const encoder = new TextEncoder();

function record(values: readonly (string | null)[], options: CsvWriteOptions = {}): string {
  const writer = new CsvFieldWriter(options);
  const arena = new ByteArena(1);
  for (const [i, value] of values.entries()) {
    if (i > 0) writer.separator(arena);
    if (value === null) {
      writer.nullField(arena);
    } else {
      const bytes = encoder.encode(value);
      writer.field(bytes, 0, bytes.length, arena);
    }
  }
  writer.lineEnd(arena);
  return decodeUtf8(arena.bytes, 0, arena.length);
}

describe("CsvFieldWriter", () => {
  it("puts values in quotes only when they need them", () => {
    expect(record(["a", "b c", "d,e", 'f"g', "h\ni", "j\\k"])).toBe('a,b c,"d,e","f\\"g","h\ni",j\\k\n');
  });

  it("escapes escapes inside quotes", () => {
    expect(record(["a\\b,c"])).toBe('"a\\\\b,c"\n');
    expect(record(['a"b'], { escape: '"' })).toBe('"a""b"\n');
  });

  it("writes null as nothing and the empty string as two quotes, by default", () => {
    expect(record([null, ""])).toBe(',""\n');
    expect(record([null, ""], { nullValue: "NULL", emptyValue: "-" })).toBe("NULL,-\n");
  });

  it("quoteAll puts every value in quotes", () => {
    expect(record(["a", null, ""], { quoteAll: true })).toBe('"a","",""\n');
  });

  it("leaves inner quotes alone without escapeQuotes, but not one at the start", () => {
    expect(record(['a"b', '"c'], { escapeQuotes: false })).toBe('a"b,"\\"c"\n');
  });

  it("puts a record's first value in quotes where it would begin a comment", () => {
    expect(record(["#a", "#b"])).toBe('"#a",#b\n');
    expect(record(["#a", ";b"], { comment: ";" })).toBe("#a,;b\n");
    expect(record([";a"], { comment: ";" })).toBe('";a"\n');
  });

  it("puts values in quotes that hold the line end", () => {
    expect(record(["a;b", "c\nd"], { lineSeparator: ";" })).toBe('"a;b","c\nd";');
    expect(record(["a;b", "a|b", "c\nd"], { lineSeparator: ";|" })).toBe('"a;b","a|b","c;|d";|');
  });

  it("drops white space around values unless told otherwise", () => {
    expect(record([" a ", "  "])).toBe('a,""\n');
    expect(record([" a "], { ignoreLeadingWhiteSpace: false, ignoreTrailingWhiteSpace: false })).toBe(
      " a \n",
    );
  });

  it("uses the separators and line ends that it is given", () => {
    expect(record(["a|", "b||c"], { separator: "||", lineSeparator: "\r\n" })).toBe('a|||"b||c"\r\n');
  });

  it(`writes ${fuzzCases} random records that read back the same`, () => {
    const table = new FieldTable(4, 1);
    const arena = new ByteArena();
    for (let seed = firstSeed; seed < firstSeed + fuzzCases; seed++) {
      const random = new SeededRandom(seed);
      const escape = random.pick(["\\", '"']);
      const values = Array.from({ length: 4 }, () => {
        let value = "x";
        for (let n = random.below(6); n > 0; n--)
          value += random.pick(["a", ",", '"', "\\", "\n", "\r", " ", "é"]);
        return `${value}y`;
      });
      const options = { escape, quoteAll: random.chance(3) };
      const bytes = encoder.encode(record(values, options));
      const tokenizer = new CsvTokenizer([0, 1, 2, 3], { escape, multiLine: true, lineSeparator: "\n" });
      tokenizer.tokenize(bytes, 0, bytes.length, true, table, 2);
      const found = table.columns.map(({ starts, lengths, kinds }) => {
        const start = starts[0] as number;
        const length = lengths[0] as number;
        if (kinds[0] !== KIND_QUOTED_ESCAPED) return decodeUtf8(bytes, start, length);
        arena.clear();
        return decodeUtf8(
          arena.bytes,
          0,
          tokenizer.unescape(bytes, start, length, KIND_QUOTED_ESCAPED, arena),
        );
      });
      if (JSON.stringify(found) !== JSON.stringify(values)) expect(found, `seed ${seed}`).toEqual(values);
    }
  });
});
