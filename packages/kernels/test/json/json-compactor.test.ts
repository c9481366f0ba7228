import { describe, expect, it } from "vitest";
import {
  ByteArena,
  decodeUtf8,
  JsonCompactor,
  JsonNested,
  type JsonOptions,
  SpanList,
} from "../../src/index.js";
import { decodeBase64InPlace } from "../../src/text/decode-base64.js";
import { firstSeed, fuzzCases, SeededRandom } from "../text/seeded-random.js";

const encoder = new TextEncoder();

function compact(text: string, options: JsonOptions = {}): string {
  const bytes = encoder.encode(text);
  const values = new SpanList();
  new JsonNested(options).appendValue(bytes, 0, bytes.length, values);
  const arena = new ByteArena(1);
  const { starts, lengths, kinds } = values;
  const compactor = new JsonCompactor(options);
  compactor.appendField(bytes, starts[0]!, lengths[0]!, kinds[0]!, arena);
  const written = decodeUtf8(arena.bytes, 0, arena.length);
  if (compactor.isCompact(bytes, starts[0]!, lengths[0]!, kinds[0]!)) {
    expect(decodeUtf8(bytes, starts[0]!, lengths[0]!)).toBe(written);
  }
  return written;
}

function randomValue(random: SeededRandom, depth: number): unknown {
  switch (random.below(depth > 3 ? 5 : 7)) {
    case 0:
      return random.below(2_000_000) - 1_000_000;
    case 1:
      return random.pick([true, false, null]);
    case 2:
      return random.pick(["", "x", 'q"q', "é😀", "a\nb", "\\", "\u2028", "}],:{["]);
    case 3:
      return random.below(1000) + 0.5;
    case 4:
      return -random.below(100_000) - 0.25;
    case 5:
      return Array.from({ length: random.below(4) }, () => randomValue(random, depth + 1));
    default:
      return Object.fromEntries(
        Array.from({ length: random.below(4) }, (_, k) => [`k${k}é`, randomValue(random, depth + 1)]),
      );
  }
}

describe("JsonCompactor", () => {
  it(`writes ${fuzzCases} random values as JSON.stringify does`, () => {
    for (let seed = firstSeed; seed < firstSeed + fuzzCases; seed++) {
      const random = new SeededRandom(seed);
      const value = randomValue(random, 0);
      const expected = JSON.stringify(value);
      const spaced = JSON.stringify(value, null, random.below(4));
      expect(compact(spaced), `seed ${seed}`).toBe(expected);
    }
  });

  it("writes numbers and quotes as Spark does", () => {
    expect(compact("1.50")).toBe("1.5");
    expect(compact("1e5")).toBe("100000.0");
    expect(compact("-0")).toBe("0");
    expect(compact("-0.0")).toBe("-0.0");
    expect(compact("12345678901234567890123")).toBe("12345678901234567890123");
    expect(compact("[1e400,NaN,-Infinity]")).toBe('["Infinity","NaN","-Infinity"]');
    expect(compact("{'a':'v\"q\\u0001'}")).toBe('{"a":"v\\"q\\u0001"}');
    const options = { allowUnquotedFieldNames: true, allowComments: true, allowNumericLeadingZeros: true };
    expect(compact("{ a : /* x */ 007 }", options)).toBe('{"a":7}');
  });
});

describe("decodeBase64InPlace", () => {
  it(`decodes what Buffer decodes, in ${fuzzCases} random texts`, () => {
    for (let seed = firstSeed; seed < firstSeed + fuzzCases; seed++) {
      const random = new SeededRandom(seed);
      const value = Uint8Array.from({ length: random.below(20) }, () => random.below(256));
      const text = `${random.pick(["", " "])}${Buffer.from(value).toString("base64")}${random.pick(["", "\n"])}`;
      const bytes = encoder.encode(`xx${text}`);
      const size = decodeBase64InPlace(bytes, 2, text.length);
      expect([...bytes.subarray(2, 2 + size)], `seed ${seed}`).toEqual([...value]);
    }
  });

  it("refuses what is no Base64", () => {
    for (const text of ["a", "aGk", "aG=k", "====", "a===", "aGk*", "a G\nk="]) {
      expect(decodeBase64InPlace(encoder.encode(text), 0, text.length), text).toBe(-1);
    }
  });
});
