import { BinaryType, IntegerType, LongType, StringType, type Value } from "@ss/core";
import { describe, expect, it } from "vitest";
import type { Expression } from "../../src/expression/expression.js";
import { call, evaluate, evaluateRows, input, literal } from "./evaluate.js";

const SEED = Number(process.env["SS_TEST_SEED"] ?? 20_271);

/** Numbers below `n`, the same ones for the same seed. */
function numbers(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 4294967296) * n);
  };
}

const text = (value: string): Expression => literal(value, StringType);
const int = (value: number): Expression => literal(value, IntegerType);
const points = (value: string): string[] => Array.from(value);
const ALPHABET = ["a", "b", "Z", "q", " ", ",", "'", "\\", "7", "é", "ß", "İ", "漢", "\u{1F600}"];

describe("functions of texts give what Spark's documentation shows", () => {
  const cases: readonly (readonly [string, Expression, Value])[] = [
    ["translate", call("translate", text("AaBbCc"), text("abc"), text("123")), "A1B2C3"],
    ["split_part", call("split_part", text("11.12.13"), text("."), int(3)), "13"],
    ["find_in_set", call("find_in_set", text("ab"), text("abc,b,ab,c,def")), 3],
    ["reverse", call("reverse", text("Spark SQL")), "LQS krapS"],
    ["repeat", call("repeat", text("123"), int(2)), "123123"],
    ["initcap", call("initcap", text("sPark sql")), "Spark Sql"],
    ["initcap of letters of several", call("initcap", text("aİ ﬁX  İA ßA")), "Ai\u0307 Fix  İa Ssa"],
    ["concat_ws", call("concat_ws", text(" "), text("Spark"), text("SQL")), "Spark SQL"],
    ["overlay", call("overlay", text("Spark SQL"), text("_"), int(6)), "Spark_SQL"],
    // what is kept behind the part begins where substring(text, -4 + 1) does, and substring(text, 0)
    ["overlay before the start", call("overlay", text("Spark SQL"), text("_"), int(-4)), "_SQL"],
    ["overlay up to position 0", call("overlay", text("Spark SQL"), text("_"), int(-1)), "_Spark SQL"],
    [
      "overlay over nothing",
      call("overlay", text("Spark SQL"), text("ANSI "), int(7), int(0)),
      "Spark ANSI SQL",
    ],
    [
      "overlay over four",
      call("overlay", text("Spark SQL"), text("tructured"), int(2), int(4)),
      "Structured SQL",
    ],
    ["locate from", call("locate", text("bar"), text("foobarbar"), int(5)), 7],
    ["elt", call("elt", int(1), text("scala"), text("java")), "scala"],
    ["chr", call("chr", literal(65n, LongType)), "A"],
    ["bit_length", call("bit_length", text("Spark SQL")), 72],
    ["luhn_check", call("luhn_check", text("8112189876")), true],
    ["luhn_check of a wrong digit", call("luhn_check", text("79927398714")), false],
    [
      "mask",
      call("$mask", text("abcd-EFGH-8765-4321"), text("X"), text("x"), text("n"), literal(null, StringType)),
      "xxxx-XXXX-nnnn-nnnn",
    ],
    ["quote", call("quote", text("Don't")), "'Don\\'t'"],
  ];
  for (const [name, e, expected] of cases) it(name, () => expect(evaluate(e)).toEqual(expected));
});

