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
  KIND_QUOTED_ESCAPED,
  KIND_QUOTED_TAIL,
  RECORD_FIELD_TOO_LONG,
  RECORD_OK,
  RECORD_TOO_MANY_COLUMNS,
  RECORD_UNESCAPED_QUOTE,
} from "../../src/index.js";

const encoder = new TextEncoder();

type Values = (string | null)[] | number;

/** Reads a whole text; null is a value of no length without quotes, undefined a missing one, a number a status. */
function read(text: string, options: CsvOptions = {}, wanted: readonly number[] = [0, 1, 2, 3]): Values[] {
  const bytes = encoder.encode(text);
  const tokenizer = new CsvTokenizer(wanted, options);
  const table = new FieldTable(wanted.length, 1);
  expect(tokenizer.tokenize(bytes, 0, bytes.length, true, table, 100)).toBe(bytes.length);
  const arena = new ByteArena();
  return Array.from({ length: table.rowCount }, (_, row) => {
    const values = table.columns.map((column) => {
      const kind = column.kinds[row] as number;
      const start = column.starts[row] as number;
      const length = column.lengths[row] as number;
      if (kind === KIND_MISSING) return undefined;
      if (kind !== KIND_QUOTED_ESCAPED && kind !== KIND_QUOTED_TAIL) {
        return kind === KIND_PLAIN && length === 0 ? null : decodeUtf8(bytes, start, length);
      }
      arena.clear();
      return decodeUtf8(arena.bytes, 0, tokenizer.unescape(bytes, start, length, kind, arena));
    });
    const status = table.statuses[row] as number;
    return status === RECORD_OK ? values.filter((value) => value !== undefined) : status;
  });
}

describe("CSV records", () => {
  it("finds the wanted columns and counts all tokens", () => {
    const bytes = encoder.encode("a,b,c,d\n1,,3\nx\n");
    const table = new FieldTable(2, 1);
    new CsvTokenizer([1, 3]).tokenize(bytes, 0, bytes.length, true, table, 10);
    expect([...table.tokenCounts.subarray(0, 3)]).toEqual([4, 3, 1]);
    expect([...(table.columns[0]?.lengths.subarray(0, 3) ?? [])]).toEqual([1, 0, -1]);
    expect([...(table.columns[1]?.kinds.subarray(0, 3) ?? [])]).toEqual([
      KIND_PLAIN,
      KIND_MISSING,
      KIND_MISSING,
    ]);
  });

  it("tells an empty value in quotes from one without", () => {
    const bytes = encoder.encode('"",\n');
    const table = new FieldTable(2, 1);
    new CsvTokenizer([0, 1]).tokenize(bytes, 0, bytes.length, true, table, 10);
    expect(table.columns.map((column) => [column.kinds[0], column.lengths[0]])).toEqual([
      [KIND_QUOTED, 0],
      [KIND_PLAIN, 0],
    ]);
  });

  it("ends records at \\n, \\r\\n and \\r and skips empty and blank lines", () => {
    expect(read("a\r\nb\rc\n\n  \t\n\r\nd")).toEqual([["a"], ["b"], ["c"], ["d"]]);
  });

  it("counts lines, skipped ones too", () => {
    const bytes = encoder.encode("a\n\n#x\nb\n");
    const table = new FieldTable(1, 1);
    new CsvTokenizer([0], { comment: "#" }).tokenize(bytes, 0, bytes.length, true, table, 10);
    expect(table.rowCount).toBe(2);
    expect([...table.lineOffsets.subarray(0, 2)]).toEqual([0, 3]);
    expect(table.lineCount).toBe(4);
  });

  it("treats quotes as ordinary unless they open a value", () => {
    expect(read('a"b",c "d" e,"f"')).toEqual([['a"b"', 'c "d" e', "f"]]);
  });

  it("unescapes quotes and escapes, and nothing else", () => {
    expect(read('"a\\"b","c\\\\d","e\\nf"')).toEqual([['a"b', "c\\d", "e\\nf"]]);
    expect(read('"a""b",""""', { escape: '"' })).toEqual([['a"b', '"']]);
    expect(read('"a#"b##","c\\"', { escape: "#" })).toEqual([['a"b#', "c\\"]]);
    expect(read('"a\\\\b","c#\\"', { charToEscapeQuoteEscaping: "#" })).toEqual([["a\\\\b", "c\\"]]);
  });

  it("keeps doubled quotes as they stand when the escape is another character", () => {
    expect(read('"a""b",c')).toEqual([['"a""b"', "c"]]);
    expect(read('"a"",c')).toEqual([['a"', "c"]]);
  });

  it("drops white space behind closing quotes, and elsewhere on request", () => {
    const text = '"a"  , b ,"c" ';
    expect(read(text)).toEqual([["a", " b ", "c"]]);
    const trims = { ignoreLeadingWhiteSpace: true, ignoreTrailingWhiteSpace: true };
    expect(read(` ${text}`, trims)).toEqual([["a", "b", "c"]]);
    expect(read("  ,\t", trims)).toEqual([[null, null]]);
  });

  it("closes quotes that are open at the end of a line", () => {
    expect(read('"a,b\nc')).toEqual([["a,b"], ["c"]]);
    expect(read('a,"')).toEqual([["a", '"']]);
  });

  it("takes separators of several characters, and none from inside quotes", () => {
    expect(read('a|b||"c||d"||', { separator: "||" })).toEqual([["a|b", "c||d", null]]);
    expect(read("a\tb", { separator: "\t" })).toEqual([["a", "b"]]);
  });

  it("reads without quotes when there is no quote character", () => {
    expect(read('"a","b', { quote: "" })).toEqual([['"a"', '"b']]);
  });

  it("refuses options that it cannot serve", () => {
    expect(() => new CsvTokenizer([0], { quote: "''" })).toThrow(RangeError);
    expect(() => new CsvTokenizer([0], { quote: "«" })).toThrow(RangeError);
    expect(() => new CsvTokenizer([0], { separator: "" })).toThrow(RangeError);
    expect(() => new CsvTokenizer([1, 0])).toThrow(RangeError);
  });
});

