import { IntegerType, MapType, StringType, StructField, StructType, type Value } from "@ss/core";
import { describe, expect, it } from "vitest";
import { from_csv, from_json, lit, to_csv, to_json } from "../../src/dataframe/functions.js";
import { call, type Expression, literal } from "../../src/expression/expression.js";
import { evaluate, evaluateRows, input, type Settings } from "./evaluate.js";

const text = (value: string | null): Expression => literal(value, StringType);

function options(values: Readonly<Record<string, string>>): Expression {
  const map = { keys: Object.keys(values), values: Object.values(values) };
  return literal(map as unknown as Value, MapType(StringType, StringType));
}

function read(
  csv: string | null,
  schema: string,
  settings: Readonly<Record<string, string>> = {},
  session: Settings = {},
): Value {
  return evaluate(call("from_csv", text(csv), text(schema), options(settings)), session);
}

function struct(...values: readonly Expression[]): Expression {
  return call("named_struct", ...values.flatMap((value, k) => [text(`c${k}`), value]));
}

function write(
  value: Expression,
  settings: Readonly<Record<string, string>> = {},
  session: Settings = {},
): Value {
  return evaluate(call("to_csv", value, options(settings)), session);
}

const cast = (value: string, type: string): Expression => call(type, text(value));

function conditionOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return (error as { condition: string }).condition;
  }
  return "none";
}

