import { describe, expect, test } from "vitest";
import { tokenize } from "../../src/parser/lexer.js";

function kinds(sql: string): string[] {
  return tokenize(sql)
    .slice(0, -1)
    .map((t) => `${t.type}:${sql.slice(t.start, t.end)}`);
}

describe("tokens", () => {
  test("words come in upper case whatever their case", () => {
    expect(tokenize("sElEcT")[0]?.word).toBe("SELECT");
    expect(tokenize("someName")[0]?.word).toBe("SOMENAME");
  });

  test("numbers are told apart by point, exponent and suffix", () => {
    expect(kinds("1 1L 2s 3y 1.5 .5 1. 1e3 1.e+3 1f 1.5D 7BD 1.5bd")).toEqual([
      "integer:1",
      "bigint:1L",
      "smallint:2s",
      "tinyint:3y",
      "decimal:1.5",
      "decimal:.5",
      "decimal:1.",
      "exponent:1e3",
      "exponent:1.e+3",
      "float:1f",
      "double:1.5D",
      "bigdecimal:7BD",
      "bigdecimal:1.5bd",
    ]);
  });

  test("what begins with digits and goes on with letters is a word", () => {
    expect(kinds("1a 1Lx 1e5x a.1b")).toEqual([
      "word:1a",
      "word:1Lx",
      "word:1e5x",
      "word:a",
      "mark:.",
      "word:1b",
    ]);
  });

  test("a point before a name is no decimal point", () => {
    expect(kinds("1.x")).toEqual(["integer:1", "mark:.", "word:x"]);
  });

  test("marks of several characters are one token, but greater-than signs come singly", () => {
    expect(kinds("<=> << >>> || |> -> => :: !=")).toEqual([
      "mark:<=>",
      "mark:<<",
      "mark:>",
      "mark:>",
      "mark:>",
      "mark:||",
      "mark:|>",
      "mark:->",
      "mark:=>",
      "mark:::",
      "mark:!=",
    ]);
  });

  test("comments vanish, nested ones and ones that go on over a backslash too, and hints stay", () => {
    expect(kinds("a -- b\nc")).toEqual(["word:a", "word:c"]);
    expect(kinds("a -- b \\\n still\nc")).toEqual(["word:a", "word:c"]);
    expect(kinds("a /* x /* y */ z */ b")).toEqual(["word:a", "word:b"]);
    expect(kinds("/*+ x */")).toEqual(["mark:/*+", "word:x", "mark:*/"]);
  });

  test("a bracketed comment without an end is refused", () => {
    expect(() => tokenize("select 1 /* /* */")).toThrow(/UNCLOSED_BRACKETED_COMMENT/);
  });

  test("a doubled quote belongs to the string unless strings stand side by side by setting", () => {
    expect(kinds("'a''b'")).toEqual(["string:'a''b'"]);
    expect(tokenize("'a''b'", true)).toHaveLength(3);
  });

  test("raw strings end at the first quote", () => {
    expect(kinds("r'a\\' b")).toEqual(["string:r'a\\'", "word:b"]);
  });
});
