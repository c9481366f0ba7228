import { batchFromRows, parseDdl, type Value } from "@ss/core";
import { ByteArena, timeZone } from "@ss/kernels";
import { describe, expect, test } from "vitest";
import { columnWriter } from "../src/rows/column-writer.js";
import { RowEncoder } from "../src/rows/row-encoder.js";

const berlin = timeZone("Europe/Berlin")!;

interface Form {
  readonly isArray?: boolean;
  readonly keepsInstants?: boolean;
  readonly keys?: readonly string[];
}

/** The lines that COPY is sent for rows. */
function linesOf(ddl: string, rows: readonly Value[][], form: Form = {}): string[] {
  const schema = parseDdl(ddl);
  const { isArray = true, keepsInstants = true, keys = [] } = form;
  const encoder = new RowEncoder(
    schema.fields.map(({ name, type }) => ({
      name,
      writer: columnWriter(type, { isArray, keepsInstants }, berlin),
      refusesNull: keys.includes(name),
    })),
  );
  const batch = batchFromRows(schema, rows);
  const arena = new ByteArena(8);
  encoder.bind(batch);
  expect(encoder.append(batch, 0, arena, 1 << 20)).toBe(rows.length);
  const text = Buffer.from(arena.bytes.subarray(0, arena.length)).toString();
  expect(text.endsWith("\n")).toBe(true);
  return text.slice(0, -1).split("\n");
}

const one = (ddl: string, value: Value, form?: Form): string => linesOf(`v ${ddl}`, [[value]], form)[0]!;

describe("a row for COPY", () => {
  test("has its values between tabs, and \\N where there is none", () => {
    expect(
      linesOf("a INT, b STRING, c BOOLEAN", [
        [-7, "owl", true],
        [null, null, null],
      ]),
    ).toEqual(["-7\towl\ttrue", "\\N\t\\N\t\\N"]);
  });

  test("escapes what COPY would take for something else", () => {
    expect(one("STRING", "a\tb\nc\rd\\e\bf\vg\fh grüße 🦉")).toBe("a\\tb\\nc\\rd\\\\e\\bf\\vg\\fh grüße 🦉");
    expect(one("STRING", "\\N")).toBe("\\\\N");
    expect(one("STRING", "")).toBe("");
  });

  test.each([
    ["TINYINT", -128, "-128"],
    ["SMALLINT", 32767, "32767"],
    ["BIGINT", -9223372036854775808n, "-9223372036854775808"],
    ["FLOAT", Math.fround(0.1), "0.1"],
    ["DOUBLE", Number.POSITIVE_INFINITY, "Infinity"],
    ["DOUBLE", Number.NaN, "NaN"],
    ["DOUBLE", 1e300, "1.0E300"],
    ["DECIMAL(10,2)", -5n, "-0.05"],
    ["DECIMAL(38,10)", 12345678901234567890123456789012345678n, "1234567890123456789012345678.9012345678"],
    ["BINARY", new Uint8Array([0, 255, 92]), "\\\\x00ff5c"],
    ["DATE", 0, "1970-01-01"],
    ["DATE", -719529, "0002-12-31 BC"],
    ["DATE", 2932897, "10000-01-01"],
    ["TIMESTAMP", 1_720_000_000_123_456n, "2024-07-03 09:46:40.123456+00"],
    ["TIMESTAMP", -62_167_219_200_000_000n, "0001-01-01 00:00:00+00 BC"],
    ["TIMESTAMP_NTZ", 1_720_000_000_000_000n, "2024-07-03 09:46:40"],
    ["TIME(6)", 86_399_999_999_000n, "23:59:59.999999"],
    ["INTERVAL YEAR TO MONTH", -14, "-14 mons"],
    ["INTERVAL DAY TO SECOND", -90_061_000_001n, "-25:01:01.000001"],
    ["ARRAY<INT>", [1, null, -3], '{"1",NULL,"-3"}'],
    ["ARRAY<STRING>", ['a"b', "c\\d", "NULL", ""], '{"a\\\\"b","c\\\\\\\\d","NULL",""}'],
    ["ARRAY<ARRAY<INT>>", [[1], [2]], '{{"1"},{"2"}}'],
    ["ARRAY<BINARY>", [new Uint8Array([1])], '{"\\\\\\\\x01"}'],
  ] as const)("%s %s", (ddl, value, text) => {
    expect(one(ddl, value as Value)).toBe(text);
  });

  test("writes an instant as the clock of the session's zone where the table keeps no instants", () => {
    expect(one("TIMESTAMP", 1_720_000_000_000_000n, { keepsInstants: false })).toBe("2024-07-03 11:46:40");
  });

  test("writes structs, maps and arrays of them as JSON whose numbers keep their digits", () => {
    const ddl = "STRUCT<n: BIGINT, d: DECIMAL(20,3), t: TIMESTAMP, m: MAP<INT, DOUBLE>, s: STRING>";
    const value = [9007199254740993n, 5n, 0n, { keys: [1], values: [Number.NaN] }, 'a"b'];
    expect(JSON.stringify(one(ddl, value as Value))).toBe(
      JSON.stringify(
        '{"n":9007199254740993,"d":0.005,"t":"1970-01-01 00:00:00Z","m":{"1":"NaN"},"s":"a\\\\"b"}',
      ),
    );
    expect(one("ARRAY<STRUCT<a: INT>>", [[1], null], { isArray: false })).toBe('[{"a":1},null]');
  });

  test("names the column of a text that PostgreSQL cannot keep", () => {
    for (const [ddl, value] of [
      ["STRING", "a\0b"],
      ["ARRAY<STRING>", ["\0"]],
      ["STRUCT<a: STRING>", ["\0"]],
    ] as const)
      expect(() => one(ddl, value as Value)).toThrow(/^\[SS_POSTGRES_NUL_CHARACTER\] The column 'v'/);
  });

  test("refuses a null in a key that could not be found again", () => {
    expect(() => linesOf("k INT, v INT", [[null, 1]], { keys: ["k"] })).toThrow(
      /^\[SS_POSTGRES_NULL_KEY\] The key column 'k'/,
    );
    expect(linesOf("k INT, v INT", [[1, null]], { keys: ["k"] })).toEqual(["1\t\\N"]);
  });
});

test("rows go on where a full frame ended", () => {
  const schema = parseDdl("n INT");
  const encoder = new RowEncoder([
    {
      name: "n",
      writer: columnWriter(schema.fields[0]!.type, { isArray: false, keepsInstants: false }, berlin),
      refusesNull: false,
    },
  ]);
  const batch = batchFromRows(schema, [[1], [2], [3]]);
  encoder.bind(batch);
  const arena = new ByteArena();
  expect(encoder.append(batch, 0, arena, 3)).toBe(2);
  expect(encoder.append(batch, 2, arena, 100)).toBe(3);
  expect(Buffer.from(arena.bytes.subarray(0, arena.length)).toString()).toBe("1\n2\n3\n");
});
