import { batchFromRows, columnBuilder, StructField, StructType, type Value, valueAt } from "@ss/core";
import avsc from "avsc";
import { expect, test } from "vitest";
import { ByteReader, MalformedValue } from "../src/read/byte-reader.js";
import { decoder } from "../src/read/decoder.js";
import { fromSqlType } from "../src/schema/from-sql-type.js";
import { parseSchema } from "../src/schema/parse-schema.js";
import { toSqlType } from "../src/schema/to-sql-type.js";
import { ByteWriter } from "../src/write/byte-writer.js";
import { encoder } from "../src/write/encoder.js";

const SEED = Number(process.env["SEED"] ?? 20260114);
const CASES = Number(process.env["FUZZ_CASES"] ?? 300);

/** Numbers from 0 to 1 that a seed repeats. */
function random(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** 64-bit numbers as bigints, where avsc would lose digits. */
const longs = avsc.types.LongType.__with({
  fromBuffer: (buffer: Buffer) => buffer.readBigInt64LE(),
  toBuffer: (n: bigint) => {
    const buffer = Buffer.alloc(8);
    buffer.writeBigInt64LE(n);
    return buffer;
  },
  fromJSON: BigInt,
  toJSON: Number,
  isValid: (n: unknown) => typeof n === "bigint",
  compare: (a: bigint, b: bigint) => (a < b ? -1 : a > b ? 1 : 0),
});

type SchemaJson = avsc.Schema;
const OPTIONS = { toSql: { stableUnionNames: false, unionPrefix: "", recursionMax: 0 } };
let names = 0;

function randomSchema(next: () => number, depth: number): SchemaJson {
  const simple = ["boolean", "int", "long", "float", "double", "bytes", "string"] as const;
  const pick = Math.floor(next() * (depth > 0 ? 13 : 9));
  if (pick < 7) return simple[pick]!;
  names++;
  switch (pick) {
    case 7:
      return { type: "enum", name: `e${names}`, symbols: ["A", "B", "C"] };
    case 8:
      return { type: "fixed", name: `x${names}`, size: Math.floor(next() * 5) };
    case 9:
      return { type: "array", items: randomSchema(next, depth - 1) };
    case 10:
      return { type: "map", values: randomSchema(next, depth - 1) };
    case 11:
      return ["null", randomSchema(next, 0)] as SchemaJson;
    default: {
      const name = `r${names}`;
      const count = 1 + Math.floor(next() * 4);
      const fields = Array.from({ length: count }, (_, k) => ({
        name: `f${k}`,
        type: randomSchema(next, depth - 1),
      }));
      return { type: "record", name, fields };
    }
  }
}

/** A random value as avsc wants it. */
function randomValue(schema: SchemaJson, next: () => number): unknown {
  const whole = (bits: number): bigint =>
    BigInt.asIntN(bits, BigInt(Math.floor(next() * 2 ** 53)) << BigInt(Math.floor(next() * 12)));
  if (Array.isArray(schema)) return next() < 0.3 ? null : randomValue(schema[1] as SchemaJson, next);
  const type = typeof schema === "string" ? schema : (schema as { type: string }).type;
  const parts = schema as unknown as {
    size: number;
    items: SchemaJson;
    values: SchemaJson;
    fields: { name: string; type: SchemaJson }[];
  };
  switch (type) {
    case "boolean":
      return next() < 0.5;
    case "int":
      return Number(whole(32)) | 0;
    case "long":
      return next() < 0.5 ? BigInt(Math.floor(next() * 200) - 100) : whole(64);
    case "float":
      return Math.fround(next() * 1000);
    case "double":
      return next() * 1e9;
    case "bytes":
      return Buffer.from(Array.from({ length: next() * 50 }, () => next() * 256));
    case "fixed":
      return Buffer.from(Array.from({ length: parts.size }, () => next() * 256));
    case "string":
      return "aß€😀".repeat(next() * 12);
    case "enum":
      return "ABC"[Math.floor(next() * 3)];
    case "array":
      return Array.from({ length: next() * 4 }, () => randomValue(parts.items, next));
    case "map":
      return Object.fromEntries(
        Array.from({ length: next() * 4 }, (_, k) => [`k${k}`, randomValue(parts.values, next)]),
      );
    default:
      return Object.fromEntries(parts.fields.map((field) => [field.name, randomValue(field.type, next)]));
  }
}

/** The value as columns hold it. */
function asValue(value: unknown, schema: SchemaJson): Value {
  if (value === null) return null;
  if (Array.isArray(schema)) return asValue(value, schema[1] as SchemaJson);
  const parts = schema as {
    type: string;
    items: SchemaJson;
    values: SchemaJson;
    fields: { name: string; type: SchemaJson }[];
  };
  switch (typeof schema === "string" ? schema : parts.type) {
    case "bytes":
    case "fixed":
      return new Uint8Array(value as Buffer);
    case "array":
      return (value as unknown[]).map((one) => asValue(one, parts.items));
    case "map": {
      const entries = Object.entries(value as object);
      return {
        keys: entries.map(([key]) => key),
        values: entries.map(([, one]) => asValue(one, parts.values)),
      };
    }
    case "record":
      return parts.fields.map(({ name, type }) => asValue((value as Record<string, unknown>)[name], type));
    default:
      return value as Value;
  }
}

test(`what avsc writes is read, and what is written is the same bytes (seed ${SEED})`, () => {
  const next = random(SEED);
  for (let k = 0; k < CASES; k++) {
    const json = randomSchema(next, 3);
    const type = avsc.Type.forSchema(json, {
      registry: { long: longs } as never,
      noAnonymousTypes: false,
      wrapUnions: false,
    });
    const schema = parseSchema(JSON.stringify(json));
    const sql = toSqlType(schema, OPTIONS.toSql).type;
    const out = columnBuilder(sql);
    const decode = decoder(schema, schema, out);
    const inputs = Array.from({ length: 5 }, () => randomValue(json, next));
    const buffers = inputs.map((input) => type.toBuffer(input));
    const reader = new ByteReader();
    for (const buffer of buffers) {
      reader.open(buffer);
      reader.begin(0, buffer.length);
      decode(reader);
      expect(reader.at).toBe(buffer.length);
    }
    const column = out.view();
    const expected = inputs.map((input) => asValue(input, json));
    expect(expected.map((_, i) => valueAt(column, i))).toEqual(expected);
    const writer = new ByteWriter();
    const write = encoder(sql, schema)(column, writer);
    for (const [i, buffer] of buffers.entries()) {
      writer.reset();
      write(i);
      expect(Buffer.from(writer.bytes.subarray(0, writer.used)).toString("hex")).toBe(buffer.toString("hex"));
    }
  }
});

test(`altered and shortened bytes give a value or are malformed, and leave the rows before them whole (seed ${SEED})`, () => {
  const next = random(SEED + 1);
  for (let k = 0; k < CASES; k++) {
    const json = randomSchema(next, 3);
    const type = avsc.Type.forSchema(json, { registry: { long: longs } as never, wrapUnions: false });
    const schema = parseSchema(JSON.stringify(json));
    const out = columnBuilder(toSqlType(schema, OPTIONS.toSql).type);
    const decode = decoder(schema, schema, out);
    const input = randomValue(json, next);
    const good = type.toBuffer(input);
    const reader = new ByteReader();
    const read = (bytes: Uint8Array, from: number, to: number): void => {
      reader.open(bytes);
      reader.begin(from, to);
      decode(reader);
    };
    let rows = 0;
    for (let round = 0; round < 20; round++) {
      const bad = Buffer.concat([Buffer.from([255, 255]), good, Buffer.from([255, 255])]);
      for (let n = 0; n < 1 + next() * 3; n++) bad[2 + Math.floor(next() * good.length)] = next() * 256;
      const end = next() < 0.3 ? 2 + Math.floor(next() * good.length) : good.length + 2;
      try {
        read(bad, 2, end);
        expect(reader.at).toBeLessThanOrEqual(end);
        rows++;
      } catch (error) {
        expect(error).toBeInstanceOf(MalformedValue);
        out.truncate(rows);
      }
      read(good, 0, good.length);
      rows++;
      expect(out.length).toBe(rows);
      expect(valueAt(out.view(), rows - 1)).toEqual(asValue(input, json));
    }
  }
});

test(`a value comes back through the schema of its type (seed ${SEED})`, () => {
  const next = random(SEED + 2);
  for (let k = 0; k < CASES; k++) {
    const json = randomSchema(next, 3);
    const sql = toSqlType(parseSchema(JSON.stringify(json)), OPTIONS.toSql).type;
    const schema = parseSchema(fromSqlType(sql, true));
    const back = toSqlType(schema, OPTIONS.toSql);
    expect(back).toEqual({ type: sql, nullable: true });
    const rows = [asValue(randomValue(json, next), json), null];
    const column = batchFromRows(
      new StructType([StructField("v", sql)]),
      rows.map((row) => [row]),
    ).columns[0]!;
    const writer = new ByteWriter();
    const write = encoder(sql, schema)(column, writer);
    for (let i = 0; i < rows.length; i++) write(i);
    const out = columnBuilder(sql);
    const decode = decoder(schema, schema, out);
    const reader = new ByteReader();
    reader.open(writer.bytes);
    reader.begin(0, writer.used);
    for (let i = 0; i < rows.length; i++) decode(reader);
    expect(rows.map((_, i) => valueAt(out.view(), i))).toEqual(rows);
  }
});
