import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { Harness, tableRows } from "./harness.js";

const at = (text: string): bigint => BigInt(Date.parse(text)) * 1000n;

async function read(
  text: string,
  schema: string,
  options?: Record<string, unknown>,
  columns?: string[],
): Promise<unknown[][]> {
  const harness = new Harness();
  await harness.put("/in/a.csv", text);
  return harness.rows("csv", "/in", schema, options, columns);
}

test("values are read by position, with the header passed over", async () => {
  const text = "name,when,price\nx,2010-12-01 08:26:00,2.55\n,,\n";
  expect(await read(text, "a STRING, b TIMESTAMP, c DOUBLE", { header: true })).toEqual([
    ["x", at("2010-12-01T08:26:00Z"), 2.55],
    [null, null, null],
  ]);
});

test("every primitive type is read from its text", async () => {
  const line = "TRUE,1,-2,+3,4,1.5,-Inf,12.345,2024-02-29,2024-01-01T10:00:00+02:00,2024-01-01 01:02:03";
  const schema =
    "b BOOLEAN, y TINYINT, s SMALLINT, i INT, l BIGINT, f FLOAT, d DOUBLE, m DECIMAL(10,2), dt DATE, ts TIMESTAMP, n TIMESTAMP_NTZ";
  expect(await read(line, schema)).toEqual([
    [
      true,
      1,
      -2,
      3,
      4n,
      1.5,
      -Infinity,
      1235n,
      19782,
      at("2024-01-01T08:00:00Z"),
      at("2024-01-01T01:02:03Z"),
    ],
  ]);
});

test("white space around a whole number makes it malformed", async () => {
  expect(await read(" 1\n2", "a INT", { mode: "DROPMALFORMED" })).toEqual([[2]]);
  expect(await read(" 1\n2", "a INT", { ignoreLeadingWhiteSpace: true })).toEqual([[1], [2]]);
});

test("quotes, escapes and doubled quotes", async () => {
  expect(await read('"a,b","q\\"r"', "a STRING, b STRING")).toEqual([["a,b", 'q"r']]);
  expect(await read('"x""y"', "a STRING", { escape: '"' })).toEqual([['x"y']]);
});

test("nullValue and emptyValue", async () => {
  expect(await read('NA,"",,"NA"', "a STRING, b STRING, c STRING, d STRING", { nullValue: "NA" })).toEqual([
    [null, "", null, null],
  ]);
  expect(await read('"",x', "a STRING, b STRING", { emptyValue: "none" })).toEqual([["none", "x"]]);
  expect(await read('"",x', "a STRING, b STRING")).toEqual([[null, "x"]]);
});

test("a bad field nulls that field alone, and the record stands in the corrupt column", async () => {
  const rows = await read("1,x\n2,3\n4\n5,6,7", "a INT, b INT, _corrupt_record STRING");
  expect(rows).toEqual([
    [1, null, "1,x"],
    [2, 3, null],
    [4, null, "4"],
    [5, 6, "5,6,7"],
  ]);
});

test("a scan of some columns passes over the number of tokens", async () => {
  const options = { mode: "DROPMALFORMED" };
  expect(await read("1,2\n3", "a INT, b INT", options, ["a"])).toEqual([[1], [3]]);
  expect(await read("1,2\n3", "a INT, b INT", options)).toEqual([[1, 2]]);
  expect(await read("1,2\n3", "a INT, b INT", { ...options, columnPruning: false }, ["a"])).toEqual([[1]]);
});

test("columns come in the order of the scan", async () => {
  expect(await read("1,2,3", "a INT, b INT, c INT", {}, ["c", "a"])).toEqual([[3, 1]]);
});

test("a count needs no column", async () => {
  const harness = new Harness();
  await harness.put("/in/a.csv", "1,2\n\n3\n");
  const table = await harness.table("csv", "/in", "a INT, b INT");
  const scan = { columns: [], predicates: [] };
  let rows = 0;
  for (const partition of await table.plan(scan)) {
    for await (const batch of table.read(partition, scan, new AbortController().signal))
      rows += batch.rowCount;
  }
  expect(rows).toBe(2);
});

test("multiLine lets values hold line ends; without it every line is a record", async () => {
  expect(await read('"a\nb",1\n"c",2', "a STRING, b INT", { multiLine: true })).toEqual([
    ["a\nb", 1],
    ["c", 2],
  ]);
  expect((await read('"a\nb",1', "a STRING, b INT")).length).toBe(2);
});

