import { describe, expect, it } from "vitest";
import {
  ByteArena,
  copyVariant,
  followVariantPath,
  parseVariantPath,
  RECORD_OK,
  STRICT_JSON,
  timeZone,
  UTC,
  VariantBuilder,
  VariantError,
  VariantJsonParser,
  VariantReader,
  writeVariantJson,
} from "../../src/index.js";

const encoder = new TextEncoder();
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

interface Parts {
  readonly value: Uint8Array;
  readonly metadata: Uint8Array;
}

function partsOf(builder: VariantBuilder): Parts {
  const { value, metadata } = builder;
  return { value: value.bytes.slice(0, value.length), metadata: metadata.bytes.slice(0, metadata.length) };
}

function parse(json: string, allowDuplicateKeys = false): Parts {
  const builder = new VariantBuilder();
  builder.allowDuplicateKeys = allowDuplicateKeys;
  const bytes = encoder.encode(json);
  const status = new VariantJsonParser(STRICT_JSON).parse(bytes, 0, bytes.length, builder);
  if (status !== RECORD_OK) throw new SyntaxError(`status ${status}`);
  return partsOf(builder);
}

function built(write: (builder: VariantBuilder) => void): Parts {
  const builder = new VariantBuilder();
  builder.reset();
  write(builder);
  builder.finish();
  return partsOf(builder);
}

function reading({ metadata, value }: Parts): VariantReader {
  const reader = new VariantReader();
  reader.openParts(metadata, value);
  return reader;
}

function json(parts: Parts, zone = UTC): string {
  const out = new ByteArena();
  const reader = reading(parts);
  writeVariantJson(reader, reader.root, { zone }, out);
  return new TextDecoder().decode(out.bytes.subarray(0, out.length));
}

