import { type DataType, parseTypeText, type Value } from "@ss/core";
import { timeZone } from "@ss/kernels";
import { expect, test } from "vitest";
import { hiveText } from "../src/golden/hive-text.js";

const zone = timeZone("America/Los_Angeles")!;
const text = (type: string | DataType, value: Value, binaryStyle?: string): string =>
  hiveText(typeof type === "string" ? parseTypeText(type) : type, { zone, binaryStyle })(value);

test("cells are written as Hive prints them", () => {
  expect(text("INT", null)).toBe("NULL");
  expect(text("BOOLEAN", true)).toBe("true");
  expect(text("BIGINT", -9223372036854775808n)).toBe("-9223372036854775808");
  expect(text("DOUBLE", 1e7)).toBe("1.0E7");
  expect(text("DOUBLE", 0.001)).toBe("0.001");
  expect(text("FLOAT", Math.fround(3.4028235e38))).toBe("3.4028235E38");
  expect(text("DECIMAL(20,10)", 1n)).toBe("0.0000000001");
  expect(text("STRING", 'a"b')).toBe('a"b');
});

test("times are shown in the zone of the session, zeros at their ends left out", () => {
  expect(text("DATE", 18262)).toBe("2020-01-01");
  expect(text("TIMESTAMP", 1577865600_120000n)).toBe("2020-01-01 00:00:00.12");
  expect(text("TIMESTAMP_NTZ", 0n)).toBe("1970-01-01 00:00:00");
});

test("intervals have the forms of Hive", () => {
  expect(text("INTERVAL YEAR TO MONTH", -14)).toBe("-1-2");
  expect(text("INTERVAL DAY TO SECOND", 93_600_000_000n)).toBe("1 02:00:00.000000000");
  expect(text("INTERVAL", { months: 14, days: 3, micros: 0n })).toBe("1 years 2 months 3 days");
});

test("nested values are JSON-like, with the entries of maps in order", () => {
  expect(text("ARRAY<STRING>", ["a", null])).toBe('["a",null]');
  expect(text("STRUCT<a: INT, b: STRING>", [1, "x"])).toBe('{"a":1,"b":"x"}');
  expect(text("MAP<STRING, INT>", { keys: ["b", "a"], values: [1, null] })).toBe('{"a":null,"b":1}');
});

test("bytes are UTF-8 text, or what spark.sql.binaryOutputStyle says", () => {
  const bytes = new Uint8Array([0x53, 0x70, 0xff]);
  expect(text("BINARY", bytes.subarray(0, 2))).toBe("Sp");
  expect(text("BINARY", bytes, "BASIC")).toBe("[83, 112, -1]");
  expect(text("BINARY", bytes, "BASE64")).toBe("U3D/");
  expect(text("BINARY", bytes.subarray(0, 1), "BASE64")).toBe("Uw");
  expect(text("BINARY", bytes, "HEX")).toBe("5370FF");
  expect(text("BINARY", bytes, "HEX_DISCRETE")).toBe("[53 70 FF]");
});
