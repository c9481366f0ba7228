import {
  BinaryType,
  BytesColumn,
  type Column,
  columnBuilder,
  DictionaryColumn,
  MapType,
  StringType,
  type Value,
  valueAt,
} from "@ss/core";
import { describe, expect, it } from "vitest";
import { Stage } from "../../src/execution/codegen/stage.js";
import { type Attribute, call, type Expression, literal } from "../../src/expression/expression.js";
import { evaluate, input, resolve } from "./evaluate.js";

/** Numbers from 0 to 2^32 that a seed decides. */
function randomOf(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const text = (value: string): Expression => literal(value, StringType);
const clock = { nowMs: () => 0, partition: () => 0 };
const encoder = new TextEncoder();

function optionsOf(values: Readonly<Record<string, string>>): Expression {
  const map = { keys: Object.keys(values), values: Object.values(values) };
  return literal(map as unknown as Value, MapType(StringType, StringType));
}

/** Texts in one array, with so many bytes between them; null where there is none. */
function bytesColumn(texts: readonly (string | null)[], gap: number): Column {
  const encoded = texts.map((one) => encoder.encode(one ?? "?!"));
  const starts = new Int32Array(texts.length);
  const lengths = new Int32Array(texts.length);
  const validity = new Uint8Array((texts.length + 7) >> 3);
  const data = new Uint8Array(encoded.reduce((sum, one) => sum + one.length + gap, 0)).fill(0x22);
  let at = 0;
  for (const [row, one] of encoded.entries()) {
    data.set(one, at);
    starts[row] = at;
    lengths[row] = one.length;
    at += one.length + gap;
    if (texts[row] !== null) validity[row >> 3]! |= 1 << (row & 7);
  }
  return new BytesColumn(StringType, texts.length, validity, data, starts, lengths);
}

function dictionaryColumn(texts: readonly (string | null)[]): Column {
  const entries = [...new Set(texts.filter((one) => one !== null))];
  const codes = Int32Array.from(texts, (one) => (one === null ? 77777 : entries.indexOf(one)));
  const { validity } = bytesColumn(texts, 0);
  const builder = columnBuilder(StringType);
  for (const entry of entries) builder.append(entry);
  return new DictionaryColumn(StringType, texts.length, validity, codes, builder.finish() as BytesColumn);
}

function stageOf(call: Expression, value: Attribute, conditions: Expression[] = []): Stage {
  const outputs = [resolve(call)];
  return new Stage(
    { input: [value], conditions: conditions.map((one) => resolve(one)), outputs },
    { ansi: true, timeZone: "UTC" },
  );
}

function valuesOf(stage: Stage, column: Column): Value[] {
  const { columns, rowCount } = stage.run([column], column.length, clock);
  return Array.from({ length: rowCount }, (_, row) => valueAt(columns[0]!, row));
}

interface Format {
  readonly name: string;
  readonly schemas: readonly string[];
  readonly options: readonly Readonly<Record<string, string>>[];
  readonly text: (below: (limit: number) => number) => string;
}

function pick<T>(random: (below: number) => number, ...values: readonly T[]): T {
  return values[random(values.length)]!;
}

function jsonValue(random: (below: number) => number, depth = 0): string {
  switch (random(depth > 2 ? 8 : 10)) {
    case 0:
      return String(random(1000) - 500);
    case 1:
      return pick(random, "1.5", "-2e3", "12345678901234567890", "0.000001", "1E400", "-0");
    case 2:
      return pick(random, "true", "false", "null");
    case 3:
      return pick(
        random,
        '"2024-02-29"',
        '"2024-02-30"',
        '"2024-01-01T10:20:30.5Z"',
        '"2024-01-01 10:20:30"',
      );
    case 4:
      return pick(
        random,
        '"a\\nb"',
        '"\\u00e9\\u20ac"',
        '"\\ud83d\\ude00\\/"',
        '"\\"\\\\"',
        "'it\"s'",
        "'x\\'y'",
      );
    case 5:
      return pick(random, '"NaN"', "NaN", '"-INF"', '"1,000.5"', '"12"', '""');
    case 6:
      return pick(random, '"plain"', '"läßt"', `"${"x".repeat(random(200))}"`);
    case 7:
      return pick(random, "tru", '"open', "01", "{", '"\\x"', "1.", "'", '"\u0001"');
    case 8:
      return `[${Array.from({ length: random(3) }, () => jsonValue(random, depth + 1)).join(", ")}]`;
    default:
      return `{ ${Array.from({ length: random(3) }, (_, k) => `'n${k}' :${jsonValue(random, depth + 1)}`).join(" , ")} }`;
  }
}

const JSON_TEXTS: Format = {
  name: "from_json",
  schemas: [
    "a INT, b BIGINT, c STRING",
    "a TINYINT, b SMALLINT, c FLOAT, d DOUBLE, e BOOLEAN",
    "a STRING, b DATE, c TIMESTAMP, d TIMESTAMP_NTZ, e TIME(6)",
    "a DECIMAL(10,2), b DECIMAL(30,3), _corrupt_record STRING, c STRING, d STRING, e INT",
    "a ARRAY<STRING>, b STRUCT<n0:STRING,n1:ARRAY<INT>>, c MAP<STRING,STRING>, _corrupt_record STRING",
    "a ARRAY<DOUBLE>, b VARIANT, c ARRAY<STRUCT<n0:DOUBLE,n1:STRING>>, d MAP<STRING,ARRAY<STRING>>, e BINARY",
    "ARRAY<STRUCT<a:STRING,b:INT,c:ARRAY<ARRAY<STRING>>>>",
    "MAP<STRING,STRING>",
    "ARRAY<INT>",
    "VARIANT",
  ],
  options: [
    {},
    {},
    { allowUnquotedControlChars: "true" },
    { dateFormat: "dd.MM.yyyy", timestampFormat: "yyyy-MM-dd" },
  ],
  text: (random) => {
    switch (random(12)) {
      case 0:
        return pick(
          random,
          "",
          "  ",
          "\n",
          "[1]",
          "null",
          "{",
          "}",
          "x",
          '{"a":1}\n{"a":2}',
          '{"a":1} {"a":2}',
        );
      case 1:
        return `\n{ "a"\n:\t${jsonValue(random)},\r\n"b": 2 }\n`;
      default: {
        const keys = ["a", "b", "c", "d", "e", "x"].filter(() => random(4) > 0);
        if (random(5) === 0) keys.reverse();
        return `{${keys.map((key) => `"${key}":${jsonValue(random)}`).join(",")}}`;
      }
    }
  },
};

const CSV_TEXTS: Format = {
  name: "from_csv",
  schemas: [
    "a INT, b BIGINT, c STRING",
    "a FLOAT, b DOUBLE, c BOOLEAN, _corrupt_record STRING",
    "a STRING, b DATE, c TIMESTAMP",
    "a DECIMAL(10,2), _corrupt_record STRING, b STRING, c STRING",
  ],
  options: [
    {},
    {},
    { nullValue: "null", emptyValue: "none" },
    { sep: ";", quote: "'" },
    { ignoreLeadingWhiteSpace: "true", ignoreTrailingWhiteSpace: "true", comment: "#" },
    { unescapedQuoteHandling: "BACK_TO_DELIMITER", escape: '"' },
    { unescapedQuoteHandling: "STOP_AT_CLOSING_QUOTE", maxCharsPerColumn: "12" },
  ],
  text: (random) => {
    const value = (): string =>
      pick(
        random,
        String(random(2000) - 1000),
        "1.5",
        "true",
        "2024-02-29",
        "2024-01-01 10:20:30",
        '"quoted, or not"',
        '"with ""two"" of them"',
        '"with \\" one"',
        '"line\nend"',
        '""',
        "",
        " padded ",
        "null",
        '"open',
        'half"way',
        "'single'",
        "läßt",
      );
    if (random(12) === 0) return pick(random, "", " ", "#", "\n", "\uffff", "a\nb,c", "\r\n");
    const count = random(10) === 0 ? random(6) : 3;
    return Array.from({ length: count }, value).join(random(6) === 0 ? ";" : ",");
  },
};

const SEED = Number(process.env["FUZZ_SEED"] ?? 20260117);
const CASES = Number(process.env["FUZZ_CASES"] ?? 12);

describe.each([JSON_TEXTS, CSV_TEXTS])(
  "$name of many rows at once",
  ({ name, schemas, options, text: make }) => {
    it(`reads what it reads row by row (seed ${SEED})`, () => {
      for (let k = 0; k < CASES; k++) {
        const random = randomOf(SEED + k);
        const schema = text(pick(random, ...schemas));
        const settings = optionsOf(pick(random, ...options));
        const texts = Array.from({ length: 1 + random(300) }, () => (random(9) === 0 ? null : make(random)));
        const value = input("value", StringType);
        // a text that is put together stands in no column
        const one = stageOf(call(name, call("concat", value, text("")), schema, settings), value);
        const many = stageOf(call(name, value, schema, settings), value);
        const expected = valuesOf(one, bytesColumn(texts, 3));
        const note = `seed ${SEED + k}`;
        for (const gap of [0, 1, 40]) {
          expect(valuesOf(many, bytesColumn(texts, gap)), `${note}, gap ${gap}`).toEqual(expected);
        }
        const dictionary = dictionaryColumn(texts);
        expect(valuesOf(many, dictionary), `${note}, dictionary`).toEqual(expected);
        expect(valuesOf(many, dictionary), `${note}, dictionary again`).toEqual(expected);
        const length = call("length", value);
        const even = call(
          "=",
          call("%", length, literal(3, { kind: "integer" })),
          literal(0, { kind: "integer" }),
        );
        const passed = stageOf(call(name, value, schema, settings), value, [even]);
        const kept = expected.filter((_, row) => texts[row] !== null && [...texts[row]!].length % 3 === 0);
        expect(valuesOf(passed, bytesColumn(texts, 2)), `${note}, filtered`).toEqual(kept);
      }
    }, 3_600_000);

    it("reads rows that share their bytes as often as they occur", () => {
      const value = input("value", StringType);
      const one = make(randomOf(5));
      const bytes = encoder.encode(one);
      const starts = new Int32Array(50);
      const lengths = new Int32Array(50).fill(bytes.length);
      const column = new BytesColumn(StringType, 50, null, bytes, starts, lengths);
      const schema = text(schemas[0]!);
      const expected = evaluate(call(name, text(one), schema));
      expect(valuesOf(stageOf(call(name, value, schema), value), column)).toEqual(
        Array.from({ length: 50 }, () => expected),
      );
    });

    it("fails in the mode FAILFAST only at rows that are asked for", () => {
      const value = input("value", StringType);
      const good = name === "from_json" ? '{"a":1}' : "1";
      const settings = optionsOf({ mode: "FAILFAST" });
      const read = call(name, value, text("a INT"), settings);
      const long = call("=", call("length", value), literal(good.length, { kind: "integer" }));
      const column = bytesColumn([good, "no number", good, null], 1);
      expect(valuesOf(stageOf(read, value, [long]), column)).toEqual([[1], [1]]);
      expect(() => valuesOf(stageOf(read, value), column)).toThrow("cannot be parsed");
    });
  },
);

describe("a cast of BINARY to STRING", () => {
  it("takes UTF-8 as it is and replaces what is none, in columns as in single values", () => {
    const value = input("value", BinaryType);
    const stage = stageOf(
      { kind: "cast", child: value, type: StringType, mode: "cast" } as Expression,
      value,
    );
    const column = (...rows: readonly (readonly number[])[]): Column => {
      const builder = columnBuilder(BinaryType);
      for (const row of rows) builder.append(Uint8Array.from(row));
      return builder.finish();
    };
    expect(valuesOf(stage, column([0x61], [], [0x62, 0x63]))).toEqual(["a", "", "bc"]);
    expect(valuesOf(stage, column([0xc3, 0xa9], [0x61]))).toEqual(["é", "a"]);
    // the two halves of a letter are no text, although together they are one
    expect(valuesOf(stage, column([0xc3], [0xa9], [0x61]))).toEqual(["\ufffd", "\ufffd", "a"]);
  });
});
