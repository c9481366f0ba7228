import { describe, expect, it } from "vitest";
import { RECORD_OK } from "../../src/index.js";
import { firstSeed, fuzzCases, SeededRandom } from "../text/seeded-random.js";
import { type RowText, readLines, tokenizerOf } from "./read-rows.js";

const KEYS = ["a", "bc", "é", 'q"\\', "", "a/b"];
const STRICT = { allowSingleQuotes: false, allowNonNumericNumbers: false };
const STRINGS = [
  "",
  "x",
  "hello world",
  'quote " in',
  "back\\slash",
  "tab\t",
  "\n",
  "é",
  "日本",
  "😀",
  "\u2028",
  "{",
  "]",
];
const NUMBERS = ["0", "-0", "1", "12", "-3.5", "1e5", "2E-3", "0.001", "123456789012345678901", "1.5e+300"];

type Random = SeededRandom;

function space(random: Random): string {
  return random.chance(5) ? random.pick([" ", "\t", "  "]) : "";
}

function stringText(random: Random, value: string): string {
  if (random.chance(3)) {
    // Every character as an escape of its UTF-16 units.
    return `"${[...value].flatMap((c) => [...c].flatMap((point) => units(point))).join("")}"`;
  }
  return JSON.stringify(value);
}

function units(text: string): string[] {
  return Array.from(
    { length: text.length },
    (_, i) => `\\u${text.charCodeAt(i).toString(16).padStart(4, "0")}`,
  );
}

function valueText(random: Random, depth: number): string {
  switch (random.below(depth > 2 ? 6 : 8)) {
    case 0:
      return random.pick(NUMBERS);
    case 1:
      return random.pick(["true", "false", "null"]);
    case 6:
      return objectText(random, depth + 1);
    case 7: {
      const items = Array.from(
        { length: random.below(4) },
        () => space(random) + valueText(random, depth + 1),
      );
      return `[${items.join(`${space(random)},`)}${space(random)}]`;
    }
    default:
      return stringText(random, random.pick(STRINGS));
  }
}

function objectText(random: Random, depth: number): string {
  const members = Array.from({ length: random.below(5) }, () => {
    const key = stringText(random, random.chance(3) ? random.pick(STRINGS) : random.pick(KEYS));
    return `${space(random)}${key}${space(random)}:${space(random)}${valueText(random, depth)}`;
  });
  return `{${members.join(`${space(random)},`)}${space(random)}}`;
}

/** Some lines of one shape after the other, so that guesses are made and refuted, some of them damaged. */
function randomLines(random: Random): string[] {
  const lines: string[] = [];
  let line = objectText(random, 0);
  for (let n = random.below(6); n >= 0; n--) {
    if (random.chance(3)) line = objectText(random, 0);
    if (random.chance(12)) lines.push(space(random));
    lines.push(random.chance(4) ? damaged(random, line) : line);
  }
  return lines;
}

function damaged(random: Random, line: string): string {
  const at = random.below(line.length + 1);
  const piece = random.pick([
    "",
    '"',
    "\\",
    ",",
    ":",
    "{",
    "}",
    "[",
    "]",
    "0",
    "-",
    "e",
    ".",
    "x",
    "nul",
    "\u0001",
    "'",
  ]);
  return (line.slice(0, at) + piece + line.slice(at + random.below(3))).replace(
    /[\r\n]|\p{Surrogate}/gu,
    " ",
  );
}

/** What `JSON.parse` says of a line; text behind the first complete object is cut off. */
function parsed(line: string): Record<string, unknown> | undefined {
  for (let end = line.indexOf("}") + 1; end > 0; end = line.indexOf("}", end) + 1) {
    try {
      return JSON.parse(line.slice(0, end)) as Record<string, unknown>;
    } catch {
      // A longer piece may still be an object.
    }
  }
  return undefined;
}

function expectLine(line: string, row: RowText, about: string): void {
  const object = /^[ \t]*\{/.test(line) ? parsed(line) : undefined;
  if (object === undefined) {
    if (typeof row !== "number" || row === RECORD_OK) expect(row, `${about}\n${line}`).toBe("malformed");
    return;
  }
  if (typeof row === "number")
    throw new Error(`${about}: status ${row}, but this is JSON:\n${JSON.stringify(line)}`);
  for (const [column, key] of KEYS.entries()) {
    const value = Object.hasOwn(object, key) ? object[key] : undefined;
    // Half a surrogate pair becomes a question mark, as in Java.
    const wanted = JSON.stringify(typeof value === "string" ? value.replace(/\p{Surrogate}/gu, "?") : value);
    const field = row[column];
    const found = field === undefined ? undefined : JSON.stringify(JSON.parse(field));
    if (found !== wanted) expect(found, `${about}, key ${JSON.stringify(key)}\n${line}`).toBe(wanted);
  }
}

describe("JsonTokenizer against JSON.parse", () => {
  it(`reads ${fuzzCases} random files alike, however they are split into chunks`, () => {
    for (let seed = firstSeed; seed < firstSeed + fuzzCases; seed++) {
      const random = new SeededRandom(seed);
      const lines = randomLines(random);
      const text = lines.join(random.pick(["\n", "\r\n", "\r"])) + random.pick(["", "\n"]);
      const about = `seed ${seed}`;
      // One tokeniser reads all splits, so that they also differ in what it has learnt.
      const tokenizer = tokenizerOf(KEYS, STRICT);
      const rows = readLines(text, KEYS, tokenizer);
      const records = lines.filter((line) => line.trim() !== "");
      if (rows.length !== records.length) expect(rows, `${about}\n${text}`).toHaveLength(records.length);
      for (const [i, line] of records.entries()) expectLine(line, rows[i] as RowText, about);
      const whole = JSON.stringify(rows);
      const size = new TextEncoder().encode(text).length;
      const step = size > 100 ? 1 + random.below(40) : 1;
      for (let split = 1; split <= size; split += step) {
        const again = readLines(text, KEYS, tokenizer, split, 1 + (split % 3));
        if (JSON.stringify(again) !== whole)
          expect(again, `${about} split at ${split}\n${text}`).toEqual(rows);
      }
    }
  }, 600_000);
});
