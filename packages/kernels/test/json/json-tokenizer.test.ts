import { describe, expect, it } from "vitest";
import {
  decodeUtf8,
  describeRecordStatus,
  FieldTable,
  type JsonOptions,
  KIND_FALSE,
  KIND_FLOAT,
  KIND_INTEGER,
  KIND_MISSING,
  KIND_NON_NUMERIC,
  KIND_NULL,
  KIND_OBJECT,
  KIND_STRING,
  KIND_STRING_ESCAPED,
  KIND_TRUE,
  RECORD_CONTROL_CHARACTER,
  RECORD_INVALID_ESCAPE,
  RECORD_INVALID_NUMBER,
  RECORD_INVALID_UTF8,
  RECORD_NOT_AN_OBJECT,
  RECORD_OK,
  RECORD_TOO_DEEP,
  RECORD_UNEXPECTED_BYTE,
  RECORD_UNEXPECTED_END,
} from "../../src/index.js";
import { readLines, rowText, tokenizerOf } from "./read-rows.js";

const encoder = new TextEncoder();

function read(text: string, options: JsonOptions = {}): ReturnType<typeof readLines> {
  return readLines(text, ["a", "b"], tokenizerOf(["a", "b"], options));
}

describe("JSON lines", () => {
  it("finds wanted keys in any order, with any white space, and undefined where they are missing", () => {
    const text = '{"a":1,"b":"x"}\n{"b":"y","a":2}\n { "c" : [1, {"a":9}] , "a" : true } \n{}\n{"b":null}';
    expect(read(text)).toEqual([
      ["1", '"x"'],
      ["2", '"y"'],
      ["true", undefined],
      [undefined, undefined],
      [undefined, "null"],
    ]);
  });

  it("takes the last of several values of a key", () => {
    expect(read('{"a":1,"a":"two","b":1,"b":null}')).toEqual([['"two"', "null"]]);
  });

  it("matches keys with escapes", () => {
    expect(read('{"\\u0061":1,"\\u0062":2}')).toEqual([["1", "2"]]);
  });

  it("skips blank lines, and gives lines and spans of records", () => {
    const text = '\n  {"a":1}\r\n\t\r\n{"a":2} rest\n[]\n{"a"';
    const bytes = encoder.encode(text);
    const table = new FieldTable(2, 1);
    expect(tokenizerOf(["a", "b"]).tokenize(bytes, 0, bytes.length, true, table, 10)).toBe(bytes.length);
    const spans = Array.from({ length: table.rowCount }, (_, row) =>
      decodeUtf8(
        bytes,
        table.recordStarts[row] as number,
        (table.recordEnds[row] as number) - (table.recordStarts[row] as number),
      ),
    );
    expect(spans).toEqual(['  {"a":1}', '{"a":2} rest', '{"a"']);
    expect([...table.lineOffsets.subarray(0, 3)]).toEqual([1, 3, 5]);
    expect(table.lineCount).toBe(6);
    expect([...table.errorOffsets.subarray(0, 3)]).toEqual([-1, -1, bytes.length]);
  });

  it("ignores what follows the record's object, as Spark does", () => {
    expect(read('{"a":1} garbage\n{"a":2}}\n{"a":3}{"a":4}')).toEqual([
      ["1", undefined],
      ["2", undefined],
      ["3", undefined],
    ]);
  });

  it("gives a row per element of a top-level array, or one malformed row", () => {
    expect(read('[{"a":1}, {"a":2}]\n[ ]\n[{"a":3},4]\n[{"a":5},{"a":]\n[null]\n{"a":6}')).toEqual([
      ["1", undefined],
      ["2", undefined],
      RECORD_NOT_AN_OBJECT,
      RECORD_UNEXPECTED_BYTE,
      RECORD_NOT_AN_OBJECT,
      ["6", undefined],
    ]);
  });

  it("never splits the rows of an array between calls, and grows the table for them", () => {
    const array = `[${Array.from({ length: 100 }, (_, i) => `{"a":${i}}`).join(",")}]`;
    expect(readLines(`{"a":-1}\n${array}\n{"a":-2}`, ["a"], tokenizerOf(["a"]), 0, 2)).toHaveLength(102);
  });

  it("leaves an incomplete line for the next call", () => {
    const bytes = encoder.encode('{"a":1}\n{"a":2}');
    const table = new FieldTable(2, 1);
    const tokenizer = tokenizerOf(["a", "b"]);
    expect(tokenizer.tokenize(bytes, 0, bytes.length, false, table, 10)).toBe(8);
    expect(table.rowCount).toBe(1);
    expect(tokenizer.tokenize(bytes, 8, bytes.length, true, table, 10)).toBe(15);
    expect(rowText(bytes, table, 0)).toEqual(["2", undefined]);
  });

  it("says why a record is malformed", () => {
    const reasons: [string, number][] = [
      ['{"a":1', RECORD_UNEXPECTED_END],
      ['{"a":"x', RECORD_UNEXPECTED_END],
      ['{"a":[1,{"b":2}', RECORD_UNEXPECTED_END],
      ['{"a" 1}', RECORD_UNEXPECTED_BYTE],
      ['{"a":1,}', RECORD_UNEXPECTED_BYTE],
      ["{a:1}", RECORD_UNEXPECTED_BYTE],
      ['{"c":[1,]}', RECORD_UNEXPECTED_BYTE],
      ['{"c":[1}}', RECORD_UNEXPECTED_BYTE],
      ['{"c":truex}', RECORD_UNEXPECTED_BYTE],
      ['{"c":/* no */1}', RECORD_UNEXPECTED_BYTE],
      ['{"c":"\\x"}', RECORD_INVALID_ESCAPE],
      ['{"c":"\\u12g4"}', RECORD_INVALID_ESCAPE],
      ['{"c":"\u0001"}', RECORD_CONTROL_CHARACTER],
      ['{"c":01}', RECORD_INVALID_NUMBER],
      ['{"c":-}', RECORD_INVALID_NUMBER],
      ['{"c":1.}', RECORD_INVALID_NUMBER],
      ['{"c":1e+}', RECORD_INVALID_NUMBER],
      ['"text"', RECORD_NOT_AN_OBJECT],
      ["null", RECORD_NOT_AN_OBJECT],
    ];
    for (const [text, status] of reasons) {
      expect(read(`${text}\n{"a":1}`), text).toEqual([status, ["1", undefined]]);
      expect(read(text), text).toEqual([status]);
    }
    expect(describeRecordStatus(RECORD_INVALID_NUMBER)).toBe("invalid number");
  });

  it("refuses invalid UTF-8 in strings and keys, wanted or not", () => {
    for (const text of ['{"a":"?"}', '{"zz":"?"}', '{"?":1}', '{"c":["?"]}']) {
      const bytes = encoder.encode(text).map((byte) => (byte === 0x3f ? 0xff : byte));
      const table = new FieldTable(1, 1);
      tokenizerOf(["a"]).tokenize(bytes, 0, bytes.length, true, table, 1);
      expect(table.statuses[0], text).toBe(RECORD_INVALID_UTF8);
    }
  });

  it("bounds the depth of nesting, the record's object included", () => {
    const nested = (depth: number): string => `{"a":${"[".repeat(depth - 1)}${"]".repeat(depth - 1)}}`;
    expect(read(nested(1000))).toEqual([["[".repeat(999) + "]".repeat(999), undefined]]);
    expect(read(nested(1001))).toEqual([RECORD_TOO_DEEP]);
    expect(read(nested(4), { maxNestingDepth: 3 })).toEqual([RECORD_TOO_DEEP]);
  });

  it("ends lines only at the separator when there is one", () => {
    expect(read('{"a":\n1};;{"a":2};;', { lineSeparator: encoder.encode(";;") })).toEqual([
      ["1", undefined],
      ["2", undefined],
    ]);
  });

  it("tells kinds apart", () => {
    const values = '"s","\\n",1,-1.5,1e3,NaN,-INF,true,false,null,{}'.split(",");
    const keys = values.map((_, i) => `k${i}`);
    const text = `{${values.map((value, i) => `"k${i}":${value}`).join(",")}}`;
    const bytes = encoder.encode(text);
    const table = new FieldTable(keys.length + 1, 1);
    tokenizerOf([...keys, "other"]).tokenize(bytes, 0, bytes.length, true, table, 1);
    expect(table.statuses[0]).toBe(RECORD_OK);
    expect(table.columns.map((column) => column.kinds[0])).toEqual([
      KIND_STRING,
      KIND_STRING_ESCAPED,
      KIND_INTEGER,
      KIND_FLOAT,
      KIND_FLOAT,
      KIND_NON_NUMERIC,
      KIND_NON_NUMERIC,
      KIND_TRUE,
      KIND_FALSE,
      KIND_NULL,
      KIND_OBJECT,
      KIND_MISSING,
    ]);
  });

  it("reads records of thousands of different keys", () => {
    const lines = Array.from({ length: 3000 }, (_, i) => `{"key-${i}":${i},"a":${i},"other-${i}":"x"}`);
    expect(read(lines.join("\n"))).toEqual(lines.map((_, i) => [`${i}`, undefined]));
  });

  it("refuses wanted keys that are not distinct, and tables of another width", () => {
    expect(() => tokenizerOf(["a", "a"])).toThrow(RangeError);
    expect(() => tokenizerOf(["a"]).tokenize(new Uint8Array(1), 0, 1, true, new FieldTable(2, 1), 1)).toThrow(
      RangeError,
    );
  });
});

