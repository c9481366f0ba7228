import { describe, expect, it } from "vitest";
import { ChunkBuffer, decodeUtf8, FieldTable, LineSplitter } from "../../src/index.js";
import { firstSeed, fuzzCases, SeededRandom } from "./seeded-random.js";

const encoder = new TextEncoder();

/** Feeds a text piece by piece through a chunk buffer. */
function linesOf(text: string, pieceLength: number, separator?: string, rowLimit = 1000): string[] {
  const bytes = encoder.encode(text);
  const splitter = new LineSplitter(separator === undefined ? undefined : encoder.encode(separator));
  const buffer = new ChunkBuffer(8);
  const table = new FieldTable(0, 1);
  const lines: string[] = [];
  for (let fed = 0; ; fed += pieceLength) {
    const piece = bytes.subarray(fed, fed + pieceLength);
    buffer.append(piece);
    const isLast = fed + pieceLength >= bytes.length;
    do {
      const { bytes: chunk, start, end } = buffer;
      buffer.consume(splitter.tokenize(chunk, start, end, isLast, table, rowLimit));
      for (let row = 0; row < table.rowCount; row++) {
        const from = table.recordStarts[row] as number;
        lines.push(decodeUtf8(chunk, from, (table.recordEnds[row] as number) - from));
      }
    } while (table.rowCount > 0);
    if (isLast) return lines;
  }
}

describe("LineSplitter", () => {
  it("ends lines at \\n, \\r\\n and \\r, and keeps empty lines", () => {
    expect(linesOf("a\nb\r\nc\rd\n\n\re", 100)).toEqual(["a", "b", "c", "d", "", "", "e"]);
  });

  it("starts no line behind the last line end, and none in an empty input", () => {
    expect(linesOf("a\n", 100)).toEqual(["a"]);
    expect(linesOf("", 100)).toEqual([]);
  });

  it("ends lines only at the separator when there is one", () => {
    expect(linesOf("a\nb||c|d||", 100, "||")).toEqual(["a\nb", "c|d"]);
    expect(linesOf("a|||b", 1, "||")).toEqual(["a", "|b"]);
  });

  it(`splits ${fuzzCases} random texts like String.split, whatever the chunks`, () => {
    for (let seed = firstSeed; seed < firstSeed + fuzzCases; seed++) {
      const random = new SeededRandom(seed);
      const separator = random.pick([undefined, undefined, "\n", "ab", "aa"]);
      let text = "";
      for (let n = random.below(30); n > 0; n--)
        text += random.pick(["a", "b", "é", "\n", "\r", "\r\n", "\t", "long line"]);
      const lines = text.split(separator ?? /\r\n|\n|\r/);
      if (lines[lines.length - 1] === "") lines.pop();
      const found = linesOf(text, 1 + random.below(9), separator, 1 + random.below(4));
      if (JSON.stringify(found) !== JSON.stringify(lines)) {
        expect(found, `seed ${seed}: ${JSON.stringify({ text, separator })}`).toEqual(lines);
      }
    }
  });
});
