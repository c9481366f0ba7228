/** A file's text, and how it is read: what Spark makes of it, we make of it too. */
export interface EdgeCase {
  readonly name: string;
  readonly format: "csv" | "json";
  /** The bytes of the file, one per character; characters beyond U+00FF are not used. */
  readonly text: string;
  readonly schema: string;
  readonly options: Readonly<Record<string, string>>;
}

const BOM = "\xef\xbb\xbf";
const abc = "a STRING, b STRING, c STRING";
const ab = "a STRING, b INT";
const abCorrupt = "a STRING, b INT, _corrupt_record STRING";
/** Text in UTF-16, as one character a byte; `isLittle` puts the lower byte first. */
const utf16 = (text: string, isLittle: boolean): string =>
  (isLittle ? Buffer.from(text, "utf16le") : Buffer.from(text, "utf16le").swap16()).toString("latin1");

/** The same in UTF-32, of characters that UTF-16 has in one unit. */
const utf32 = (text: string, isLittle: boolean): string =>
  Array.from(utf16(text, isLittle).matchAll(/../gs), ([unit]) =>
    isLittle ? `${unit}\0\0` : `\0\0${unit}`,
  ).join("");

const lines = (...rows: readonly string[]): string => rows.map((row) => `${row}\n`).join("");

type Written = readonly [name: string, text: string, schema?: string, options?: Record<string, string>];