describe("options", () => {
  const cases: [keyof JsonOptions, boolean, string, string][] = [
    ["allowSingleQuotes", true, "{'a':'it\\'s \"x\"'}", '"it\'s \\"x\\""'],
    ["allowNonNumericNumbers", true, '{"a":-Infinity}', "-Infinity"],
    ["allowNonNumericNumbers", true, '{"a":+INF}', "+INF"],
    ["allowNonNumericNumbers", true, '{"a":Infinity}', "Infinity"],
    ["allowNumericLeadingZeros", false, '{"a":-007}', "-007"],
    ["allowUnquotedFieldNames", false, "{a:1}", "1"],
    ["allowUnquotedControlChars", false, '{"a":"x\ty"}', '"x\\ty"'],
    ["allowBackslashEscapingAnyCharacter", false, '{"a":"\\q\\é"}', '"qé"'],
    ["allowComments", false, '{/* " */"a":/**/1 /*}*/,"c":2}// x', "1"],
  ];
  for (const [option, standard, text, value] of cases) {
    it(`${option}, ${standard} by default, decides about ${text}`, () => {
      expect(read(text, { [option]: true })).toEqual([[value, undefined]]);
      expect(typeof read(text, { [option]: false })[0]).toBe("number");
      expect(read(text)).toEqual(read(text, { [option]: standard }));
    });
  }

  it("a line comment or an escape does not reach past the end of its line", () => {
    const options = { allowComments: true, allowBackslashEscapingAnyCharacter: true };
    expect(read('{"a":1, // x\n{"a":2}\n{"a":"\\\n{"a":3}', options)).toEqual([
      RECORD_UNEXPECTED_END,
      ["2", undefined],
      RECORD_UNEXPECTED_END,
      ["3", undefined],
    ]);
  });
});