test("separators of several characters, comments and other line ends", async () => {
  expect(await read("1||2;#5;3||4", "a INT, b INT", { sep: "||", lineSep: ";", comment: "#" })).toEqual([
    [1, 2],
    [3, 4],
  ]);
  expect(await read("# note\n1\t2", "a INT, b INT", { sep: "\\t", comment: "#" })).toEqual([[1, 2]]);
});

test("formats of dates and timestamps", async () => {
  const options = { dateFormat: "dd/MM/yyyy", timestampFormat: "dd/MM/yyyy HH:mm" };
  expect(await read("29/02/2024,01/01/2024 10:30", "d DATE, t TIMESTAMP", options)).toEqual([
    [19782, at("2024-01-01T10:30:00Z")],
  ]);
});

test("dates are read by the rules of casts where no pattern was chosen", async () => {
  const schema = "a DATE, b DATE, c DATE";
  expect(await read("2024-2-29,2024-02-29T10:00:00,2024/02/29", schema)).toEqual([[19782, 19782, null]]);
  expect(await read("2024-2-29,2024-02-29,", schema, { dateFormat: "yyyy-MM-dd" })).toEqual([
    [null, 19782, null],
  ]);
});

test("blanks around a decimal are no part of it", async () => {
  expect(await read("1.5, 1.5,1.5 ", "a DECIMAL(5,2), b DECIMAL(5,2), c DECIMAL(5,2)")).toEqual([
    [150n, null, null],
  ]);
  expect(await read(" 1.5,1", "a DECIMAL(20,2), b INT")).toEqual([[null, 1]]);
});

test("BINARY is the bytes of the text", async () => {
  expect(await read('abc,"x\\"y",', "a BINARY, b BINARY, c BINARY")).toEqual([
    [Buffer.from("abc"), Buffer.from('x"y'), null].map((value) => value && new Uint8Array(value)),
  ]);
});

test("times without a zone are local to the session, or to the option timeZone", async () => {
  const harness = new Harness();
  harness.timeZone = "America/Los_Angeles";
  await harness.put("/in/a.csv", "2024-01-01 00:00:00");
  expect(await harness.rows("csv", "/in", "t TIMESTAMP")).toEqual([[at("2024-01-01T08:00:00Z")]]);
  expect(await harness.rows("csv", "/in", "t TIMESTAMP", { timeZone: "UTC" })).toEqual([
    [at("2024-01-01T00:00:00Z")],
  ]);
});

test("FAILFAST names file and line", async () => {
  await expect(read("a\n1\nx", "a INT", { header: true, mode: "FAILFAST" })).rejects.toThrow(
    "/in/a.csv line 3",
  );
});

test("FAILFAST says what is wrong: the number of values is a fault of the record", async () => {
  const options = { mode: "FAILFAST" };
  await expect(read("1,2\n3", "a INT, b INT", options)).rejects.toMatchObject({
    condition: "FAILED_READ_FILE.NO_HINT",
    cause: {
      condition: "MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION",
      parameters: { badRecord: "3" },
      cause: { condition: "MALFORMED_CSV_RECORD", parameters: { badRecord: "3" } },
    },
  });
  const failure = await read("1,x", "a INT, b INT", options).catch((error: unknown) => error);
  const { cause } = failure as { cause: Error };
  expect(cause).toMatchObject({ condition: "MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION" });
  expect(cause.cause).toBeUndefined();
});

test.each([
  ["more columns than maxColumns", "a,b,c,d", { maxColumns: 3 }],
  ["longer values than maxCharsPerColumn", "abcdef,b,c", { maxCharsPerColumn: 3 }],
  ["unescaped quotes with RAISE_ERROR", '"a"b,c",d', { unescapedQuoteHandling: "RAISE_ERROR" }],
])("%s end the read in every mode", async (_, text, options) => {
  for (const mode of ["PERMISSIVE", "DROPMALFORMED"]) {
    await expect(read(text, "a STRING, b STRING, c STRING", { ...options, mode })).rejects.toMatchObject({
      condition: "FAILED_READ_FILE.NO_HINT",
      cause: { condition: "MALFORMED_CSV_RECORD", parameters: { badRecord: text } },
    });
  }
});

test("a byte order mark is no part of the header", async () => {
  const options = { header: true, enforceSchema: false };
  expect(await read("\ufeffa,b\n1,2", "a INT, b INT", options)).toEqual([[1, 2]]);
  const harness = new Harness();
  await harness.put("/in/a.csv", "\ufeffa,b\n1,2");
  const table = await harness.table("csv", "/in", undefined, { header: true });
  expect(table.schema.fieldNames()).toEqual(["a", "b"]);
});

