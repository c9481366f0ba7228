import { describe, expect, it } from "vitest";
import {
  decodeUtf8,
  JsonNested,
  KIND_ARRAY,
  KIND_INTEGER,
  KIND_NULL,
  KIND_OBJECT,
  KIND_STRING,
  RECORD_OK,
  RECORD_UNEXPECTED_BYTE,
  SpanList,
} from "../../src/index.js";

const encoder = new TextEncoder();

function texts(bytes: Uint8Array, spans: SpanList): (string | null)[] {
  return Array.from({ length: spans.count }, (_, i) => {
    const length = spans.lengths[i] as number;
    return length < 0 ? null : decodeUtf8(bytes, spans.starts[i] as number, length);
  });
}

describe("JsonNested", () => {
  it("lists the elements of an array", () => {
    const bytes = encoder.encode(' [1, "x" ,null,[2,[3]], {"a":4}] ');
    const elements = new SpanList(1);
    expect(new JsonNested().appendElements(bytes, 0, bytes.length, elements)).toBe(RECORD_OK);
    expect(texts(bytes, elements)).toEqual(["1", "x", null, "[2,[3]]", '{"a":4}']);
    const kinds = [KIND_INTEGER, KIND_STRING, KIND_NULL, KIND_ARRAY, KIND_OBJECT];
    expect([...elements.kinds.subarray(0, 5)]).toEqual(kinds);
  });

  it("lists the keys and values of an object, repeated keys included", () => {
    const bytes = encoder.encode('{"k":1, "":2, "k":3}');
    const keys = new SpanList();
    const values = new SpanList();
    expect(new JsonNested().appendEntries(bytes, 0, bytes.length, keys, values)).toBe(RECORD_OK);
    expect(texts(bytes, keys)).toEqual(["k", "", "k"]);
    expect(texts(bytes, values)).toEqual(["1", "2", "3"]);
  });

  it("lists nothing for empty ones and leaves the lists alone when the text is malformed", () => {
    const nested = new JsonNested();
    const keys = new SpanList();
    const values = new SpanList();
    const bytes = encoder.encode('[ ]{ }[1,2{"a":1,x');
    expect(nested.appendElements(bytes, 0, 3, values)).toBe(RECORD_OK);
    expect(nested.appendEntries(bytes, 3, 3, keys, values)).toBe(RECORD_OK);
    expect(nested.appendElements(bytes, 6, 12, values)).toBe(RECORD_UNEXPECTED_BYTE);
    expect(nested.errorOffset).toBe(10);
    expect(nested.appendEntries(bytes, 10, 8, keys, values)).toBe(RECORD_UNEXPECTED_BYTE);
    expect(keys.count + values.count).toBe(0);
  });

  it("reads a root value of any kind and ignores what follows", () => {
    const values = new SpanList();
    const bytes = encoder.encode(" 12 x");
    expect(new JsonNested().appendValue(bytes, 0, bytes.length, values)).toBe(RECORD_OK);
    expect(texts(bytes, values)).toEqual(["12"]);
  });

  it("lists the elements and entries of columns, with none for rows of other kinds", () => {
    const bytes = encoder.encode('[1,2] null {"a":[3],"b":4} []');
    const column = {
      starts: Int32Array.of(0, 6, 11, 27),
      lengths: Int32Array.of(5, -1, 15, 2),
      kinds: Uint8Array.of(KIND_ARRAY, KIND_NULL, KIND_OBJECT, KIND_ARRAY),
    };
    const offsets = new Int32Array(5);
    const elements = new SpanList();
    new JsonNested().appendColumnElements(bytes, column, 4, offsets, elements);
    expect([...offsets]).toEqual([0, 2, 2, 2, 2]);
    const keys = new SpanList();
    const values = new SpanList();
    new JsonNested().appendColumnEntries(bytes, column, 4, offsets, keys, values);
    expect([...offsets]).toEqual([0, 0, 0, 2, 2]);
    expect(texts(bytes, keys)).toEqual(["a", "b"]);
    expect(texts(bytes, values)).toEqual(["[3]", "4"]);
  });
});
