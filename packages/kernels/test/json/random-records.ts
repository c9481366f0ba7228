import type { SeededRandom } from "../text/seeded-random.js";

/** UTF-8 as a string of bytes, so that texts can be cut and damaged anywhere. */
function utf8(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}

const LONG_KEY: string = "long key ".repeat(12);
/** Keys of which some are wanted: empty, prefixes of one another, of all lengths around 16 bytes. */
export const RECORD_KEYS: readonly string[] = [
  "",
  "a",
  "ab",
  "abc",
  "user_id",
  "user_id2",
  "0123456789a",
  "0123456789ab",
  "0123456789abc",
  "0123456789abcdefghijklmnop",
  "é",
  "日本",
  LONG_KEY,
  "x".repeat(64),
  "x".repeat(65),
];
const BYTE_KEYS = RECORD_KEYS.map(utf8);

const PLAIN = [
  "",
  "x",
  "view",
  "0123456789abcde",
  "0123456789abcdef",
  "0123456789abcdefg",
  "a/b c",
  "}",
  "]",
  ",",
].map(utf8);
const BEYOND = ["é", "日本語", "😀", "\u2028", "aé", "0123456789abcdé", "߿ࠀ￿𐀀\u{10ffff}", "Привет, мир"].map(
  utf8,
);
const ESCAPES = [
  "\\n",
  '\\"',
  "\\\\",
  "\\/",
  "\\u00e9",
  "\\ud83d\\ude00",
  "\\ud800",
  "\\udc00x",
  "\\b\\f\\r\\t",
  "\\'",
];
const BAD_PIECES = [
  "\\x",
  "\\u12g4",
  "\\u12",
  "\\",
  "\x00",
  "\x01",
  "\x1f",
  "\t",
  "\x7f",
  "\xff",
  "\xc0\x80",
  "\xe0\x80\x80",
  "\xed\xa0\x80",
  "\xf4\x90\x80\x80",
  "\xe2\x28\xa1",
  "\xc3",
  "\xf0\x9f\x98",
  "\x80",
];
const NUMBERS = [
  "0",
  "-0",
  "1",
  "12",
  "-3.5",
  "1e5",
  "2E-3",
  "1.5e+300",
  "0.001",
  "123456789012345678901234567890",
  "9".repeat(400),
  `0.${"1".repeat(300)}`,
  "1e999999",
];
const BAD_NUMBERS = ["01", "-", "+1", ".5", "1.", "1e", "1e+", "--1", "0x10", "1_0", "00", "-01", "1.e5"];
const WORDS = ["true", "false", "null"];
const ODD_WORDS = [
  "NaN",
  "Infinity",
  "-Infinity",
  "+INF",
  "-INF",
  "tru",
  "nul",
  "nulls",
  "falsey",
  "True",
  "none",
  "'single'",
  "'it\\'s'",
  "/*c*/1",
  "",
];
const PIECES = [
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
  "'",
  " ",
  "\t",
  "\r",
  "\n",
  "//",
];

function space(random: SeededRandom, oneIn: number): string {
  return random.chance(oneIn) ? random.pick([" ", "\t", "  ", " \t ", " ".repeat(20)]) : "";
}

function stringText(random: SeededRandom): string {
  let text = random.pick(PLAIN);
  if (random.chance(4)) text += random.pick(BEYOND) + random.pick(PLAIN);
  if (random.chance(6)) text += random.pick(ESCAPES) + random.pick(PLAIN);
  if (random.chance(60)) text += random.pick(BAD_PIECES) + random.pick(PLAIN);
  if (random.chance(40)) text = text.repeat(1 + random.below(40));
  return `"${text}"`;
}

function valueText(random: SeededRandom, depth: number): string {
  const choice = random.below(20);
  if (choice < 9) return stringText(random);
  if (choice < 13) return random.pick(NUMBERS);
  if (choice < 15) return random.pick(WORDS);
  if (depth > 4 || choice === 15) return random.below(1000).toString();
  if (choice < 18) return objectText(random, depth + 1);
  const items = Array.from({ length: random.below(4) }, () => valueText(random, depth + 1));
  return `[${space(random, 6)}${items.join(`${space(random, 8)},${space(random, 8)}`)}]`;
}

