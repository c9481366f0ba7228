import { afterAll, beforeAll, expect, test } from "vitest";
import { SparkSession } from "../../src/index.js";

let spark: SparkSession;

beforeAll(async () => {
  spark = await SparkSession.builder().config("spark.sql.shuffle.partitions", "2").create();
});

afterAll(() => spark.stop());

/** Some bytes as a column: constants, rows of a table, and values that stand in no column. */
const INPUTS: Readonly<Record<string, (hex: string) => string>> = {
  constants: (hex) => `SELECT x'${hex}' AS b`,
  "rows of a table": (hex) => `SELECT b FROM VALUES (x'${hex}') AS t(b)`,
  "values computed for each row": (hex) =>
    `SELECT unhex(concat('${hex}', substr(string(id), 1, 0))) AS b FROM range(1)`,
};

async function value(of: string, from: string): Promise<unknown> {
  const [row] = await spark
    .sql(`SELECT ${of} AS r FROM (SELECT CAST(b AS STRING) AS s FROM (${from}))`)
    .collect();
  return (row as Readonly<Record<string, unknown>>)["r"];
}

/** What Spark 4.3 says of the texts of bytes that are no UTF-8, and of some that are. */
const FACTS: Readonly<Record<string, readonly (readonly [of: string, result: unknown])[]>> = {
  "61ff62": [
    ["hex(s)", "61FF62"],
    ["octet_length(s)", 3],
    ["bit_length(s)", 24],
    ["length(s)", 3],
    ["base64(s)", "Yf9i"],
    ["hex(CAST(s AS BINARY))", "61FF62"],
    ["md5(s)", "45b560b6678f428bcc2226dbdf5f23dd"],
    ["sha1(s)", "2b962856b5d3a293cc64cbfaf1e1580c7cefeba7"],
    ["crc32(s)", 2261550339],
    ["hex(unbase64(base64(s)))", "61FF62"],
    ["is_valid_utf8(s)", false],
    ["hex(make_valid_utf8(s))", "61EFBFBD62"],
    ["try_validate_utf8(s)", null],
    ["hex(upper(s))", "41EFBFBD42"],
    ["hex(encode(s, 'utf-8'))", "61EFBFBD62"],
    ["s", "a\ufffdb"],
  ],
  e282: [
    ["hex(s)", "E282"],
    ["octet_length(s)", 2],
    ["length(s)", 1],
    ["is_valid_utf8(s)", false],
    ["hex(make_valid_utf8(s))", "EFBFBD"],
    ["crc32(s)", 774332829],
    ["s", "\ufffd"],
  ],
  c3a4: [
    ["hex(s)", "C3A4"],
    ["octet_length(s)", 2],
    ["length(s)", 1],
    ["is_valid_utf8(s)", true],
    ["validate_utf8(s)", "ä"],
    ["s", "ä"],
  ],
};

for (const [kind, input] of Object.entries(INPUTS)) {
  test.each(Object.entries(FACTS))(
    `functions of bytes see those of a binary in its text: ${kind}, %s`,
    async (hex, facts) => {
      const found: unknown[] = [];
      for (const [of] of facts) found.push([of, await value(of, input(hex))]);
      expect(found).toEqual(facts);
    },
  );

  test(`a binary that is no text is refused with its bytes: ${kind}`, async () => {
    await expect(value("validate_utf8(s)", input("61ff62"))).rejects.toMatchObject({
      condition: "INVALID_UTF8_STRING",
      parameters: { str: "\\x61\\xFF\\x62" },
    });
  });
}

test("functions of bytes take what they took: numbers, texts, nulls and values of branches", async () => {
  const from = "SELECT CAST(NULL AS BINARY) AS n, 'ä' AS t, id FROM range(3)";
  const of = [
    "hex(17)",
    "hex(t)",
    "hex(CAST(t AS VARCHAR(3)))",
    "is_valid_utf8(id)",
    "hex(CAST(n AS STRING))",
    "octet_length(CAST(n AS STRING))",
    "hex(CASE WHEN id = 1 THEN t END)",
  ];
  const columns = of.map((one, k) => `${one} AS c${k}`).join();
  expect(
    (await spark.sql(`SELECT ${columns} FROM (${from})`).collect()).map((row) => Object.values(row)),
  ).toEqual([
    ["11", "C3A4", "C3A4", true, null, null, null],
    ["11", "C3A4", "C3A4", true, null, null, "C3A4"],
    ["11", "C3A4", "C3A4", true, null, null, null],
  ]);
});