test("a header that does not fit the schema is an error unless the schema is enforced", async () => {
  await expect(read("b\n1", "a INT", { header: true, enforceSchema: false })).rejects.toThrow(
    "CSV header does not conform",
  );
  expect(await read("A\n1", "a INT", { header: true, enforceSchema: false })).toEqual([[1]]);
});

const ENFORCED =
  "Values go by position: correct the schema, or set enforceSchema to false to have such files refused.";
const unfit = (header: string, schema: string, file: string): string =>
  `CSV header does not conform to the schema. Header: ${header}. Schema: ${schema}. CSV file: ${file}. ${ENFORCED}`;

test("a header that does not fit the enforced schema is warned of, once for each file that is read", async () => {
  const harness = new Harness();
  await harness.put("/in/a.csv", '\ufeff"b\nc",a\n1,2');
  await harness.put("/in/b.csv", "A,B\n3,4");
  await harness.put("/in/c.csv", "a\n5,6");
  await harness.put("/in/d.csv", "a,b,c,d\n7,8");
  await harness.put("/in/e.csv", "");
  await harness.put("/in/f.csv", 'a,"b""');
  const options = { header: true, multiLine: true };
  const table = await harness.table("csv", "/in", "a INT, b INT", options);
  expect(harness.warnings).toEqual([]);
  const expected = [
    unfit("b\nc, a", "a, b", "/in/a.csv"),
    unfit("a", "a, b", "/in/c.csv"),
    unfit("a, b, c", "a, b", "/in/d.csv"),
    unfit('a, b"', "a, b", "/in/f.csv"),
  ];
  expect(await tableRows(table)).toEqual([
    [1, 2],
    [3, 4],
    [5, 6],
    [7, 8],
  ]);
  expect(harness.warnings).toEqual(expected);
});

test("a large file is warned of by the part that has its header", async () => {
  const harness = new Harness();
  harness.conf = { "spark.sql.files.maxPartitionBytes": "100", "spark.sql.files.openCostInBytes": "0" };
  await harness.put("/in/a.csv", `b\n${"1\n".repeat(1000)}`);
  expect(await harness.rows("csv", "/in", "a INT", { header: true })).toHaveLength(1000);
  expect(harness.warnings).toEqual([unfit("b", "a", "/in/a.csv")]);
});

test("a scan of some columns looks at their names alone, a count at none", async () => {
  const harness = new Harness();
  await harness.put("/in/a.csv", "a,x,c\n1,2,3");
  const schema = "a INT, b INT, c INT";
  const read = (columns: readonly string[], more: object = {}): Promise<unknown> =>
    harness.rows("csv", "/in", schema, { header: true, ...more }, columns);
  expect(await read(["c", "a"])).toEqual([[3, 1]]);
  expect(await read([], { enforceSchema: false })).toEqual([[]]);
  expect(await read(["c"], { enforceSchema: false })).toEqual([[3]]);
  expect(harness.warnings).toEqual([]);
  expect(await read(["a", "b"])).toEqual([[1, 2]]);
  expect(await read(["a"], { columnPruning: false })).toEqual([[1]]);
  expect(harness.warnings).toEqual([
    unfit("a, x", "a, b", "/in/a.csv"),
    unfit("a, x, c", "a, b, c", "/in/a.csv"),
  ]);
  await expect(read(["b"], { enforceSchema: false })).rejects.toThrow("Header: x. Schema: b.");
});

test("columns without a name are warned of where they have got one, as by Spark", async () => {
  const harness = new Harness();
  await harness.put("/in/a.csv", "a,,a\n1,2,3");
  expect(await harness.rows("csv", "/in", undefined, { header: true })).toEqual([["1", "2", "3"]]);
  expect(harness.warnings).toEqual([unfit("a, , a", "a0, _c1, a2", "/in/a.csv")]);
});

test("compressed files are read by their ending", async () => {
  const harness = new Harness();
  await harness.put("/in/a.csv.gz", gzipSync("1\n2\n"));
  expect(await harness.rows("csv", "/in", "a INT")).toEqual([[1], [2]]);
  await harness.put("/in2/a.csv.xz", "x");
  await expect(harness.rows("csv", "/in2", "a INT")).rejects.toMatchObject({
    condition: "CODEC_NOT_AVAILABLE.WITH_AVAILABLE_CODECS_SUGGESTION",
  });
});

test("types that CSV cannot hold are refused", async () => {
  await expect(read("1", "a ARRAY<INT>")).rejects.toMatchObject({
    condition: "UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE",
  });
});