describe("unescaped quotes", () => {
  const text = '"a"b,c",d\nx';

  it("STOP_AT_DELIMITER keeps the text with its quotes up to the next separator", () => {
    expect(read(text)).toEqual([['"a"b', 'c"', "d"], ["x"]]);
    expect(read('"a\\"b" c,d')).toEqual([['"a"b" c', "d"]]);
  });

  it("STOP_AT_CLOSING_QUOTE keeps inner quotes up to one that closes the value", () => {
    expect(read(text, { unescapedQuoteHandling: "STOP_AT_CLOSING_QUOTE" })).toEqual([['a"b,c', "d"], ["x"]]);
    expect(read('"a" b",c', { unescapedQuoteHandling: "STOP_AT_CLOSING_QUOTE" })).toEqual([['a" b', "c"]]);
  });

  it("SKIP_VALUE gives an empty value", () => {
    expect(read(text, { unescapedQuoteHandling: "SKIP_VALUE" })).toEqual([["", 'c"', "d"], ["x"]]);
  });

  it("RAISE_ERROR makes the record malformed, and only it", () => {
    expect(read(text, { unescapedQuoteHandling: "RAISE_ERROR" })).toEqual([RECORD_UNESCAPED_QUOTE, ["x"]]);
  });

  it("BACK_TO_DELIMITER takes the quote for the one that opens the value behind the last separator", () => {
    const options = { unescapedQuoteHandling: "BACK_TO_DELIMITER", separator: "|", escape: '"' } as const;
    expect(read('"one"|"with """|"1"|"other"', options)).toEqual([["one", 'with "', "1", "other"]]);
    expect(read('"with ""|"1"|"other"', options)).toEqual([['with "', "1", "other"]]);
    expect(read('"a\nb""|"c"', { ...options, multiLine: true })).toEqual([["a"], ['b"', "c"]]);
  });
});

describe("multiLine", () => {
  it("lets quoted values hold line ends, and records end as the first line does", () => {
    expect(read('a,"b\nc"\nd\re\n', { multiLine: true })).toEqual([["a", "b\nc"], ["d\re"]]);
    expect(read('a,"b\r\nc\rd"\r\ne\rf\ng', { multiLine: true })).toEqual([
      ["a", "b\nc\rd"],
      ["e\rf"],
      ["g"],
    ]);
    expect(read('a,"b\rc"\rd\ne', { multiLine: true })).toEqual([["a", "b\nc"], ["d"], ["e"]]);
  });

  it("keeps line ends inside quotes when the line end is given", () => {
    expect(read('a,"b\r\nc"\r\nd', { multiLine: true, lineSeparator: "\r\n" })).toEqual([
      ["a", "b\r\nc"],
      ["d"],
    ]);
  });

  it("skips empty lines, but not blank ones unless white space is dropped", () => {
    expect(read("a\n\n \nb", { multiLine: true })).toEqual([["a"], [" "], ["b"]]);
    expect(read("a\n \nb", { multiLine: true, ignoreLeadingWhiteSpace: true })).toEqual([["a"], ["b"]]);
  });

  it("counts the lines inside values, and forgets the line end on reset", () => {
    const bytes = encoder.encode('"a\r\nb"\r\nc\r\n');
    const tokenizer = new CsvTokenizer([0], { multiLine: true });
    const table = new FieldTable(1, 1);
    tokenizer.tokenize(bytes, 0, bytes.length, true, table, 10);
    expect([...table.lineOffsets.subarray(0, 2)]).toEqual([0, 2]);
    expect(table.lineCount).toBe(3);
    tokenizer.reset();
    const other = encoder.encode("a\rb\n");
    tokenizer.tokenize(other, 0, other.length, true, table, 10);
    expect(table.rowCount).toBe(2);
  });

  it("leaves a record for the next call while its quotes are open", () => {
    const bytes = encoder.encode('a\n"b\nc"\n');
    const tokenizer = new CsvTokenizer([0], { multiLine: true });
    const table = new FieldTable(1, 1);
    expect(tokenizer.tokenize(bytes, 0, 7, false, table, 10)).toBe(2);
    expect(tokenizer.tokenize(bytes, 2, 8, false, table, 10)).toBe(8);
  });
});

describe("limits", () => {
  it("more than maxColumns values make a record malformed", () => {
    expect(read("a,b\nc,d,e\nf", { maxColumns: 2 })).toEqual([["a", "b"], RECORD_TOO_MANY_COLUMNS, ["f"]]);
  });

  it("maxCharsPerColumn counts characters as Java does", () => {
    expect(read("abc,éé\nabcd\n😀x,éééé", { maxCharsPerColumn: 3 })).toEqual([
      ["abc", "éé"],
      RECORD_FIELD_TOO_LONG,
      RECORD_FIELD_TOO_LONG,
    ]);
    expect(read("😀x", { maxCharsPerColumn: 3 })).toEqual([["😀x"]]);
  });

  it("without countTokens the wanted columns are the same", () => {
    const text = 'a,b,c\n"x",y\n"p,q",r,"s\n';
    expect(read(text, { countTokens: false }, [0, 1])).toEqual(read(text, {}, [0, 1]));
  });
});
