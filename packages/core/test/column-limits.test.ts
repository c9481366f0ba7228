import { expect, test } from "vitest";
import { BytesBuilder } from "../src/column/builder/bytes-builder.js";
import { BytesDictionary } from "../src/index.js";

test("a column of more than 2^31 - 1 bytes is refused by name", () => {
  const builder = new BytesBuilder({ kind: "binary" });
  // as if so much had been appended
  builder.used = 0x7fffffff - 15;
  expect(() => builder.append(new Uint8Array(16))).toThrow(
    expect.objectContaining({
      condition: "SS_COLUMN_TOO_LARGE",
      parameters: { what: "A column of strings or bytes", size: "2147483648", limit: "2147483647" },
    }),
  );
});

test("keys of more than 2^31 - 1 bytes of distinct strings are refused by name, and those that are there still found", () => {
  const dictionary = new BytesDictionary();
  const data = Buffer.from("known, and others");
  const intern = (start: number, length: number): number => {
    const codes = new Int32Array(1);
    dictionary.intern(data, Int32Array.of(start), Int32Array.of(length), 1, codes);
    return codes[0]!;
  };
  expect(intern(0, 5)).toBe(0);
  const [count, used, , additions] = dictionary.counters;
  dictionary.counters[1] = 0x7fffffff - 15;
  expect(() => intern(0, 16)).toThrow(
    expect.objectContaining({
      condition: "SS_COLUMN_TOO_LARGE",
      parameters: { what: "The distinct strings of the keys", size: "2147483648", limit: "2147483647" },
    }),
  );
  expect(intern(0, 5)).toBe(0);
  expect([dictionary.counters[0], dictionary.counters[3]]).toEqual([count, additions]);
  dictionary.counters[1] = used!;
  expect(intern(0, 16)).toBe(1);
});