const csv: readonly Written[] = [
  ["quotes", lines('a,"b,c",d', '"x""y",z,"w\\"q"')],
  ["quotes within a field", lines('a"b,c,d', ' a"b"c,"x" y,z')],
  ["text after a closing quote", lines('"x"y,b,c', '"x" ,b,c', '"x"y"z",b,c', '"x"  y ,b,c')],
  ["a quote that nothing closes", lines('"abc,b,c', "d,e,f")],
  ["a quote that nothing closes, over lines", lines('"abc,b,c', "d,e,f"), abc, { multiLine: "true" }],
  ["backslashes", lines("a\\,b,c,d", '"a\\\\b","c\\nd","e\\"f"')],
  ["a backslash before the closing quote", lines('"a\\\\",b,c', '"a\\",b,c')],
  ["the quote as its escape", lines('"a""b","c""","""d"'), abc, { escape: '"' }],
  [
    "an escape of the escape",
    lines('"a|\\",b,c', '"a|b",c,d', '"|a||","|",b'),
    abc,
    { charToEscapeQuoteEscaping: "|" },
  ],
  ["empty values", lines(',"",x', '"",,y', " , ,z")],
  ["emptyValue and nullValue", lines(',"",NA', '"NA",,y'), abc, { nullValue: "NA", emptyValue: "E" }],
  ["nullValue in quotes", lines('"NA",NA,y'), abc, { nullValue: "NA" }],
  ["emptyValue as a text", lines('EMPTY,"",x'), abc, { emptyValue: "EMPTY" }],
  ["a byte order mark", `${BOM}${lines("a,b,c", "1,2,3")}`],
  ["a byte order mark before a header", `${BOM}${lines("a,b,c", "1,2,3")}`, abc, { header: "true" }],
  [
    "a byte order mark before a checked header",
    `${BOM}${lines("a,b,c", "1,2,3")}`,
    abc,
    { header: "true", enforceSchema: "false" },
  ],
  ["a byte order mark, over lines", `${BOM}${lines("a,b,c", "1,2,3")}`, abc, { multiLine: "true" }],
  ["line ends within quotes", 'a,b,"c\nd"\n"e\nf",g,h\n', abc, { multiLine: "true" }],
  ["carriage returns, over lines", '"a\nb",c,d\r\n"e\r\nf",g,h\r\n', abc, { multiLine: "true" }],
  ["line ends within quotes, line by line", lines('"a\nb",c,d')],
  ["carriage returns", "a,b,c\r\nd,e,f\r\n"],
  ["carriage returns alone", "a,b,c\rd,e,f\r"],
  ["blank lines", lines("a,b,c", "", "   ", ",,", "d,e,f")],
  ["blank lines, over lines", lines("a,b,c", "", "   ", ",,", "d,e,f"), abc, { multiLine: "true" }],
  ["too few and too many fields", lines("a", "a,b,c,d", "a,b,")],
  ["malformed rows, kept", lines("a", "a,1,c", "a,x", "q,2"), abCorrupt],
  ["malformed rows, dropped", lines("a", "a,1,c", "a,x", "q,2"), ab, { mode: "DROPMALFORMED" }],
  ["too few fields, not let pass", lines("q,2", "a"), ab, { mode: "FAILFAST" }],
  ["a value of another type, not let pass", lines("q,2", "a,x"), ab, { mode: "FAILFAST" }],
  ["malformed rows without a column for them", lines("q,2", "a,x", ","), ab],
  ["comments", lines("#x,y,z", "a,#b,c", " #d,e,f"), abc, { comment: "#" }],
  ["blanks", lines(' a , "b" ,c ')],
  [
    "blanks to be dropped",
    lines(' a , "b ", c '),
    abc,
    { ignoreLeadingWhiteSpace: "true", ignoreTrailingWhiteSpace: "true" },
  ],
  ["integers", lines("+1,1.0", "1e2,99999999999", "-0,0x1", "1_0, 5", " 1 ,2"), "a INT, b INT"],
  [
    "floating point",
    lines(
      "NaN,Inf,-Inf",
      "nan,Infinity,-Infinity",
      "1d,1f,0x1p3",
      "1e400,.5,5.",
      " 1 ,+1,1e",
      "1.5D,-.5e-3,+.5",
    ),
    "a DOUBLE, b DOUBLE, c DOUBLE",
  ],
  ["booleans", lines("true,TRUE,True", "t,1,yes", " true,false,FALSE"), "a BOOLEAN, b BOOLEAN, c BOOLEAN"],
  [
    "decimals",
    lines("1.23,1.235,12345.6", '1e2,"1,234.5",.5', "+1,-0, 3", "5.,-.125,1e-3"),
    "a DECIMAL(5,2), b DECIMAL(5,2), c DECIMAL(5,2)",
  ],
  [
    "dates",
    lines(
      "2020-01-02,2020-1-2,2020-01-02T10:00:00",
      "2020,2020-01,12020-01-01",
      "20200102,2020/01/02, 2020-01-02",
      "2020-02-30,2020-01-02 x,",
    ),
    "a DATE, b DATE, c DATE",
  ],
  [
    "timestamps",
    lines(
      "2020-01-02 03:04:05,2020-01-02T03:04:05Z,2020-01-02T03:04:05.123456+02:00",
      "2020-01-02,2020-01-02 03:04,2020-01-02T03:04:05.1234567",
      "2020-01-02T03:04:05 Europe/Paris,1577934245,2020-1-2 3:4:5",
      "2020-01-02 24:00:00, 2020-01-02,x",
    ),
    "a TIMESTAMP, b TIMESTAMP, c TIMESTAMP",
  ],
  [
    "a pattern for timestamps",
    lines("02/01/2020 03:04,2020-01-02 03:04"),
    "a TIMESTAMP, b TIMESTAMP",
    { timestampFormat: "dd/MM/yyyy HH:mm" },
  ],
  ["a pattern for dates", lines("02/01/2020,2020-01-02"), "a DATE, b DATE", { dateFormat: "dd/MM/yyyy" }],
  [
    "timestamps without a zone",
    lines("2020-01-02 03:04:05,2020-01-02T03:04:05Z,2020-01-02T03:04", "2020-01-02,2020-01-02T03:04:05.1,x"),
    "a TIMESTAMP_NTZ, b TIMESTAMP_NTZ, c TIMESTAMP_NTZ",
  ],
  ["bytes", lines("abc,,x"), "a BINARY, b BINARY, c BINARY"],
  ["long fields", lines("abcdef,b,c"), abc, { maxCharsPerColumn: "3" }],
  ["many columns", lines("a,b,c,d"), abc, { maxColumns: "3" }],
  ["a separator of two characters", lines("a||b||c|d"), abc, { sep: "||" }],
  ["tabs", lines("a\tb\tc"), abc, { sep: "\\t" }],
  ["lineSep", "a,b,c;d,e,f;", abc, { lineSep: ";" }],
  ["no quotes", lines('"a,b",c'), abc, { quote: "" }],
  ["single quotes", lines("'a,b','c''d',e"), abc, { quote: "'" }],
  ["another header", lines("x,y,z", "1,2,3"), abc, { header: "true" }],
  ["another header, checked", lines("x,y,z", "1,2,3"), abc, { header: "true", enforceSchema: "false" }],
  [
    "a header in other case, checked",
    lines("A,B,C", "1,2,3"),
    abc,
    { header: "true", enforceSchema: "false" },
  ],
  ["a short header", lines("a,b", "1,2"), abc, { header: "true" }],
  ["a short header, checked", lines("a,b", "1,2"), abc, { header: "true", enforceSchema: "false" }],
  ...["BACK_TO_DELIMITER", "STOP_AT_CLOSING_QUOTE", "STOP_AT_DELIMITER", "SKIP_VALUE", "RAISE_ERROR"].map(
    (unescapedQuoteHandling): Written => [
      `unescaped quotes, ${unescapedQuoteHandling}`,
      lines('"a"b,c",d,e', "x,y,z"),
      abc,
      { unescapedQuoteHandling },
    ],
  ),
  ["bytes that are no UTF-8", lines("a\xff,\xc3,\xe2\x82")],
  ["Latin-1", lines("\xe4,b,c"), abc, { encoding: "ISO-8859-1" }],
];