describe("documents and spans", () => {
  it("reads a document that spans lines, and does not carry that over to lines", () => {
    const tokenizer = tokenizerOf(["a", "b"]);
    const table = new FieldTable(2, 1);
    const bytes = encoder.encode('[\n {\n  "a":\n 1,\n  "b": 2\n },\n {"a":\n3}\n]\n trailing');
    tokenizer.tokenizeDocument(bytes, 0, bytes.length, table);
    expect([rowText(bytes, table, 0), rowText(bytes, table, 1)]).toEqual([
      ["1", "2"],
      ["3", undefined],
    ]);
    expect(table.rowCount).toBe(2);
    expect(table.recordEnds[1]).toBe(bytes.length);
    expect(readLines('{\n  "a":\n 1}', ["a", "b"], tokenizer)).toHaveLength(3);
    tokenizer.tokenizeDocument(bytes, 0, 0, table);
    expect(table.rowCount).toBe(0);
  });

  it("reads one object into a row of the caller's", () => {
    const tokenizer = tokenizerOf(["a"]);
    const table = new FieldTable(1, 1);
    const bytes = encoder.encode(' {"a":1} | [{"a":1}]');
    expect(tokenizer.tokenizeObject(bytes, 0, 8, table, 3)).toBe(RECORD_OK);
    expect(rowText(bytes, table, 3)).toEqual(["1"]);
    expect(tokenizer.tokenizeObject(bytes, 0, 6, table, 1)).toBe(RECORD_UNEXPECTED_END);
    expect(tokenizer.tokenizeObject(bytes, 11, 20, table, 0)).toBe(RECORD_NOT_AN_OBJECT);
    expect(tokenizer.tokenizeObject(bytes, 0, 0, table, 0)).toBe(RECORD_UNEXPECTED_END);
  });

  it("reads a column of nested objects", () => {
    const bytes = encoder.encode('{"o":{"x":1,"y":"\\n"}}\n{"o":5}\n{}\n{"o":{"y":2}}\n');
    const outer = new FieldTable(1, 4);
    tokenizerOf(["o"]).tokenize(bytes, 0, bytes.length, true, outer, 4);
    const inner = new FieldTable(2, 1);
    tokenizerOf(["x", "y"]).tokenizeColumn(bytes, outer.columns[0] as (typeof outer.columns)[0], 4, inner);
    expect([0, 1, 2, 3].map((row) => rowText(bytes, inner, row))).toEqual([
      ["1", '"\\n"'],
      [undefined, undefined],
      [undefined, undefined],
      [undefined, "2"],
    ]);
  });
});
