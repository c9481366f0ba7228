import {
  ArrayType,
  BinaryType,
  DateType,
  DecimalType,
  DoubleType,
  IntegerType,
  LongType,
  StringType,
  TimestampType,
  type Value,
} from "@ss/core";
import { describe, expect, it } from "vitest";
import type { Expression } from "../../src/expression/expression.js";
import { call, evaluate, evaluateRows, input, literal, type Settings } from "./evaluate.js";

const int = (v: number | null): Expression => literal(v, IntegerType);
const long = (v: bigint): Expression => literal(v, LongType);
const text = (v: string | null): Expression => literal(v, StringType);
const double = (v: number): Expression => literal(v, DoubleType);
const date = (days: number): Expression => literal(days, DateType);
const ints = (...v: (number | null)[]): Expression => literal(v, ArrayType(IntegerType));
const texts = (...v: (string | null)[]): Expression => literal(v, ArrayType(StringType));

/** Checks a call over rows, where generated code sees columns instead of constants, too. */
function table(
  name: string,
  cases: readonly (readonly [name: string, args: readonly Expression[], expected: Value])[],
  settings: Settings = {},
): void {
  describe(name, () => {
    it.each(cases)("%s", (fn, args, expected) => {
      expect(evaluate(call(fn, ...args), settings)).toEqual(expected);
      const columns = args.map((arg, k) => (arg.kind === "literal" && k === 0 ? input("x", arg.type) : arg));
      const first = args[0];
      if (first?.kind !== "literal") return;
      const rows = evaluateRows(
        call(fn, ...columns),
        [columns[0] as never],
        [[first.value], [first.value]],
        settings,
      );
      expect(rows).toEqual([expected, expected]);
    });
  });
}

table("texts", [
  ["length", [text("Spark \u{1F600}")], 7],
  ["substring", [text("Spark SQL"), int(5)], "k SQL"],
  ["substring", [text("Spark SQL"), int(-3)], "SQL"],
  ["substring", [text("Spark SQL"), int(5), int(1)], "k"],
  ["substring", [text("äöü"), int(2), int(1)], "ö"],
  ["substring", [text("abc"), int(-5), int(4)], "ab"],
  ["upper", [text("straße")], "STRASSE"],
  ["initcap", [text("sPark sql")], "Spark Sql"],
  ["trim", [text("    SparkSQL   ")], "SparkSQL"],
  ["lpad", [text("hi"), int(5), text("??")], "???hi"],
  ["rpad", [text("hi"), int(1), text("??")], "h"],
  ["translate", [text("AaBbCc"), text("abc"), text("123")], "A1B2C3"],
  ["instr", [text("SparkSQL"), text("SQL")], 6],
  ["substring_index", [text("www.apache.org"), text("."), int(2)], "www.apache"],
  ["split_part", [text("11.12.13"), text("."), int(3)], "13"],
  ["find_in_set", [text("ab"), text("abc,b,ab,c,def")], 3],
  ["levenshtein", [text("kitten"), text("sitting")], 3],
  ["soundex", [text("Miller")], "M460"],
  ["luhn_check", [text("79927398713")], true],
  ["concat", [text("Spark"), text("SQL")], "SparkSQL"],
  ["concat_ws", [text("/"), text("foo"), text(null), text("bar")], "foo/bar"],
  ["startswith", [text("Spark SQL"), text("Spark")], true],
  ["contains", [text("Spark SQL"), text("rk S")], true],
  ["endswith", [text("Spark SQL"), text("sql")], false],
  ["format_number", [double(12332.123456), int(4)], "12,332.1235"],
  ["format_string", [text("Hello World %d %s"), int(100), text("days")], "Hello World 100 days"],
  ["mask", [text("abcd-EFGH-8765-4321")], "xxxx-XXXX-nnnn-nnnn"],
  ["hex", [long(17n)], "11"],
  ["base64", [text("Spark SQL")], "U3BhcmsgU1FM"],
  ["sha2", [text("Spark"), int(256)], "529bc3b07127ecb7e53a4dcf1991d9152c24537d919178022b2c42657f79a26b"],
]);