function oddValue(random: SeededRandom): string {
  const choice = random.below(5);
  if (choice === 0) return random.pick(BAD_NUMBERS);
  if (choice === 1) return random.pick(ODD_WORDS);
  if (choice === 2) return `"${random.pick(PLAIN)}${random.pick(BAD_PIECES)}${random.pick(PLAIN)}"`;
  const deep = 1 + random.below(random.chance(10) ? 1100 : 8);
  const open = choice === 3 ? "[" : '{"a":';
  return `${open.repeat(deep)}1${(choice === 3 ? "]" : "}").repeat(random.chance(5) ? deep - 1 : deep)}`;
}

function keyText(random: SeededRandom): string {
  if (random.chance(60)) return random.pick(['"\\u0061"', '"user\\u005fid"', "'a'", "a", '"\xff"', '"a\n"']);
  if (random.chance(12)) return `"k${random.below(400)}"`;
  return `"${random.pick(BYTE_KEYS)}"`;
}

function objectText(random: SeededRandom, depth: number): string {
  const gap = random.pick([3, 1000, 1000]);
  const members = Array.from({ length: random.below(7) }, () => {
    const value = random.chance(40) ? oddValue(random) : valueText(random, depth);
    return `${space(random, gap)}${keyText(random)}${space(random, gap)}:${space(random, gap)}${value}`;
  });
  return `{${members.join(`${space(random, gap)},`)}${space(random, gap)}}`;
}

/** One of the marks is another byte. */
function withoutMark(random: SeededRandom, line: string, marks: RegExp, other: string): string {
  const places = [...line.matchAll(marks)].map(({ index }) => index);
  if (places.length === 0) return line;
  const at = random.pick(places);
  return line.slice(0, at) + other + line.slice(at + 1);
}

function damaged(random: SeededRandom, line: string): string {
  const at = random.below(line.length + 1);
  switch (random.below(8)) {
    case 0:
      return line.slice(0, at);
    case 1:
      return line.slice(at);
    case 2:
      return line + random.pick([" ", "x", "{}", ",", "]", " {", '"', "\x00", "\xff"]);
    case 3:
      return line.slice(0, at) + String.fromCharCode(random.below(256)) + line.slice(at + random.below(2));
    case 4:
      return withoutMark(random, line, /[:,{}[\]"]/g, random.pick(PIECES));
    case 5:
      return withoutMark(random, line, /[}\]]/g, random.pick(["}", "]"]));
    default:
      return line.slice(0, at) + random.pick(PIECES) + line.slice(at + random.below(3));
  }
}

/** The same keys with other values, as the next record ordinarily is. */
function similar(random: SeededRandom, keys: readonly string[], gap: string): string {
  const members = keys.map(
    (key) => `${key}:${gap}${random.chance(200) ? oddValue(random) : valueText(random, 3)}`,
  );
  return `{${members.join(`,${gap}`)}}`;
}

function otherRecord(random: SeededRandom): string {
  switch (random.below(8)) {
    case 0:
      return space(random, 2);
    case 1:
      return `[${objectText(random, 1)},${objectText(random, 1)}]`;
    case 2:
      return random.pick([
        "[]",
        "[ ]",
        "[1]",
        "[{}",
        "1",
        '"a"',
        "null",
        "x",
        "\x00",
        "\xef\xbb\xbf{}",
        "{}",
        "{ }",
        "{,}",
      ]);
    default:
      return objectText(random, 0);
  }
}

/** The bytes of a file of JSON lines, many of them alike, some of them damaged or of another form. */
export function randomRecords(random: SeededRandom): Buffer {
  const ends = random.pick([["\n"], ["\n"], ["\r\n"], ["\r"], ["\n", "\r\n", "\r", "\n\n", "\r\r\n"]]);
  const harm = random.pick([1000, 20, 4]);
  let text = random.chance(20) ? "\xef\xbb\xbf" : "";
  for (let shapes = 1 + random.below(3); shapes > 0; shapes--) {
    const keys = Array.from({ length: 1 + random.below(6) }, () => keyText(random));
    const gap = random.pick(["", "", " "]);
    for (let n = random.below(8); n > 0; n--) {
      let line = random.chance(harm) ? otherRecord(random) : similar(random, keys, gap);
      if (random.chance(harm)) line = damaged(random, line);
      text += line + random.pick(ends);
    }
  }
  if (random.chance(3))
    text += random.chance(2) ? damaged(random, objectText(random, 0)) : objectText(random, 0);
  return Buffer.from(text, "latin1");
}
