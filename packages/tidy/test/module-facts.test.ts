import { expect, test } from "vitest";
import { factsOfText } from "../src/module-facts.js";

const importsOf = (text: string): [string, boolean][] =>
  factsOfText(text, "example.ts").imports.map(({ specifier, typeOnly }) => [specifier, typeOnly]);

test("finds every way of importing and tells which leave nothing at run time", () => {
  const text = `
    import "a";
    import { x } from "b";
    import type { Y } from "c";
    import { type Y } from "d";
    import { type Y, x } from "e";
    export { x } from "f";
    export type { Y } from "g";
    export * from "h";
    const later = await import("i");
    type Z = import("j").Z;
  `;
  expect(importsOf(text)).toEqual([
    ["a", false],
    ["b", false],
    ["c", true],
    ["d", true],
    ["e", false],
    ["f", false],
    ["g", true],
    ["h", false],
    ["i", false],
    ["j", true],
  ]);
});

test("does not take text for imports", () => {
  expect(importsOf(`const text = 'import { x } from "a"'; // import "b"`)).toEqual([]);
});

test.each(["export default 1;", "export default function f() {}", "const x = 1; export { x as default };"])(
  "sees the default export of %s",
  (text) => {
    expect(factsOfText(text, "example.ts").hasDefaultExport).toBe(true);
  },
);

test("sees calls of the console and not words about it", () => {
  expect(factsOfText(`console.log("x"); // console.warn`, "example.ts").consoleMethods).toEqual(["log"]);
});