describe("JSON as a variant", () => {
  // The bytes that Spark 4.3.0 collects for parse_json of the same texts.
  it.each([
    ["1", "0c01", "010000"],
    ["-0", "0c00", "010000"],
    ["300", "102c01", "010000"],
    ["1.50", "200296000000", "010000"],
    ["-0.0", "200100000000", "010000"],
    ["0.10e1", "1c000000000000f03f", "010000"],
    ["1e400", "1c000000000000f07f", "010000"],
    ["-9223372036854775808", "180000000000000080", "010000"],
    ["9223372036854775808", "280000000000000000800000000000000000", "010000"],
    ["99999999999999999999999999999999999999", "2800ffffffff3f228a097ac4865aa84c3b4b", "010000"],
    ["123456789.0123456789", "280a1581e97df410221100000000000000 00".replace(" ", ""), "010000"],
    ['{"b":1,"a":[1,2]}', "02020100020 00b0c010302000204 0c010c02".replaceAll(" ", ""), "01020001026261"],
    [
      '{"b":1,"é":2,"B":3,"a":4,"":5}',
      "0205040203000108040600020a0c010c020c030c040c05",
      "0105000103040505 62c3a94261".replace(" ", ""),
    ],
    [
      '{"\\uffee":1,"\\ud83d\\ude00":2}',
      "02020100020004 0c010c02".replace(" ", ""),
      "01020003 07efbfaef09f9880".replace(" ", ""),
    ],
    [
      '{"a":1,"b":[1.5,1e3,"x",null,true,12345678901234567890,1.10,100,40000,3000000000]}',
      undefined,
      "01020001026162",
    ],
    ["[]", "030000", "010000"],
    ["{}", "020000", "010000"],
  ])("writes %s as Spark does", (text, value, metadata) => {
    const parts = parse(text);
    if (value !== undefined) expect(hex(parts.value)).toBe(value);
    expect(hex(parts.metadata)).toBe(metadata);
    expect(reading(parts).isValid()).toBe(true);
  });

  it.each([
    "",
    "  ",
    "{",
    "[1,]",
    "01",
    "1x",
    "{'a':1}",
    "{a:1}",
    "NaN",
    '{"a":"\\q"}',
    '"\\ud83d"',
    '"\\ude00\\ud83d"',
    "-",
  ])("refuses %j", (text) => {
    expect(() => parse(text)).toThrow(SyntaxError);
  });

  it.each([
    ['{"a":1}}', '{"a":1}'],
    ["[1,2] x", "[1,2]"],
    ["1 x", "1"],
    ["100.0", "100"],
    [
      "[0.00000000000000000000000000000000000001,1e-7,12345678.9e0,1.0e7,0.001e0,1e-4]",
      "[0.00000000000000000000000000000000000001,1.0E-7,1.23456789E7,1.0E7,0.001,1.0E-4]",
    ],
    ["123456789012345678901234567890123456789012", "1.2345678901234568E41"],
    ["1e400", '"Infinity"'],
    ['"a\\u0001\\u00e9\\ud83d\\ude00\\/\\"\\n"', '"a\\u0001é😀/\\"\\n"'],
    ['{"b":[true,false,null],"a":{"y":1,"x":"z"}}', '{"a":{"x":"z","y":1},"b":[true,false,null]}'],
  ])("reads %s and writes %s", (text, written) => {
    expect(json(parse(text))).toBe(written);
  });

  it("goes no deeper than a thousand levels", () => {
    expect(json(parse("[".repeat(1000) + "]".repeat(1000)))).toHaveLength(2000);
    expect(() => parse("[".repeat(1001) + "]".repeat(1001))).toThrow(SyntaxError);
  });

  it("refuses a key that comes twice, or takes its last value", () => {
    expect(() => parse('{"a":1,"a":2}')).toThrow(new VariantError("VARIANT_DUPLICATE_KEY", "a"));
    const parts = parse('{"a":{"x":1},"b":5,"a":[2]}', true);
    // From Spark 4.3.0 with spark.sql.variant.allowDuplicateKeys: the key of the value that was dropped stays.
    expect(hex(parts.value)).toBe("02020002020008 0c05030100020c02".replace(" ", ""));
    expect(hex(parts.metadata)).toBe("0103000102036178 62".replace(" ", ""));
  });

  it("holds objects of many fields and long strings", () => {
    const entries = Array.from({ length: 700 }, (_, k) => [`key${(k * 37) % 700}`, "v".repeat(k)] as const);
    const parts = parse(JSON.stringify(Object.fromEntries(entries)));
    expect(reading(parts).isValid()).toBe(true);
    const sorted = [...entries].sort(([a], [b]) => (a < b ? -1 : 1));
    expect(json(parts)).toBe(JSON.stringify(Object.fromEntries(sorted)));
    const reader = reading(parts);
    const at = followVariantPath(reader, parseVariantPath("$.key37")!);
    expect(reader.stringAt(at)).toBe("v");
  });
});

describe("values of other types", () => {
  it.each<[string, (builder: VariantBuilder) => void, string]>([
    ["a date", (b) => b.appendDate(18262), '"2020-01-01"'],
    ["a timestamp", (b) => b.appendTimestamp(1577840523456000n), '"2020-01-01 01:02:03.456+00:00"'],
    ["a clock time", (b) => b.appendTimestampNtz(1577840523456000n), '"2020-01-01 01:02:03.456"'],
    ["bytes", (b) => b.appendBinary(Uint8Array.of(1, 2, 3), 0, 3), '"AQID"'],
    ["NaN", (b) => b.appendDouble(Number.NaN), '"NaN"'],
    ["a float", (b) => b.appendFloat(1.5), "1.5"],
    ["a decimal", (b) => b.appendDecimal(150n, 2), "1.5"],
    ["a decimal of 38 digits", (b) => b.appendDecimal(-(10n ** 38n - 1n), 38), `-0.${"9".repeat(38)}`],
    [
      "a UUID",
      (b) => b.appendEncoded(Buffer.from("50f24f9b64817d4946b12d9f8bd6eb5b7a", "hex"), 0, 17),
      '"f24f9b64-817d-4946-b12d-9f8bd6eb5b7a"',
    ],
  ])("writes %s as JSON", (_, write, expected) => {
    const parts = built(write);
    expect(reading(parts).isValid()).toBe(true);
    expect(json(parts)).toBe(expected);
  });

  it("shows timestamps in the zone that it is given", () => {
    const micros = BigInt(Date.UTC(2020, 6, 1, 8, 2, 3)) * 1000n;
    expect(
      json(
        built((b) => b.appendTimestamp(micros)),
        timeZone("America/Los_Angeles"),
      ),
    ).toBe('"2020-07-01 01:02:03-07:00"');
  });

  it.each([
    0,
    -1,
    127,
    -128,
    128,
    -129,
    32767,
    -32769,
    2 ** 31 - 1,
    -(2 ** 31),
    2 ** 31,
    2 ** 40 + 1,
    -(2 ** 52),
  ])("reads the whole number %d back", (number) => {
    const reader = reading(built((b) => b.appendInteger(number)));
    expect(reader.longAt(reader.root)).toBe(BigInt(number));
    if (!reader.isWideAt(reader.root)) expect(reader.intAt(reader.root)).toBe(number);
  });
});

