import { type Column, columnBuilder, type StructBuilder, valueAt } from "@ss/core";
import { expect, test } from "vitest";
import { MessageDecoder } from "../src/read/message-decoder.js";
import { MalformedMessage, WireReader } from "../src/read/wire-reader.js";
import { schemaFromDescriptors } from "../src/schema/load-schema.js";
import { type ProtobufOptions, toSqlType } from "../src/schema/to-sql-type.js";
import { messageEncoder } from "../src/write/message-encoder.js";
import { WireWriter } from "../src/write/wire-writer.js";
import { compiled } from "./session.js";

const SEED = Number(process.env["SEED"] ?? 20260114);
const CASES = Number(process.env["FUZZ_CASES"] ?? 100);

const OPTIONS: ProtobufOptions = {
  recursionMax: 3,
  enumsAsInts: false,
  upcastUnsigned: true,
  unwrapWrappers: false,
  retainEmpty: false,
  emitDefaults: false,
};

const { root, set } = compiled(`
  syntax = "proto3";
  enum Color { RED = 0; GREEN = 1; BLUE = 2; }
  message Leaf { optional sint32 a = 1; optional string b = 300; optional double c = 5000; }
  message All {
    optional int32 i32 = 1; optional int64 i64 = 2; optional uint32 u32 = 3; optional uint64 u64 = 4; optional sint64 s64 = 5;
    optional fixed32 f32 = 6; optional sfixed64 sf64 = 7; optional float f = 8; optional bool b = 9; optional string s = 10; optional bytes y = 11; optional Color c = 12;
    repeated int64 packed = 13; repeated fixed32 loose = 14 [packed = false]; repeated Leaf leaves = 15; map<string, Leaf> map = 16; Leaf leaf = 17;
    oneof kind { int32 one = 18; Leaf two = 19; } All inner = 20; repeated Color colors = 21; map<int32, bytes> bytes_by = 22;
  }
`);

const TYPE = root.lookupType("All");
const SCHEMA = schemaFromDescriptors(set, "All");
const SQL = toSqlType(SCHEMA, OPTIONS);

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

type Fields = Record<string, unknown>;

function randomLeaf(next: () => number): Fields {
  return maybe(next, { a: Math.floor(next() * 2000) - 1000, b: "äx".repeat(next() * 10), c: next() * 10 });
}

/** Some of the fields. */
function maybe(next: () => number, fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(() => next() < 0.6));
}

function list<T>(next: () => number, make: () => T): T[] {
  return Array.from({ length: next() * 4 }, make);
}

function randomAll(next: () => number, depth: number): Fields {
  const whole = (bits: number): string =>
    String(BigInt.asIntN(bits, BigInt(Math.floor(next() * 2 ** 53)) << BigInt(Math.floor(next() * 12))));
  const unsigned = (bits: number): string => String(BigInt.asUintN(bits, BigInt(whole(64))));
  return {
    ...maybe(next, {
      i32: Number(whole(32)),
      i64: whole(64),
      u32: Number(unsigned(32)),
      u64: unsigned(64),
      s64: whole(64),
      f32: Number(unsigned(32)),
      sf64: whole(64),
      f: Math.fround(next()),
      b: next() < 0.5,
      s: "aß€😀".repeat(next() * 20),
      y: Buffer.from(list(next, () => next() * 256)),
      c: Math.floor(next() * 3),
      leaf: randomLeaf(next),
      ...(next() < 0.5 ? { one: Math.floor(next() * 9) } : { two: randomLeaf(next) }),
      ...(depth > 0 ? { inner: randomAll(next, depth - 1) } : {}),
    }),
    packed: list(next, () => whole(64)),
    loose: list(next, () => Number(unsigned(32))),
    leaves: list(next, () => randomLeaf(next)),
    colors: list(next, () => Math.floor(next() * 3)),
    map: Object.fromEntries(list(next, () => [`k${Math.floor(next() * 100)}`, randomLeaf(next)])),
    bytes_by: Object.fromEntries(list(next, () => [Math.floor(next() * 100), Buffer.from([next() * 256])])),
  };
}

function decoded(messages: readonly Uint8Array[]): Column {
  const out = columnBuilder(SQL) as StructBuilder;
  const decoder = new MessageDecoder(SCHEMA.messages[SCHEMA.root]!, SCHEMA, OPTIONS, out);
  const reader = new WireReader();
  for (const bytes of messages) {
    reader.open(bytes);
    decoder.read(reader, 0, bytes.length);
  }
  return out.finish();
}

/** What the library reads, as plain data. */
function plain(bytes: Uint8Array): unknown {
  return TYPE.toObject(TYPE.decode(bytes), {
    longs: String,
    bytes: String,
    enums: String,
    defaults: false,
    arrays: false,
    objects: false,
  });
}

test(`what the library writes, read and written again, means the same (seed ${SEED})`, () => {
  const next = random(SEED);
  const messages = Array.from({ length: CASES }, () =>
    TYPE.encode(TYPE.fromObject(randomAll(next, 2))).finish(),
  );
  const column = decoded(messages);
  const writer = new WireWriter();
  const write = messageEncoder(SQL, SCHEMA.messages[SCHEMA.root]!, SCHEMA)(column, writer);
  for (const [i, bytes] of messages.entries()) {
    writer.reset();
    write(i);
    expect(plain(writer.bytes.slice(0, writer.used))).toEqual(plain(bytes));
  }
});

test(`altered and shortened messages are read, or are malformed and leave the rows before them whole (seed ${SEED})`, () => {
  const next = random(SEED + 1);
  const good = TYPE.encode(TYPE.fromObject(randomAll(next, 1))).finish();
  const expected = valueAt(decoded([good]), 0);
  const out = columnBuilder(SQL) as StructBuilder;
  const decoder = new MessageDecoder(SCHEMA.messages[SCHEMA.root]!, SCHEMA, OPTIONS, out);
  const reader = new WireReader();
  let rows = 0;
  for (let k = 0; k < CASES * 20; k++) {
    const source = TYPE.encode(TYPE.fromObject(randomAll(next, 1))).finish();
    const bad = Buffer.concat([Buffer.from([255]), source, Buffer.from([255])]);
    for (let n = 0; n < next() * 4; n++) bad[1 + Math.floor(next() * source.length)] = next() * 256;
    const end = 1 + (next() < 0.3 ? Math.floor(next() * source.length) : source.length);
    try {
      reader.open(bad);
      decoder.read(reader, 1, end);
      rows++;
    } catch (error) {
      expect(error).toBeInstanceOf(MalformedMessage);
      out.truncate(rows);
    }
    if (k % 10 > 0) continue;
    reader.open(good);
    decoder.read(reader, 0, good.length);
    rows++;
    expect(out.length).toBe(rows);
    expect(valueAt(out.view(), rows - 1)).toEqual(expected);
  }
});