const badRecords = lines(
  '{"a":"x","b":1}',
  '{"a":"y","b":"q"}',
  "no JSON",
  '{"a":"z"',
  "",
  "   ",
  "[]",
  '[{"a":"p","b":3},{"a":"r","b":4}]',
  "1",
  '"s"',
  "null",
  "{}",
  '{"a":5,"b":6}',
);

const wideLines = lines('{"a":"\u00e9\u20ac","b":1}', '{"a":"y","b":2}');
const wideDocument = '[{"a":"\u00e9\u20ac",\n"b":1},{"a":"y","b":2}]';

const json: readonly Written[] = [
  [
    "text after an object",
    lines('{"a":"x","b":1} tail', '{"a":"y","b":2}{"a":"z"}', '{"a":"w"},', '{"a":"v"}]', '{"a":"u"} '),
    abCorrupt,
  ],
  [
    "names given twice",
    lines('{"a":"x","a":"y","b":1,"b":2}', '{"a":"x","a":null}', '{"b":1,"b":null}'),
    abCorrupt,
  ],
  [
    "numbers that are none",
    lines(
      ...["NaN", "Infinity", "-Infinity", "INF", "-INF", "+INF", "+Infinity", "nan"].flatMap((value) => [
        `{"d":${value}}`,
        `{"d":"${value}"}`,
      ]),
      '{"d":"1.5"}',
      '{"d":""}',
      '{"d":true}',
    ),
    "d DOUBLE, _corrupt_record STRING",
  ],
  [
    "numbers that are none, not allowed",
    lines('{"d":NaN}', '{"d":"NaN"}', '{"d":Infinity}', '{"d":"Infinity"}', '{"d":"INF"}'),
    "d DOUBLE, _corrupt_record STRING",
    { allowNonNumericNumbers: "false" },
  ],
  [
    "values as text",
    lines(
      '{"d":NaN}',
      '{"d":1.50}',
      '{"d":1e2}',
      '{"d":true}',
      '{"d":{"x": 1, "y" : [ 1.0 ,"\\u0041"]}}',
      '{"d":[1, 2]}',
      '{"d":null}',
      '{"d":"a"}',
      '{"d":100000000000000000000000}',
      '{"d":-0.0}',
    ),
    "d STRING, _corrupt_record STRING",
  ],
  [
    "escapes",
    lines(
      '{"a":"\\u0041\\n\\/\\ud83d\\ude00"}',
      '{"a":"\\x"}',
      '{"a":"\\ud83d"}',
      '{"a":"tab\there"}',
      '{"a":"\\u00"}',
    ),
    abCorrupt,
  ],
  [
    "control characters, allowed",
    lines('{"a":"tab\there"}'),
    abCorrupt,
    { allowUnquotedControlChars: "true" },
  ],
  ["any escape, allowed", lines('{"a":"\\x"}'), abCorrupt, { allowBackslashEscapingAnyCharacter: "true" }],
  ["malformed records, kept", badRecords, abCorrupt],
  ["malformed records without a column for them", badRecords, ab],
  ["malformed records, dropped", badRecords, ab, { mode: "DROPMALFORMED" }],
  ["malformed records, not let pass", badRecords, ab, { mode: "FAILFAST" }],
  ["no JSON, not let pass", lines("no JSON"), ab, { mode: "FAILFAST" }],
  [
    "integers",
    lines(
      ...["1.0", "1.5", "99999999999", '"1"', '" 2 "', "true", "1e1", "-0", "01", "+1", ".5", "1."].map(
        (value) => `{"b":${value}}`,
      ),
    ),
    "b INT, _corrupt_record STRING",
  ],
  [
    "longs",
    lines('{"b":9223372036854775807}', '{"b":9223372036854775808}', '{"b":1.0}', '{"b":"3"}'),
    "b BIGINT, _corrupt_record STRING",
  ],
  [
    "decimals",
    lines('{"b":1.235}', '{"b":"1.2"}', '{"b":12345}', '{"b":1e1}', '{"b":"1,234.5"}', '{"b":"x"}'),
    "b DECIMAL(5,2), _corrupt_record STRING",
  ],
  [
    "booleans",
    lines('{"b":true}', '{"b":"true"}', '{"b":1}', '{"b":null}'),
    "b BOOLEAN, _corrupt_record STRING",
  ],
  [
    "dates",
    lines(
      ...['"2020-01-02"', '"2020-1-2"', '"2020-01-02T10:00:00"', "18000", '""', '"x"', '"2020"'].map(
        (value) => `{"b":${value}}`,
      ),
    ),
    "b DATE, _corrupt_record STRING",
  ],
  [
    "timestamps",
    lines(
      ...[
        '"2020-01-02 03:04:05"',
        '"2020-01-02T03:04:05.123+02:00"',
        "1577934245",
        "1577934245.5",
        '""',
        '"x"',
        '"2020-01-02"',
      ].map((value) => `{"b":${value}}`),
    ),
    "b TIMESTAMP, _corrupt_record STRING",
  ],
  [
    "empty texts",
    lines('{"i":"","k":1}', '{"d":"","k":1}', '{"s":"","k":1}', '{"b":"","k":1}', '{"t":"","k":1}'),
    "i INT, d DOUBLE, s STRING, b BOOLEAN, t TIMESTAMP, k INT, _corrupt_record STRING",
  ],
  [
    "nested values",
    lines(
      '{"s":{"x":1,"y":"q"},"l":[1,null,3],"m":{"k":1}}',
      '{"s":{"x":"bad","y":"q"},"l":[1,2],"m":{"k":2}}',
      '{"s":null,"l":null,"m":{}}',
      '{"s":{"x":1,"y":"q"},"l":[1,"z"],"m":{"k":2}}',
      '{"s":{"x":1,"y":"q"},"l":[1],"m":{"k":"b"}}',
      '{"s":[1],"l":[1]}',
      '{"l":5}',
      '{"m":3}',
    ),
    "s STRUCT<x:INT,y:STRING>, l ARRAY<INT>, m MAP<STRING,INT>, _corrupt_record STRING",
  ],
  ["bytes", lines('{"b":"YWJj"}', '{"b":"!"}'), "b BINARY, _corrupt_record STRING"],
  ["names in other case", lines('{"A":"x"}', '{"a":"y"}'), "a STRING, _corrupt_record STRING"],
  ["single quotes", lines("{'a':'x',\"b\":1}"), abCorrupt],
  ["single quotes, not allowed", lines("{'a':'x',\"b\":1}"), abCorrupt, { allowSingleQuotes: "false" }],
  ["names without quotes", lines("{a:'x',b:1}"), abCorrupt],
  ["names without quotes, allowed", lines("{a:'x',b:1}"), abCorrupt, { allowUnquotedFieldNames: "true" }],
  ["comments", lines('{"a":"x"/*c*/,"b":1}', "//x"), abCorrupt],
  ["comments, allowed", lines('{"a":"x"/*c*/,"b":1}', "//x"), abCorrupt, { allowComments: "true" }],
  [
    "leading zeros, allowed",
    lines('{"b":007}', '{"b":-01}'),
    abCorrupt,
    { allowNumericLeadingZeros: "true" },
  ],
  ["an array, over lines", '[{"a":"p","b":3},\n{"a":"r","b":4}]\n', abCorrupt, { multiLine: "true" }],
  ["an object, over lines", '{"a":"p",\n"b":3}\n{"a":"r","b":4}\n', abCorrupt, { multiLine: "true" }],
  ["half an object, over lines", '{"a":"p",\n"b":\n', abCorrupt, { multiLine: "true" }],
  ["a byte order mark", `${BOM}${lines('{"a":"x"}', '{"a":"y"}')}`, abCorrupt],
  ["a byte order mark, over lines", `${BOM}${lines('{"a":"x"}')}`, abCorrupt, { multiLine: "true" }],
  ["bytes that are no UTF-8", lines('{"a":"x\xff"}'), abCorrupt],
  // in lines of little-endian encodings Spark takes the zeros behind the last line end for a record, which are none here
  ...(["", "\ufeff"] as const).flatMap((mark): Written[] => [
    [`UTF-16, ${mark && "marked, "}found out`, utf16(mark + wideLines, false), abCorrupt],
    [`UTF-32, ${mark && "marked, "}found out`, utf32(mark + wideLines, false), abCorrupt],
    ...[true, false].flatMap((isLittle): Written[] => [
      [
        `UTF-16, ${mark && "marked, "}${isLittle ? "little" : "big"}-endian, over lines`,
        utf16(mark + wideDocument, isLittle),
        abCorrupt,
        { multiLine: "true" },
      ],
      [
        `UTF-32, ${mark && "marked, "}${isLittle ? "little" : "big"}-endian, over lines`,
        utf32(mark + wideDocument, isLittle),
        abCorrupt,
        { multiLine: "true" },
      ],
    ]),
  ]),
  ["values before and after a bad one", lines('{"a":"k","b":"bad"}', '{"b":"bad","a":"k"}'), abCorrupt],
  ["commas at the end", lines('{"a":"k",}', '{"a":"l",,"b":1}', "{,}"), abCorrupt],
  ["an array that is no record", lines("[1,2]", "[[]]", '[{"a":"x"},1]'), abCorrupt],
];

const written = (format: "csv" | "json", cases: readonly Written[]): EdgeCase[] =>
  cases.map(([name, text, schema = abc, options = {}]) => ({ name, format, text, schema, options }));

/** What people write into CSV and JSON files and the options by which they read them. */
export const edgeCases: readonly EdgeCase[] = [...written("csv", csv), ...written("json", json)];