describe("decimals of JSON", () => {
  it.each([
    ["-0.1234567890", 8, -1234567890n, 10],
    ["99999.9999999999", 8, 999999999999999n, 10],
    ["-99999.9999999999", 8, -999999999999999n, 10],
    ["0.000000000000000001", 8, 1n, 18],
    ["0.0000000000000000001", 16, 1n, 19],
    ["1234567890.123456", 8, 1234567890123456n, 6],
    ["-1.5", 4, -15n, 1],
  ])("%s takes %d bytes", (text, width, unscaled, scale) => {
    const parts = parse(text);
    const reader = reading(parts);
    expect(parts.value).toHaveLength(2 + width);
    expect([reader.unscaledAt(reader.root), reader.scaleAt(reader.root)]).toEqual([unscaled, scale]);
  });
});

describe("paths", () => {
  it.each(["a", "", "$.", "$a", "$ .a", "$[-1]", "$[99999999999]", "$.a[b", "$['a'b']", "$[]"])(
    "refuses %s",
    (text) => {
      expect(parseVariantPath(text)).toBeUndefined();
    },
  );

  it.each([
    ["$", '{"a":{"b":[1,2,{"c d":"x"}]},"a.b":7}'],
    ["$.a.b[2].c d", '"x"'],
    ["$['a'][\"b\"][0]", "1"],
    ["$['a.b']", "7"],
    ["$.a[0]", undefined],
    ["$.a.b[3]", undefined],
    ["$.a.b.c", undefined],
    ["$.x", undefined],
  ])("follows %s", (text, expected) => {
    const reader = reading(parse('{"a":{"b":[1,2,{"c d":"x"}]},"a.b":7}'));
    const at = followVariantPath(reader, parseVariantPath(text)!);
    if (expected === undefined) return expect(at).toBe(-1);
    const out = new ByteArena();
    writeVariantJson(reader, at, { zone: UTC }, out);
    expect(new TextDecoder().decode(out.bytes.subarray(0, out.length))).toBe(expected);
    // What is taken out gets a metadata of its own, without the keys that it has not.
    const builder = new VariantBuilder();
    builder.reset();
    copyVariant(reader, at, builder);
    builder.finish();
    expect(json(partsOf(builder))).toBe(expected);
  });

  it("takes an object out with its own keys only, as Spark does", () => {
    const reader = reading(parse('{"a":{"b":1},"c":2}'));
    const builder = new VariantBuilder();
    builder.reset();
    copyVariant(reader, followVariantPath(reader, parseVariantPath("$.a")!), builder);
    builder.finish();
    const parts = partsOf(builder);
    expect([hex(parts.value), hex(parts.metadata)]).toEqual([
      "020100 00020c01".replace(" ", ""),
      "0101000162",
    ]);
  });
});