table("patterns", [
  ["like", [text("Spark"), text("_park")], true],
  ["like", [text("Spark SQL"), text("Spark%")], true],
  ["like", [text("Spark SQL"), text("%SQL")], true],
  ["like", [text("Spark SQL"), text("%rk%")], true],
  ["like", [text("aa"), text("a%a%a")], false],
  ["like", [text("%x"), text("/%x"), text("/")], true],
  ["ilike", [text("Spark"), text("_PARK")], true],
  ["rlike", [text("a\nb"), text("^a$")], false],
  ["rlike", [text("b\n"), text("b$")], true],
  ["rlike", [text("Abc"), text("(?i)^\\p{Lower}+$")], true],
  ["regexp_extract", [text("100-200"), text("(\\d+)-(\\d+)"), int(1)], "100"],
  ["regexp_replace", [text("100-200"), text("(\\d+)-(\\d+)"), text("$2\\$$1")], "200$100"],
  ["regexp_count", [text("abcdefghijklmnopqrstuvwxyz"), text("[a-z]{3}")], 8],
  ["split", [text("oneAtwoBthreeC"), text("[ABC]")], ["one", "two", "three", ""]],
  ["split", [text("oneAtwoBthreeC"), text("[ABC]"), int(2)], ["one", "twoBthreeC"]],
  ["split", [text(" a  b "), text(" ")], ["", "a", "", "b", ""]],
  ["split", [text(" a \tb\n"), text("\\s")], ["", "a", "", "b", ""]],
  ["split", [text(" a \tb\n"), text("\\s+")], ["", "a", "b", ""]],
  ["split", [text("a,b; c"), text("[,;\\s]+"), int(2)], ["a", "b; c"]],
  ["split", [text("a--b---c"), text("-+")], ["a", "b", "c"]],
  ["split", [text("a::b::c"), text("::"), int(2)], ["a", "b::c"]],
  ["split", [text("a,b,c"), text(","), int(1)], ["a,b,c"]],
  ["split", [text("a1b2"), text("[0-9]")], ["a", "b", ""]],
  ["split", [text("a\tb"), text("\\t")], ["a", "b"]],
  ["split", [text("a.b"), text("\\.")], ["a", "b"]],
  ["split", [text("a, b,c, "), text(", ")], ["a", "b,c", ""]],
  ["split", [text("aaa"), text("aa")], ["", "a"]],
  ["split", [text("1||2|3"), text("\\|\\|")], ["1", "2|3"]],
  ["split", [text("löwe und bär"), text("ö")], ["l", "we und bär"]],
  ["split", [text("a\\b"), text("\\\\")], ["a", "b"]],
  ["split", [text(""), text("::")], [""]],
]);

table("dates", [
  ["year", [date(16899)], 2016],
  ["quarter", [date(16899)], 2],
  ["dayofweek", [date(0)], 5],
  ["weekday", [date(0)], 3],
  ["weekofyear", [date(16899)], 14],
  ["date_add", [date(0), int(31)], 31],
  ["datediff", [date(16899), date(16898)], 1],
  ["add_months", [date(17044), int(1)], 17074],
  ["last_day", [date(14256)], 14275],
  ["next_day", [date(16449), text("TU")], 16455],
  ["trunc", [date(18112), text("week")], 18106],
  ["months_between", [text("1997-02-28 10:30:00"), text("1996-10-30")], 3.94959677],
  ["make_date", [int(2013), int(7), int(15)], 15901],
]);

const micros = (v: bigint): Expression => literal(v, TimestampType);
table(
  "times",
  [
    ["hour", [micros(1460077323500000n)], 18],
    ["minute", [micros(1460077323500000n)], 2],
    ["second", [micros(-1n)], 59],
    ["date_trunc", [text("DD"), micros(1460077323500000n)], 1460012400000000n],
    ["date_format", [micros(1460077323500000n), text("yyyy-MM-dd HH")], "2016-04-07 18"],
    ["to_timestamp", [text("2016-12-31"), text("yyyy-MM-dd")], 1483171200000000n],
    ["unix_timestamp", [text("2016-04-08"), text("yyyy-MM-dd")], 1460098800n],
    ["from_unixtime", [long(0n)], "1969-12-31 16:00:00"],
    ["from_utc_timestamp", [text("2016-08-31"), text("Asia/Seoul")], 1472659200000000n],
    ["timestamp_millis", [long(1230219000123n)], 1230219000123000n],
    ["unix_seconds", [micros(-1n)], -1n],
  ],
  { timeZone: "America/Los_Angeles" },
);