describe(`functions of texts agree with plain formulas, seed ${SEED}`, () => {
  const next = numbers(SEED);
  const some = (longest: number): string | null =>
    next(12) === 0
      ? null
      : Array.from({ length: next(longest) }, () => ALPHABET[next(ALPHABET.length)]!).join("");
  const columns = [
    input("x", StringType),
    input("y", StringType),
    input("n", IntegerType),
    input("m", IntegerType),
  ];
  const [x, y, n, m] = columns as [Expression, Expression, Expression, Expression];
  const rows = Array.from({ length: 600 }, () => [
    some(10),
    some(4),
    next(14) === 0 ? null : next(15) - 7,
    next(5) - 1,
  ]);
  rows.push(
    ["aaaa", "aa", -1, 2],
    ["", "", 1, 1],
    ["a".repeat(40), "b".repeat(40), 3, 2],
    ["漢a漢", "漢", -2, 2],
  );

  const check = (
    name: string,
    e: Expression,
    expected: (x: string, y: string, n: number, m: number) => Value,
    used = "xynm",
  ): void =>
    it(name, () => {
      const found = evaluateRows(e, columns as never, rows, { ansi: false });
      rows.forEach((row, k) => {
        const isNull = row.some((value, at) => value === null && used.includes("xynm"[at]!));
        const want = isNull
          ? null
          : expected(row[0] as string, row[1] as string, row[2] as number, row[3] as number);
        expect(found[k], JSON.stringify(row)).toEqual(want);
      });
    });
  const from = (value: string, start: number, end = Number.POSITIVE_INFINITY): string =>
    points(value)
      .slice(Math.max(start, 0), Math.max(end, start, 0))
      .join("");

  /** Where 'substring' from a position begins: below 0 they count from the end. */
  const restFrom = (value: string, position: number): number =>
    position > 0 ? position - 1 : position < 0 ? points(value).length + position : 0;

  check("reverse goes by characters", call("reverse", x), (s) => points(s).reverse().join(""), "x");
  check("repeat", call("repeat", x, m), (s, _, __, k) => s.repeat(Math.max(k, 0)), "xm");
  check("space", call("space", n), (_, __, k) => " ".repeat(Math.max(k, 0)), "n");
  check("bit_length", call("bit_length", x), (s) => 8 * Buffer.byteLength(s), "x");
  check("overlay of a length", call("overlay", x, y, n, m), (s, part, at, count) => {
    const size = count >= 0 ? count : points(part).length;
    return from(s, 0, Math.max(at - 1, 0)) + part + from(s, restFrom(s, at + size));
  });
  check(
    "overlay",
    call("overlay", x, y, n),
    (s, part, at) => from(s, 0, Math.max(at - 1, 0)) + part + from(s, restFrom(s, at + points(part).length)),
    "xyn",
  );
  check(
    "split_part",
    call("split_part", x, y, int(2)),
    (s, part) => (part === "" ? [s] : s.split(part))[1] ?? "",
    "xy",
  );
  check(
    "split_part from the end",
    call("split_part", x, y, int(-2)),
    (s, part) => (part === "" ? [s] : s.split(part)).at(-2) ?? "",
    "xy",
  );
  check("split_part at a space", call("split_part", x, text(" "), int(-1)), (s) => s.split(" ").at(-1)!, "x");
  check(
    "find_in_set",
    call("find_in_set", y, x),
    (s, part) => (part.includes(",") ? 0 : s.split(",").indexOf(part) + 1),
    "xy",
  );
  check(
    "concat_ws leaves out what is null",
    call("concat_ws", text("-é-"), x, y, x),
    (...values) => {
      const [s, part] = values;
      return [s, part, s].filter((value) => value !== null).join("-é-");
    },
    "",
  );
  check(
    "concat_ws by a column",
    call("concat_ws", y, x, text("!")),
    (s, part) => [s, "!"].filter((value) => value !== null).join(part),
    "y",
  );
  for (const [a, b] of [
    ["ab,", "xy"],
    ["aé漢", "éa"],
    ["", "abc"],
    ["aab", "xyz"],
    ["q\u{1F600}", "漢\u{1F601}"],
  ] as const) {
    check(
      `translate ${a} to ${b}`,
      call("translate", x, text(a), text(b)),
      (s) =>
        points(s)
          .map((c) => (points(a).includes(c) ? (points(b)[points(a).indexOf(c)] ?? "") : c))
          .join(""),
      "x",
    );
  }
  check(
    "translate by columns",
    call("translate", x, y, text("1")),
    (s, a) =>
      points(s)
        .map((c) => (points(a).includes(c) ? (["1"][points(a).indexOf(c)] ?? "") : c))
        .join(""),
    "xy",
  );
  check(
    "initcap",
    call("initcap", x),
    (s) =>
      s
        .split(" ")
        .map((word) => {
          const [first = ""] = word;
          const capital = first === "ß" ? "Ss" : first.toUpperCase();
          return capital + word.toLowerCase().slice(first.toLowerCase().length);
        })
        .join(" "),
    "x",
  );
  check("quote", call("quote", x), (s) => `'${s.replace(/'/g, "\\'")}'`, "x");
  check(
    "mask keeps a kind whose sign is null",
    call("$mask", x, text("漢"), literal(null, StringType), text("n"), text("*")),
    (s) =>
      points(s)
        .map((c) => (/\p{Lu}/u.test(c) ? "漢" : /\p{Ll}/u.test(c) ? c : /\p{Nd}/u.test(c) ? "n" : "*"))
        .join(""),
    "x",
  );
  check(
    "locate from a character",
    call("locate", y, x, call("coalesce", n, int(2))),
    (s, part, place) => {
      const at = place ?? 2;
      if (at < 1) return 0;
      // nothing is found at once, wherever the search begins
      if (part === "") return 1;
      for (let k = at - 1; k <= points(s).length; k++) if (from(s, k).startsWith(part)) return k + 1;
      return 0;
    },
    "xy",
  );
  check(
    "instr of an occurrence",
    call("instr", x, call("concat", y, text("a")), n, m),
    (s, before, at, occurrence) => {
      if (at === 0 || occurrence < 1) return 0;
      const part = `${before}a`;
      const size = points(s).length;
      const places = Array.from({ length: size + 1 }, (_, k) => k).filter((k) => from(s, k).startsWith(part));
      const wanted =
        at > 0
          ? places.filter((k) => k >= at - 1)
          : size + at < 0
            ? []
            : places.filter((k) => k <= size + at).reverse();
      return occurrence <= wanted.length ? wanted[occurrence - 1]! + 1 : 0;
    },
  );
  check("elt", call("elt", m, x, y), (s, part, _, at) => [s, part][at - 1] ?? null, "m");
  check(
    "luhn_check refuses what is no digits",
    call("luhn_check", x),
    (s) => {
      const digits = points(s).reverse().map(Number);
      if (!/^\d+$/.test(s)) return false;
      return digits.reduce((sum, d, k) => sum + (k % 2 === 0 ? d : d > 4 ? 2 * d - 9 : 2 * d), 0) % 10 === 0;
    },
    "x",
  );
});