describe("from_csv", () => {
  it("reads values of every type", () => {
    const schema =
      "a TINYINT, b SMALLINT, c INT, d BIGINT, e FLOAT, f DOUBLE, g DECIMAL(10,2), h DECIMAL(30,1), i BOOLEAN, j DATE, k TIMESTAMP, l TIMESTAMP_NTZ, m STRING, n INTERVAL DAY, o INTERVAL YEAR, p INTERVAL, q BINARY";
    const line =
      "-1,300,70000,9007199254740993,0.5,1e3,1.25,123456789012345678901.5,TRUE,1970-01-02,1970-01-01T00:00:01Z,1970-01-01 00:00:02,x y,3,2,1 month 2 days,ab";
    expect(read(line, schema)).toEqual([
      -1,
      300,
      70000,
      9007199254740993n,
      0.5,
      1000,
      125n,
      1234567890123456789015n,
      true,
      1,
      1_000_000n,
      2_000_000n,
      "x y",
      259_200_000_000n,
      24,
      { months: 1, days: 2, micros: 0n },
      Uint8Array.of(97, 98),
    ]);
  });

  it("gives null for null, and a row of nulls for an empty text", () => {
    expect(read(null, "a INT")).toBe(null);
    expect(read("", "a INT, b STRING")).toEqual([null, null]);
  });

  it("gives null for empty values, in quotes or not, unless nullValue or emptyValue say otherwise", () => {
    expect(read(',"",x', "a STRING, b STRING, c STRING")).toEqual([null, null, "x"]);
    expect(read(',"",x', "a STRING, b STRING, c STRING", { nullValue: "x" })).toEqual([null, "", null]);
    expect(read(',"",x', "a STRING, b STRING, c STRING", { emptyValue: "E" })).toEqual([null, "E", "x"]);
    expect(read("-,1", "a INT, b INT", { nullValue: "-" })).toEqual([null, 1]);
  });

  it("reads quotes and escapes, and line ends within a value as part of it", () => {
    expect(read('"a,b","say \\"hi\\"",c', "a STRING, b STRING, c STRING")).toEqual(["a,b", 'say "hi"', "c"]);
    expect(read('"a""b"', "a STRING", { escape: '"' })).toEqual(['a"b']);
    expect(read("a\nb,c", "a STRING, b STRING")).toEqual(["a\nb", "c"]);
    expect(read("'a|b'|\"2\"", "a STRING, b STRING", { sep: "|", quote: "'" })).toEqual(["a|b", '"2"']);
    expect(read('"1"||2', "a INT, b INT", { sep: "||" })).toEqual([1, 2]);
    expect(read("1\t2", "a INT, b INT", { delimiter: "\\t" })).toEqual([1, 2]);
    expect(read('"1\\"2",3', "a INT, b INT")).toEqual([null, 3]);
  });

  it("takes the first record of a text that holds several, which only U+FFFF and a stray quote can make", () => {
    const csv = input("csv", StringType);
    const settings = options({ unescapedQuoteHandling: "BACK_TO_DELIMITER", sep: "|", escape: '"' });
    const rows = [["x|y"], ['"a\uffffb\uffffc\uffffd""|"e"'], ["p|q"], [null], ["r"], ['"with ""|"1"']];
    expect(evaluateRows(call("from_csv", csv, text("a STRING, b STRING"), settings), [csv], rows)).toEqual([
      ["x", "y"],
      ["a", null],
      ["p", "q"],
      null,
      ["r", null],
      ['with "', "1"],
    ]);
  });

  it("ends records at U+FFFF wherever it stands, in columns as in single texts", () => {
    const csv = input("csv", StringType);
    const rows = ["a,b", "\uffff", "\uff01,c", "a\uffffb,c", "x,y", '"a\uffffb",c'].map((one) => [one]);
    const schema = text("a STRING, b STRING");
    expect(evaluateRows(call("from_csv", csv, schema), [csv], rows)).toEqual([
      ["a", "b"],
      [null, null],
      ["\uff01", "c"],
      ["a", null],
      ["x", "y"],
      ["a\uffffb", "c"],
    ]);
    for (const [one] of rows) {
      const single = evaluate(call("from_csv", text(one!), schema));
      expect(evaluateRows(call("from_csv", csv, schema), [csv], [[one!]])).toEqual([single]);
    }
  });

  it("has no record in a comment", () => {
    expect(read("#1", "a INT, _corrupt_record STRING", { comment: "#" })).toEqual([null, "#1"]);
    expect(read("#1", "a STRING")).toEqual(["#1"]);
  });

  it("drops blanks where it is told to", () => {
    expect(read(" 1 , x ", "a INT, b STRING")).toEqual([null, " x "]);
    const trims = { ignoreLeadingWhiteSpace: "true", ignoreTrailingWhiteSpace: "true" };
    expect(read(" 1 , x ", "a INT, b STRING", trims)).toEqual([1, "x"]);
    expect(read("1, 0.8", "a INT, b DOUBLE")).toEqual([1, 0.8]);
  });

  it("knows numbers that digits cannot write by the words of the options", () => {
    expect(read("NaN,Inf,-Infinity", "a DOUBLE, b FLOAT, c DOUBLE")).toEqual([
      Number.NaN,
      Infinity,
      -Infinity,
    ]);
    const words = { nanValue: "none", positiveInf: "max", negativeInf: "min" };
    expect(read("none,max,min", "a DOUBLE, b FLOAT, c DOUBLE", words)).toEqual([
      Number.NaN,
      Infinity,
      -Infinity,
    ]);
    expect(read("inf", "a DOUBLE")).toEqual([null]);
  });

  it("reads dates and timestamps by patterns, in a zone and a locale", () => {
    expect(read("26/08/2015", "t TIMESTAMP", { timestampFormat: "dd/MM/yyyy" })).toEqual([1440547200000000n]);
    expect(
      read("26/08/2015", "t TIMESTAMP", { timestampFormat: "dd/MM/yyyy", timeZone: "America/Los_Angeles" }),
    ).toEqual([1440572400000000n]);
    expect(read("02/01/1970", "d DATE", { dateFormat: "dd/MM/yyyy" })).toEqual([1]);
    expect(read("1970-01-02", "d DATE", { dateFormat: "dd/MM/yyyy" })).toEqual([null]);
    expect(
      read("1970-01-02", "d DATE", { dateFormat: "dd/MM/yyyy", enableDateTimeParsingFallback: "true" }),
    ).toEqual([1]);
    expect(read("02 janvier 1970", "d DATE", { dateFormat: "dd MMMM yyyy", locale: "fr" })).toEqual([1]);
  });

  it("looks at no pattern that no field needs", () => {
    expect(read("1", "a INT", { timestampFormat: "dd/MMMMM/yyyy" })).toEqual([1]);
  });

  it("reads TIMESTAMP as the session means it", () => {
    const conf = { "spark.sql.timestampType": "TIMESTAMP_NTZ" };
    const text = "1970-01-01 00:00:01";
    const session = { conf, timeZone: "America/Los_Angeles" };
    expect(read(`${text},${text}`, "a TIMESTAMP, b TIMESTAMP_LTZ", {}, session)).toEqual([
      1_000_000n,
      28_801_000_000n,
    ]);
  });

  it("reads decimals as the locale writes them", () => {
    expect(read('"1,000.5"', "a DECIMAL(10,2)")).toEqual([100050n]);
    expect(read('"1.000,5"', "a DECIMAL(10,2)", { locale: "de-DE" })).toEqual([100050n]);
  });

  it("keeps what can be read of a malformed record, and its text in the corrupt column", () => {
    const schema = "a INT, _corrupt_record STRING, b INT";
    expect(read("1,2", schema)).toEqual([1, null, 2]);
    expect(read("1", schema)).toEqual([1, "1", null]);
    expect(read("1,2,3", schema)).toEqual([1, "1,2,3", 2]);
    expect(read("x,2", schema)).toEqual([null, "x,2", 2]);
    expect(read("", schema)).toEqual([null, "", null]);
    expect(read("x,2", "a INT, bad STRING, b INT", { columnNameOfCorruptRecord: "bad" })).toEqual([
      null,
      "x,2",
      2,
    ]);
    const conf = { "spark.sql.columnNameOfCorruptRecord": "bad" };
    expect(read("x,2", "a INT, bad STRING, b INT", {}, { conf })).toEqual([null, "x,2", 2]);
  });

  it("fails at a malformed record in the mode FAILFAST, and shows what it could read", () => {
    expect(read("1,2", "a INT, b INT", { mode: "FAILFAST" })).toEqual([1, 2]);
    expect(read(null, "a INT, b INT", { mode: "failfast" })).toBe(null);
    expect(() => read("1,x", "a INT, b INT", { mode: "FAILFAST" })).toThrow(
      expect.objectContaining({
        condition: "MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION",
        parameters: { badRecord: "[1,null]", failFastMode: "FAILFAST" },
      }),
    );
  });

  it("reads one row after the other, nulls among them", () => {
    const csv = input("csv", StringType);
    const rows = [["1,a"], [null], ['2,"b\\"c"'], ["x"], ["3,d"]];
    expect(evaluateRows(call("from_csv", csv, text("n INT, s STRING")), [csv], rows)).toEqual([
      [1, "a"],
      null,
      [2, 'b"c'],
      [null, null],
      [3, "d"],
    ]);
  });

  it("refuses what it cannot do", () => {
    expect(conditionOf(() => read("1", "a INT", { mode: "DROPMALFORMED" }))).toBe("PARSE_MODE_UNSUPPORTED");
    expect(conditionOf(() => read("1", "a INT, _corrupt_record INT"))).toBe("INVALID_CORRUPT_RECORD_TYPE");
    expect(conditionOf(() => read("1", "ARRAY<INT>"))).toBe("INVALID_SCHEMA.NON_STRUCT_TYPE");
    expect(conditionOf(() => read("1", "a ARRAY<INT>"))).toBe("UNSUPPORTED_DATATYPE");
    expect(conditionOf(() => read("1", "a INT", { quote: "ab" }))).toBe("SS_INVALID_OPTION");
    expect(conditionOf(() => read("1", "a DATE", { dateFormat: "dd/MMMMM/yyyy" }))).toBe(
      "INCONSISTENT_BEHAVIOR_CROSS_VERSION.DATETIME_PATTERN_RECOGNITION",
    );
  });
});

