/** Rows, and how they are written as text: the files of both sides are the same, byte by byte. */
export interface WriteCase {
  readonly name: string;
  readonly format: "csv" | "json";
  readonly query: string;
  readonly options: Readonly<Record<string, string>>;
}

const texts = `
SELECT * FROM VALUES
  ('a,b', 'q"r', 'x\\ny'), (NULL, '', ' p '), ('#c', '\\\\', 'a\\'b'), ('"lead', 'trail"', 'a\\rb'),
  ('a\\tb', '\u00e9', '\\\\"'), ('a|b', 'a;b', 'a||b')
AS t(a, b, c)`;

const numbers = `
SELECT 1.0D AS one, 1e20D AS large, 1e-5D AS small, 0.1D + 0.2D AS sum, 123456789.0D AS long, 1e7D AS seven, 1e-3D AS milli,
  CAST(1.1 AS FLOAT) AS float, CAST(16777216 AS FLOAT) AS whole, CAST('NaN' AS DOUBLE) AS nan,
  CAST('Infinity' AS DOUBLE) AS up, CAST('-Infinity' AS FLOAT) AS down, -0.0D AS zero,
  CAST(1.50 AS DECIMAL(5,2)) AS price, CAST(0.00000001 AS DECIMAL(20,10)) AS tiny, CAST(0 AS DECIMAL(10,8)) AS nil,
  CAST(-5 AS TINYINT) AS byte, 9223372036854775807L AS big, true AS yes, CAST(NULL AS INT) AS nothing`;

const times = `
SELECT DATE'0001-01-01' AS first, DATE'1969-12-31' AS before, DATE'+12020-01-01' AS far,
  TIMESTAMP'2020-01-01 00:00:00.123456' AS micros, TIMESTAMP'0001-01-01 00:00:00' AS old,
  TIMESTAMP'1969-12-31 23:59:59.9999' AS almost, TIMESTAMP_NTZ'2020-01-01 00:00:00.1' AS local`;

const intervals = `SELECT INTERVAL '1-2' YEAR TO MONTH AS months, INTERVAL '1 02:03:04.5' DAY TO SECOND AS span, INTERVAL '-3' DAY AS days`;

const nested = `
SELECT 'a"b\\\\/\\n\\u0001\\u007f\\u2028\u00e9' AS text, X'00ff' AS bytes, map('k', 1, 'n', NULL) AS m, array(NULL, 1) AS list,
  named_struct('x', 1, 'y', CAST(NULL AS STRING)) AS s, array(named_struct('d', DATE'2020-01-01', 'v', 1.5)) AS deep,
  CAST(NULL AS STRING) AS nothing, map(1, 'one') AS by_number, array() AS empty`;

type Written = readonly [name: string, query: string, options?: Record<string, string>];

const csv: readonly Written[] = [
  ["texts", texts],
  ["a header", texts, { header: "true" }],
  ["all in quotes", texts, { quoteAll: "true" }],
  ["quotes as they are", texts, { escapeQuotes: "false" }],
  ["single quotes", texts, { quote: "'" }],
  ["the quote as its escape", texts, { escape: '"' }],
  ["a text for null", texts, { nullValue: "NULL" }],
  ["a text for empty values", texts, { emptyValue: "E" }],
  ["blanks kept", texts, { ignoreLeadingWhiteSpace: "false", ignoreTrailingWhiteSpace: "false" }],
  ["tabs", texts, { sep: "\\t" }],
  ["a separator of two characters", texts, { sep: "||" }],
  ["another line end", texts, { lineSep: ";" }],
  ["a line end of two characters", texts, { lineSep: ";|" }],
  ["carriage returns and line feeds", texts, { lineSep: "\r\n" }],
  ["a character for comments", texts, { comment: "'" }],
  ["comments in a header", "SELECT 1 AS `#a`, '#' AS `#b`", { header: "true", comment: "" }],
  ["an escape of the escape", texts, { charToEscapeQuoteEscaping: "|" }],
  ["numbers", numbers],
  ["times", times],
  [
    "patterns",
    times,
    { dateFormat: "dd.MM.yyyy", timestampFormat: "yyyy/MM/dd HH:mm:ss.SSSSSS", timestampNTZFormat: "HH:mm" },
  ],
  ...["UTF-16", "UTF-16LE", "UTF-32", "ISO-8859-1"].map(
    (encoding): Written => [encoding, texts, { encoding, header: "true" }],
  ),
  ["intervals", intervals],
  ["bytes", "SELECT X'00ff62' AS a, X'' AS b, CAST(NULL AS BINARY) AS c"],
];

const json: readonly Written[] = [
  ["texts", texts],
  ["numbers", numbers],
  ["times", times],
  ["intervals", intervals],
  ["nested values", nested],
  ["nulls kept", nested, { ignoreNullFields: "false" }],
  ["patterns", times, { dateFormat: "dd.MM.yyyy", timestampFormat: "yyyy/MM/dd HH:mm:ss.SSSSSS" }],
  ["pretty", nested, { pretty: "true" }],
  ...["UTF-16", "UTF-16BE", "UTF-32", "US-ASCII"].map((encoding): Written => [encoding, texts, { encoding }]),
];

const cases = (format: "csv" | "json", list: readonly Written[]): WriteCase[] =>
  list.map(([name, query, options = {}]) => ({ name, format, query, options }));

/** What programs write into CSV and JSON files, and the options by which they write it. */
export const writeCases: readonly WriteCase[] = [...cases("csv", csv), ...cases("json", json)];
