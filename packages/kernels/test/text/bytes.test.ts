import { describe, expect, it } from "vitest";
import {
  ByteArena,
  compareBytes,
  decodeUtf8,
  equalBytes,
  findInvalidUtf8,
  hash32,
  indexOfBytes,
  isValidUtf8,
  repairUtf8,
  SpanList,
  skipByteOrderMark,
  splitWords,
} from "../../src/index.js";
import { firstSeed, fuzzCases, SeededRandom } from "./seeded-random.js";

const encoder = new TextEncoder();
const bytesOf = (text: string): Uint8Array => encoder.encode(text);

describe("UTF-8", () => {
  it("takes for valid what a strict TextDecoder takes", () => {
    const strict = new TextDecoder("utf-8", { fatal: true });
    const edges = [
      0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xed, 0xef,
    ];
    const bytes = [...edges, 0xf0, 0xf1, 0xf4, 0xf5, 0xff];
    for (let seed = firstSeed; seed < firstSeed + fuzzCases * 5; seed++) {
      const random = new SeededRandom(seed);
      const sample = Uint8Array.from({ length: 1 + random.below(6) }, () => random.pick(bytes));
      let isValid = true;
      try {
        strict.decode(sample);
      } catch {
        isValid = false;
      }
      if (isValidUtf8(sample, 0, sample.length) !== isValid)
        expect(isValid, `seed ${seed}: ${sample}`).toBe(!isValid);
    }
  });

  it("says where invalid bytes begin", () => {
    expect(findInvalidUtf8(Uint8Array.of(0x41, 0xc3, 0xa9, 0xc3), 0, 4)).toBe(3);
    expect(findInvalidUtf8(bytesOf("aé日😀"), 0, 10)).toBe(10);
  });

  it("decodes slices of any length", () => {
    for (const text of [
      "",
      "a",
      "plain text",
      "é",
      "日本語 text 😀",
      "x".repeat(100),
      "ü".repeat(40),
      "\ufeffbom",
    ]) {
      const bytes = bytesOf(`<${text}>`);
      expect(decodeUtf8(bytes, 1, bytes.length - 2)).toBe(text);
    }
  });

  it("replaces invalid bytes", () => {
    const arena = new ByteArena(1);
    repairUtf8(Uint8Array.of(0x41, 0xff, 0x42), 0, 3, arena);
    expect(decodeUtf8(arena.bytes, 0, arena.length)).toBe("A\ufffdB");
  });

  it("skips a byte order mark only where there is one", () => {
    expect(skipByteOrderMark(bytesOf("\ufeffa"), 0, 4)).toBe(3);
    expect(skipByteOrderMark(bytesOf("abcd"), 0, 4)).toBe(0);
    expect(skipByteOrderMark(bytesOf("\ufeff"), 0, 2)).toBe(0);
  });
});

describe("ByteArena", () => {
  it("keeps what was appended when it grows", () => {
    const arena = new ByteArena(2);
    const texts = ["ab", "é", "x".repeat(60), "日".repeat(50), "ascii then é".repeat(3)];
    for (const text of texts) expect(arena.appendString(text)).toBe(bytesOf(text).length);
    arena.appendByte(0x21);
    arena.appendBytes(bytesOf("hello"), 1, 3);
    expect(decodeUtf8(arena.bytes, 0, arena.length)).toBe(`${texts.join("")}!ell`);
    arena.clear();
    expect(arena.length).toBe(0);
  });
});

describe("comparing and hashing", () => {
  it("orders bytes as unsigned, prefixes first", () => {
    const order = ["", "a", "aa", "b", "é", "日"].map(bytesOf);
    for (const [i, left] of order.entries()) {
      for (const [j, right] of order.entries()) {
        expect(compareBytes(left, 0, left.length, right, 0, right.length)).toBe(Math.sign(i - j));
      }
    }
  });

  it("finds equal bytes and patterns inside the bounds only", () => {
    const bytes = bytesOf("xxabab");
    expect(equalBytes(bytes, 2, bytes, 4, 2)).toBe(true);
    expect(equalBytes(bytes, 1, bytes, 4, 2)).toBe(false);
    expect(indexOfBytes(bytes, 0, 6, bytesOf("ab"))).toBe(2);
    expect(indexOfBytes(bytes, 3, 6, bytesOf("ab"))).toBe(4);
    expect(indexOfBytes(bytes, 3, 5, bytesOf("ab"))).toBe(-1);
  });

  it("hashes equal bytes alike wherever they stand", () => {
    const bytes = bytesOf("..campaign-1234567...campaign-1234567");
    expect(hash32(bytes, 2, 16)).toBe(hash32(bytes, 21, 16));
    expect(hash32(bytes, 2, 16, 1)).not.toBe(hash32(bytes, 2, 16));
  });

  it("spreads similar keys: few collisions, and each bit set about half of the time", () => {
    const seen = new Set<number>();
    const bits = new Array<number>(32).fill(0);
    const count = 20_000;
    for (let i = 0; i < count; i++) {
      const key = bytesOf(`key-${i}`);
      const hash = hash32(key, 0, key.length);
      seen.add(hash);
      for (let bit = 0; bit < 32; bit++) bits[bit] = (bits[bit] as number) + ((hash >>> bit) & 1);
    }
    // About count squared / 2^33 = 0.05 collisions are to be expected of a random function.
    expect(count - seen.size).toBeLessThan(5);
    for (const ones of bits) expect(Math.abs(ones / count - 0.5)).toBeLessThan(0.02);
  });
});

describe("splitWords", () => {
  it("keeps empty words and gives none for null", () => {
    const bytes = bytesOf("a b  c");
    const words = new SpanList(1);
    const offsets = new Int32Array(5);
    splitWords(bytes, Int32Array.of(0, 0, 4, 1), Int32Array.of(6, -1, 0, 1), 4, 0x20, words, offsets);
    const texts = Array.from({ length: words.count }, (_, i) =>
      decodeUtf8(bytes, words.starts[i] as number, words.lengths[i] as number),
    );
    expect(texts).toEqual(["a", "b", "", "c", "", "", ""]);
    expect([...offsets]).toEqual([0, 4, 4, 5, 7]);
  });
});
