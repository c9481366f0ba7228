import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { isFresh, writeStamp } from "../build-stamp.mjs";

let top;
const write = (file, text) => {
  mkdirSync(dirname(join(top, file)), { recursive: true });
  writeFileSync(join(top, file), text);
};

beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), "stamp-"));
  write("packages/a/package.json", "{}");
  write("packages/a/src/index.ts", "export const a = 1;");
  write("packages/a/dist/index.js", "export const a = 1;");
  writeStamp("all", ["packages/a"], top);
});
afterEach(() => rmSync(top, { recursive: true }));

const fresh = () => isFresh("all", ["packages/a"], top);

test("nothing is fresh before it was built once", () => {
  expect(isFresh("other", ["packages/a"], top)).toBe(false);
});

test("is fresh while nothing changed", () => {
  expect(fresh()).toBe(true);
});

test.each([
  ["a source grew", () => write("packages/a/src/index.ts", "export const a = 1234;")],
  ["a source was written again", () => utimesSync(join(top, "packages/a/src/index.ts"), 1, 1)],
  ["a source came", () => write("packages/a/src/deep/new.ts", "")],
  ["a source went", () => rmSync(join(top, "packages/a/src/index.ts"))],
  ["the manifest changed", () => write("packages/a/package.json", '{ "type": "module" }')],
  ["the build went", () => rmSync(join(top, "packages/a/dist"), { recursive: true })],
  ["a built file changed", () => write("packages/a/dist/index.js", "export const a = 12;")],
  ["dependencies changed", () => write("pnpm-lock.yaml", "lockfileVersion: 9")],
])("is not fresh after %s", (_, change) => {
  change();
  expect(fresh()).toBe(false);
});

test.each([
  ["a test", "packages/a/test/a.test.ts"],
  ["the README", "packages/a/README.md"],
  ["a declaration", "packages/a/dist/index.d.ts"],
])("stays fresh after a change of %s", (_, file) => {
  write(file, "changed");
  expect(fresh()).toBe(true);
});