describe("to_csv", () => {
  it("writes values of every type", () => {
    const values = [
      cast("1", "int"),
      cast("0.5", "double"),
      cast("true", "boolean"),
      cast("1970-01-02", "date"),
      cast("1970-01-01 00:00:01.5", "timestamp"),
      text("x"),
      call("array", cast("1", "int"), cast("2", "int")),
    ];
    expect(write(struct(...values))).toBe('1,0.5,true,1970-01-02,1970-01-01T00:00:01.500Z,x,"[1, 2]"');
  });

  it("writes nulls as nullValue and empty texts as emptyValue", () => {
    const row = struct(text(null), text(""), literal(null, StringType));
    expect(write(row)).toBe(',"",');
    expect(write(row, { nullValue: "-", emptyValue: "E" })).toBe("-,E,-");
  });

  it("puts separators, quotes and line ends in quotes", () => {
    expect(write(struct(text("a,b"), text('say "hi"'), text("a\nb"), text("c d")))).toBe(
      '"a,b","say \\"hi\\"","a\nb",c d',
    );
    expect(write(struct(text("a"), text("b")), { quoteAll: "true", sep: ";", quote: "'" })).toBe("'a';'b'");
    expect(write(struct(text("#a"), text("#b")))).toBe('"#a",#b');
  });

  it("drops blanks around values unless told not to", () => {
    expect(write(struct(text(" a ")))).toBe("a");
    const keeps = { ignoreLeadingWhiteSpace: "false", ignoreTrailingWhiteSpace: "false" };
    expect(write(struct(text(" a ")), keeps)).toBe(" a ");
  });

  it("writes dates and timestamps by patterns, in a zone and a locale", () => {
    const instant = struct(cast("2015-08-26 00:00:00", "timestamp"));
    expect(write(instant, { timestampFormat: "dd/MM/yyyy" })).toBe("26/08/2015");
    expect(write(instant, { timeZone: "America/Los_Angeles" })).toBe("2015-08-25T17:00:00.000-07:00");
    expect(write(struct(cast("1970-01-02", "date")), { dateFormat: "dd MMMM yyyy", locale: "fr" })).toBe(
      "02 janvier 1970",
    );
  });

  it("writes bytes in the style of the session", () => {
    const bytes = struct(cast("Ok", "binary"));
    const styled = (style: string): Value =>
      write(bytes, {}, { conf: { "spark.sql.binaryOutputStyle": style } });
    expect(write(bytes)).toBe("[4F 6B]");
    expect(styled("UTF-8")).toBe("Ok");
    expect(styled("HEX")).toBe("4F6B");
    expect(styled("BASE64")).toBe("T2s");
    expect(styled("BASIC")).toBe('"[79, 107]"');
  });

  it("writes one row after the other", () => {
    const [a, b] = [input("a", StringType), input("b", StringType)];
    const rows = [
      ["x", null],
      [null, "y z"],
      ["1,2", ""],
    ];
    expect(evaluateRows(call("to_csv", struct(a, b)), [a, b], rows)).toEqual(["x,", ",y z", '"1,2",""']);
  });

  it("takes structs alone", () => {
    expect(conditionOf(() => write(text("a")))).toBe("DATATYPE_MISMATCH.UNSUPPORTED_INPUT_TYPE");
    const nothing = literal(null, new StructType([StructField("a", StringType)]));
    expect(write(nothing)).toBe(null);
  });
});