describe("functions of binaries go by bytes", () => {
  const bytes = literal(Uint8Array.of(1, 2, 3), BinaryType);
  const binary = (...values: number[]): Expression => literal(Uint8Array.from(values), BinaryType);
  const check = (name: string, e: Expression, ...expected: number[]): void =>
    it(name, () => expect(evaluate(e)).toEqual(Uint8Array.from(expected)));
  check("reverse", call("reverse", bytes), 3, 2, 1);
  check("lpad fills with zeros", call("lpad", bytes, int(5)), 0, 0, 1, 2, 3);
  check("rpad fills with a pattern", call("rpad", bytes, int(6), binary(7, 8)), 1, 2, 3, 7, 8, 7);
  check("lpad cuts", call("lpad", bytes, int(2), binary(7)), 1, 2);
  check("rpad by nothing fills nothing", call("rpad", bytes, int(6), binary()), 1, 2, 3);
  check("overlay", call("overlay", bytes, binary(9, 9), int(2)), 1, 9, 9);
  check("overlay behind the end", call("overlay", bytes, binary(9), int(9), int(2)), 1, 2, 3, 9);
  check("overlay before the start", call("overlay", bytes, binary(9), int(-3)), 9, 2, 3);
});

it("locate from nowhere finds nothing, whatever else is null", () => {
  const [missing, nowhere] = [literal(null, StringType), literal(null, IntegerType)];
  expect(evaluate(call("locate", text("a"), text("ba"), nowhere))).toBe(0);
  expect(evaluate(call("locate", missing, text("ba"), nowhere))).toBe(0);
  expect(evaluate(call("locate", text("a"), missing, int(1)))).toBeNull();
  const [x, n] = [input("x", StringType), input("n", IntegerType)];
  const rows = [
    ["ba", null],
    [null, null],
    [null, 1],
    ["ba", 2],
  ];
  expect(evaluateRows(call("locate", text("a"), x, n), [x, n], rows)).toEqual([0, 0, null, 2]);
  expect(evaluateRows(call("locate", missing, x, n), [x, n], rows)).toEqual([0, 0, null, null]);
});

it("elt computes no value but the one that it gives", () => {
  const failing = call("split_part", text("a"), text(","), int(0));
  expect(evaluate(call("elt", int(1), text("a"), failing))).toBe("a");
  expect(() => evaluate(call("elt", int(2), text("a"), failing))).toThrow("index 0");
});

it("elt and split_part refuse indexes that there are none of", () => {
  expect(() => evaluate(call("elt", int(3), text("a"), text("b")))).toThrow("out of bounds");
  expect(evaluate(call("elt", int(3), text("a"), text("b")), { ansi: false })).toBeNull();
  expect(() => evaluate(call("split_part", text("a"), text(","), int(0)))).toThrow("index 0");
});
