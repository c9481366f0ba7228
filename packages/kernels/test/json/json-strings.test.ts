import { describe, expect, it } from "vitest";
import { ByteArena, decodeUtf8, unescapeJson, writeJsonString } from "../../src/index.js";
import { firstSeed, fuzzCases, SeededRandom } from "../text/seeded-random.js";

const encoder = new TextEncoder();

function written(text: string, asciiOnly = false): string {
  const bytes = encoder.encode(text);
  const arena = new ByteArena(1);
  writeJsonString(bytes, 0, bytes.length, arena, asciiOnly);
  return decodeUtf8(arena.bytes, 0, arena.length);
}

function unescaped(text: string): string {
  const bytes = encoder.encode(text);
  const arena = new ByteArena(1);
  arena.appendByte(0x3e);
  const length = unescapeJson(bytes, 0, bytes.length, arena);
  return decodeUtf8(arena.bytes, 1, length);
}

describe("JSON strings", () => {
  it("escapes quotes, backslashes and control characters only", () => {
    expect(written('a"b\\c/\b\f\n\r\t\u0001\u001f\u007fé😀')).toBe(
      '"a\\"b\\\\c/\\b\\f\\n\\r\\t\\u0001\\u001F\u007fé😀"',
    );
  });

  it("escapes all that is not ASCII on request", () => {
    expect(written("é日😀", true)).toBe('"\\u00E9\\u65E5\\uD83D\\uDE00"');
  });

  it("unescapes every escape, pairs of surrogates, and halves of them as question marks", () => {
    expect(unescaped('\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\u00e9\\u65E5')).toBe('"\\/\b\f\n\r\tAé日');
    expect(unescaped("\\ud83d\\ude00")).toBe("😀");
    expect(unescaped("\\ud83d\\u0041|\\ude00|\\ud83d")).toBe("?A|?|?");
    expect(unescaped("\\'é\\q")).toBe("'éq");
  });

  it(`reads back ${fuzzCases} random strings, as JSON.parse does`, () => {
    for (let seed = firstSeed; seed < firstSeed + fuzzCases; seed++) {
      const random = new SeededRandom(seed);
      let text = "";
      for (let n = random.below(20); n > 0; n--) {
        text += random.chance(2)
          ? String.fromCharCode(random.below(128))
          : String.fromCodePoint(random.pick([0xe9, 0x7ff, 0x800, 0x2028, 0xffff, 0x10000, 0x10ffff]));
      }
      const json = written(text, random.chance(2));
      if (JSON.parse(json) !== text || unescaped(json.slice(1, -1)) !== text) {
        expect.fail(`seed ${seed}: ${JSON.stringify(text)} became ${json}`);
      }
    }
  });
});
