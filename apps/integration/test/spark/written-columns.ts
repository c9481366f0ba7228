/** Columns that both sides compute from `n INT` and write: Spark's answer to an expression is what ours is compared with. */
export interface Writing {
  readonly format: "csv" | "json" | "text" | "parquet";
  readonly columns: readonly string[];
  readonly partitionBy: readonly string[];
  readonly options: Readonly<Record<string, string>>;
  /** The types to read with. */
  readonly schema: string;
}

const flat: readonly (readonly [expression: string, column: string, type: string])[] = [
  ["n", "n", "INT"],
  ["CAST(n AS TINYINT)", "tiny", "TINYINT"],
  ["CAST(-n AS SMALLINT)", "small", "SMALLINT"],
  ["n * 1000000000000L", "big", "BIGINT"],
  ["n / 7.0D", "ratio", "DOUBLE"],
  ["CAST(n / 8.0D AS FLOAT)", "eighth", "FLOAT"],
  ["n % 2 = 0", "even", "BOOLEAN"],
  [`CASE WHEN n % 3 = 0 THEN NULL ELSE concat('row, ', n, ' "\u00e9" \\\\') END`, "label", "STRING"],
  ["CAST(n * 1.25 AS DECIMAL(9,2))", "price", "DECIMAL(9,2)"],
  ["CAST(n * 100000000.125 AS DECIMAL(18,3))", "total", "DECIMAL(18,3)"],
  ["CAST(-n AS DECIMAL(38,10))", "wide", "DECIMAL(38,10)"],
  ["date_add(DATE'1969-12-26', n)", "day", "DATE"],
  // text files keep milliseconds
  ["timestamp_millis(n * 40000000000L - 123)", "at", "TIMESTAMP"],
  ["CAST(concat('2020-01-', 10 + n % 20, ' 03:04:05.007') AS TIMESTAMP_NTZ)", "local", "TIMESTAMP_NTZ"],
  ["CAST(NULL AS INT)", "nothing", "INT"],
];

const nested: typeof flat = [
  ["array(n, CAST(NULL AS INT), n + 1)", "list", "ARRAY<INT>"],
  ["named_struct('x', n, 'y', concat('y', n))", "pair", "STRUCT<x: INT, y: STRING>"],
  ["map('k', n)", "counts", "MAP<STRING, INT>"],
  [
    "array(named_struct('tags', array('a', concat('b', n)), 'at', timestamp_seconds(n)))",
    "deep",
    "ARRAY<STRUCT<tags: ARRAY<STRING>, at: TIMESTAMP>>",
  ],
  [
    "CASE WHEN n % 4 = 0 THEN NULL ELSE named_struct('d', CAST(n AS DECIMAL(5,1))) END",
    "maybe",
    "STRUCT<d: DECIMAL(5,1)>",
  ],
];

const bytes = ["CAST(concat('b', n) AS BINARY)", "bytes", "BINARY"] as const;
const micros: typeof flat = [
  ["timestamp_micros(n * 40000000000000L - 123456)", "at_micros", "TIMESTAMP"],
  [
    "CAST(concat('1930-01-', 10 + n % 20, ' 03:04:05.000007') AS TIMESTAMP_NTZ)",
    "local_micros",
    "TIMESTAMP_NTZ",
  ],
];
const group = ["n % 3", "part", "INT"] as const;
const word = ["CASE WHEN n % 5 = 0 THEN NULL ELSE concat('a b/', n % 2) END", "word", "STRING"] as const;

function writing(
  format: Writing["format"],
  columns: typeof flat,
  partitionBy: readonly string[] = [],
  options: Writing["options"] = {},
): Writing {
  return {
    format,
    columns: columns.map(([expression, name]) => `${expression} AS ${name}`),
    partitionBy,
    options,
    // text files have one column, and their partitions are found by their names
    schema: columns
      .filter(([, name]) => format !== "text" || !partitionBy.includes(name))
      .map(([, name, type]) => `${name} ${type}`)
      .join(", "),
  };
}

/** Every format, partitioned or not, with each type that it holds. */
export const writings: Readonly<Record<string, Writing>> = {
  csv: writing("csv", flat, [], { header: "true" }),
  "csv by partition": writing("csv", [...flat, group, word], ["part", "word"]),
  json: writing("json", [...flat, bytes, ...nested]),
  "json by partition, compressed": writing("json", [...flat, ...nested, group], ["part"], {
    compression: "gzip",
  }),
  ...Object.fromEntries(
    ["bzip2", "deflate", "lz4", "snappy"].map((compression) => [
      `json, ${compression}`,
      writing("json", [...flat, ...nested], [], { compression }),
    ]),
  ),
  text: writing("text", [["concat('line ', n)", "value", "STRING"]]),
  "text by partition": writing("text", [["concat('line ', n)", "value", "STRING"], group], ["part"]),
  parquet: writing("parquet", [...flat, ...micros, bytes, ...nested]),
  "parquet by partition": writing("parquet", [...flat, ...nested, group, word], ["part", "word"]),
};

/** Batches that each query runs: enough for the manifest to be compacted, and for a batch after that. */
export const BATCHES = 12;
/** Rows of each batch; batch `k` holds the numbers from `ROWS * k` on. */
export const ROWS = 3;