describe("columns by functions", () => {
  it("read and write CSV and JSON with schemas as text or as types", () => {
    const schema = new StructType([StructField("n", IntegerType), StructField("s", StringType)]);
    const settings = { sep: "|" };
    expect(evaluate(from_csv(lit("1|x"), schema, settings).expression)).toEqual([1, "x"]);
    expect(evaluate(to_csv(from_csv(lit("1,x"), "n INT, s STRING"), settings).expression)).toBe("1|x");
    expect(evaluate(from_json(lit('{"n":1,"s":"x"}'), schema).expression)).toEqual([1, "x"]);
    expect(
      evaluate(to_json(from_json(lit('{"s":"x"}'), schema), { ignoreNullFields: "false" }).expression),
    ).toBe('{"n":null,"s":"x"}');
  });
});

describe("schema_of_csv", () => {
  const schemaOf = (csv: string, settings: Readonly<Record<string, string>> = {}): Value =>
    evaluate(call("schema_of_csv", text(csv), options(settings)));

  it("guesses the types of the values of a constant text", () => {
    expect(schemaOf("1,abc")).toBe("STRUCT<_c0: INT, _c1: STRING>");
    expect(schemaOf('5000000000,0.5,,"x"')).toBe(
      "STRUCT<_c0: BIGINT, _c1: DOUBLE, _c2: STRING, _c3: STRING>",
    );
    expect(schemaOf("true,2020-01-02,2020-01-02 03:04:05,NaN")).toBe(
      "STRUCT<_c0: BOOLEAN, _c1: DATE, _c2: TIMESTAMP, _c3: DOUBLE>",
    );
    expect(schemaOf("12345678901234567890")).toBe("STRUCT<_c0: DECIMAL(20,0)>");
  });

  it("heeds the options", () => {
    expect(schemaOf("1|x", { sep: "|" })).toBe("STRUCT<_c0: INT, _c1: STRING>");
    expect(schemaOf("02/01/1970", { dateFormat: "dd/MM/yyyy" })).toBe("STRUCT<_c0: DATE>");
    expect(schemaOf("2020-01-02", { preferDate: "false" })).toBe("STRUCT<_c0: TIMESTAMP>");
  });

  it("wants a constant text", () => {
    const csv = input("csv", StringType);
    expect(conditionOf(() => evaluateRows(call("schema_of_csv", csv), [csv], [["1"]]))).toBe(
      "DATATYPE_MISMATCH.NON_FOLDABLE_INPUT",
    );
    expect(conditionOf(() => evaluate(call("schema_of_csv", text(null))))).toBe(
      "DATATYPE_MISMATCH.UNEXPECTED_NULL",
    );
  });
});