describe("bytes that are no variant", () => {
  it("are found out, wherever they end or lie", () => {
    const parts = parse('{"a":[1,"two",3.5],"bc":{"d":null}}');
    for (let length = 0; length < parts.value.length; length++) {
      expect(reading({ ...parts, value: parts.value.slice(0, length) }).isValid()).toBe(false);
    }
    for (let length = 1; length < parts.metadata.length; length++) {
      expect(reading({ ...parts, metadata: parts.metadata.slice(0, length) }).isValid()).toBe(false);
    }
    expect(() => reading({ ...parts, metadata: Uint8Array.of(2, 0, 0) })).toThrow(VariantError);
    expect(() => json({ ...parts, value: Uint8Array.of(17 << 2, 0) })).toThrow(
      new VariantError("UNKNOWN_PRIMITIVE_TYPE_IN_VARIANT", "17"),
    );
  });

  it("never lead to anything but a VariantError", () => {
    const seed = Number(process.env["SEED"] ?? Date.now() % 1e9);
    const random = randomOf(seed);
    const whole = parse(
      '{"a":[1,"two",3.5,1e300,12345678901234567890],"bc":{"d":null,"e":[true,{"f":300}]}}',
    );
    for (let round = 0; round < 5000; round++) {
      const value = whole.value.slice();
      const metadata = whole.metadata.slice();
      const target = random() < 0.7 ? value : metadata;
      target[Math.floor(random() * target.length)] = Math.floor(random() * 256);
      try {
        const parts = { value, metadata };
        reading(parts).isValid();
        json(parts);
      } catch (error) {
        expect(error, `seed ${seed}, round ${round}`).toBeInstanceOf(VariantError);
      }
    }
  });
});

function randomOf(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

describe("random JSON", () => {
  it("is the same variant after writing and reading it", () => {
    const seed = Number(process.env["SEED"] ?? Date.now() % 1e9);
    const random = randomOf(seed);
    const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)]!;
    const digits = (most: number): string =>
      Array.from({ length: 1 + Math.floor(random() * most) }, () => Math.floor(random() * 10))
        .join("")
        .replace(/^0+(?=\d)/, "");
    const text = (): string =>
      JSON.stringify(
        Array.from(
          { length: Math.floor(random() * 90) * Math.floor(random() * 2) + Math.floor(random() * 5) },
          () => pick(["a", "é", "😀", "\n", '"', "\\", "￮", "z"]),
        ).join(""),
      );
    const value = (depth: number): string => {
      switch (Math.floor(random() * (depth > 5 ? 6 : 8))) {
        case 0:
          return pick(["true", "false", "null"]);
        case 1:
          return text();
        case 2:
          return `${pick(["", "-"])}${digits(20)}`;
        case 3:
          return `${pick(["", "-"])}${digits(40)}.${digits(pick([3, 39]))}`;
        case 4:
          return `${digits(5)}.${digits(9)}e${pick(["", "-"])}${digits(2)}`;
        case 5:
          return digits(3);
        case 6:
          return `[${Array.from({ length: Math.floor(random() * 6) }, () => value(depth + 1)).join(" , ")}]`;
        default: {
          const keys = new Set(Array.from({ length: Math.floor(random() * 6) }, text));
          return `{${[...keys].map((key) => `${key} : ${value(depth + 1)}`).join(",")}}`;
        }
      }
    };
    for (let round = 0; round < 2000; round++) {
      const source = value(0);
      const context = `seed ${seed}, round ${round}: ${source}`;
      const first = parse(source);
      expect(reading(first).isValid(), context).toBe(true);
      const written = json(first);
      // A double below 1e7 is written without an exponent and so comes back as a decimal, which then stays one.
      const settled = json(parse(written));
      expect(json(parse(settled)), context).toBe(settled);
      expect(plain(settled), context).toEqual(plain(written));
      expect(plain(written), context).toEqual(plain(source));
    }
  });
});

/** The values of a JSON text, without the difference between 0 and -0 that variants do not keep. */
function plain(text: string): unknown {
  return JSON.parse(JSON.stringify(JSON.parse(text)));
}