table("numbers", [
  ["round", [double(2.5), int(0)], 3],
  ["bround", [double(2.5), int(0)], 2],
  ["round", [literal(12345n, DecimalType(5, 3)), int(1)], 123n],
  ["ceil", [double(-0.1)], 0n],
  ["floor", [double(-0.1)], -1n],
  ["abs", [int(-1)], 1],
  ["conv", [text("-10"), int(16), int(-10)], "-16"],
  ["bin", [long(-13n)], "1111111111111111111111111111111111111111111111111111111111110011"],
  ["factorial", [int(5)], 120n],
  ["ln", [double(0)], null],
  ["shiftrightunsigned", [int(-4), int(28)], 15],
  ["bit_count", [long(-1n)], 64],
  ["width_bucket", [double(5.3), double(0.2), double(10.6), int(5)], 3n],
]);

table("arrays", [
  ["array_contains", [ints(1, null), int(2)], null],
  ["array_distinct", [ints(1, 2, null, 1, null)], [1, 2, null]],
  ["array_union", [ints(1, 2), ints(2, 3)], [1, 2, 3]],
  ["array_except", [ints(1, 2, 3), ints(1, 3, 5)], [2]],
  ["array_max", [ints(1, 20, null, 3)], 20],
  ["sort_array", [texts("b", "d", null, "c", "a")], [null, "a", "b", "c", "d"]],
  ["array_join", [texts("hello", null, "world"), text(" "), text(",")], "hello , world"],
  ["slice", [ints(1, 2, 3, 4), int(-2), int(2)], [3, 4]],
  ["array_insert", [ints(5, 3, 2, 1), int(-4), int(4)], [5, 4, 3, 2, 1]],
  ["element_at", [ints(1, 2, 3), int(-1)], 3],
  ["size", [ints(1, 2)], 2],
  ["sequence", [int(5), int(1)], [5, 4, 3, 2, 1]],
]);

table("JSON and URLs", [
  ["get_json_object", [text('{"a":"b"}'), text("$.a")], "b"],
  ["get_json_object", [text('[{"a":"b"},{"a":"c"}]'), text("$[*].a")], '["b","c"]'],
  ["json_array_length", [text("[1,2")], null],
  ["from_json", [text('{"a":1, "b":0.8}'), text("a INT, b DOUBLE")], [1, 0.8]],
  [
    "from_json",
    [
      text('{"s":"x\\"y", "t":"2016-04-08T00:00:00Z", "n":9007199254740993}'),
      text("n BIGINT, s STRING, t TIMESTAMP, missing STRING"),
    ],
    [9007199254740993n, 'x"y', 1460073600000000n, null],
  ],
  ["from_json", [text('{"a": "no number", "b": 1}'), text("a INT, b INT")], [null, 1]],
  ["from_json", [text("{broken"), text("a INT")], [null]],
  ["from_json", [text(" "), text("a INT")], null],
  ["from_json", [text('[1, "2", 3]'), text("array<int>")], null],
  ["parse_url", [text("http://spark.apache.org/path?query=1"), text("QUERY"), text("query")], "1"],
  ["url_decode", [text("https%3A%2F%2Fspark.apache.org")], "https://spark.apache.org"],
]);

describe("hashes", () => {
  it("are Spark's", () => {
    const args = [text("Spark"), ints(123), int(2)];
    expect(evaluate(call("hash", ...args))).toBe(-1321691492);
    expect(evaluate(call("xxhash64", ...args))).toBe(5602566077635097486n);
    expect(evaluate(call("crc32", literal(Uint8Array.from(Buffer.from("Spark")), BinaryType)))).toBe(
      1557323817n,
    );
  });
});

describe("chance", () => {
  it("gives Spark's sequence for a seed", () => {
    expect(evaluate(call("rand", int(0)))).toBe(0.7604953758285915);
    expect(evaluate(call("randstr", int(10), int(0)))).toBe("ceV0PXaR2I");
  });
});

describe("parts of texts", () => {
  it("are views of the text's bytes where the separator is one byte", () => {
    const line = input("line", StringType);
    const words = call("split", line, text(" "));
    expect(evaluateRows(words, [line], [["a b"], [null], [""], ["ä ö"]])).toEqual([
      ["a", "b"],
      null,
      [""],
      ["ä", "ö"],
    ]);
    expect(evaluateRows(call("getItem", words, int(0)), [line], [["x y"], ["z"]])).toEqual(["x", "z"]);
  });
});
