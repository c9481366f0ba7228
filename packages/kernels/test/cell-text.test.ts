import { expect, test } from "vitest";
import { type CellType, cellFormatter, timeZone } from "../src/index.js";

const utc = timeZone("UTC")!;
const text = (type: CellType, value: unknown, zone = utc): string => cellFormatter(type, zone)(value);
const int: CellType = { kind: "integer" };

test.each<[CellType, unknown, string]>([
  [int, -7, "-7"],
  [{ kind: "long" }, 9223372036854775807n, "9223372036854775807"],
  [{ kind: "boolean" }, true, "true"],
  [{ kind: "string" }, "a\nb", "a\nb"],
  [{ kind: "double" }, 1, "1.0"],
  [{ kind: "double" }, 1e7, "1.0E7"],
  [{ kind: "float" }, Math.fround(0.1), "0.1"],
  [{ kind: "decimal", scale: 2 }, -5n, "-0.05"],
  [{ kind: "decimal", scale: 0 }, 10n ** 20n, "100000000000000000000"],
  [{ kind: "binary" }, Uint8Array.of(1, 255), "[01 FF]"],
  [{ kind: "date" }, -1, "1969-12-31"],
  [{ kind: "timestamp" }, 1_500_000n, "1970-01-01 00:00:01.5"],
  [{ kind: "timestamp_ntz" }, 0n, "1970-01-01 00:00:00"],
  [{ kind: "time" }, 3_600_000_001_000n, "01:00:00.000001"],
  [{ kind: "yearMonthInterval", start: "year", end: "month" }, 14, "INTERVAL '1-2' YEAR TO MONTH"],
  [
    { kind: "dayTimeInterval", start: "day", end: "second" },
    93_784_000_000n,
    "INTERVAL '1 02:03:04' DAY TO SECOND",
  ],
  [{ kind: "interval" }, { months: 14, days: -3, micros: 0n }, "1 years 2 months -3 days"],
  [{ kind: "array", elementType: int }, [1, null], "[1, NULL]"],
  [
    { kind: "map", keyType: { kind: "string" }, valueType: int },
    { keys: ["a", "b"], values: [1, null] },
    "{a -> 1, b -> NULL}",
  ],
  [
    { kind: "struct", fields: [{ type: int }, { type: { kind: "array", elementType: int } }] },
    [1, [2]],
    "{1, [2]}",
  ],
  [{ kind: "void" }, null, "NULL"],
])("%o shows %o as %s", (type, value, expected) => {
  expect(text(type, value)).toBe(expected);
  expect(text(type, null)).toBe("NULL");
});

test("shows timestamps in the zone", () => {
  const zone = timeZone("America/Los_Angeles")!;
  expect(text({ kind: "timestamp" }, 0n, zone)).toBe("1969-12-31 16:00:00");
  expect(text({ kind: "timestamp_ntz" }, 0n, zone)).toBe("1970-01-01 00:00:00");
});

test("shows variants as JSON, with timestamps in UTC", () => {
  // {"b":1,"a":[1,2]} and an instant, as Spark 4.3.0 stores them.
  const object = [
    Uint8Array.of(1, 2, 0, 1, 2, 98, 97),
    Buffer.from("020201000200 0b0c01030200 02040c010c02".replaceAll(" ", ""), "hex"),
  ];
  expect(text({ kind: "variant" }, object)).toBe('{"a":[1,2],"b":1}');
  const zone = timeZone("America/Los_Angeles")!;
  const instant = [Uint8Array.of(1, 0, 0), Buffer.from("3000a8be23119b0500", "hex")];
  expect(text({ kind: "variant" }, instant, zone)).toBe('"2020-01-01 10:00:00+00:00"');
});
