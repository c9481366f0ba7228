import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { missingFromDist, runtimeClosure } from "../workspace.mjs";

const entry = (name, manifest = {}) => ({ folder: `packages/${name}`, manifest: { name, ...manifest } });
const namesOf = (entries) => entries.map(({ manifest }) => manifest.name);
const write = (folder, file, text = "") => {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), text);
};

test("the closure follows dependencies and peers, not those of tests or from outside", () => {
  const workspace = [
    entry("core"),
    entry("files", { peerDependencies: { core: "*" } }),
    entry("sink", { dependencies: { files: "*", outside: "1" }, devDependencies: { kit: "*" } }),
    entry("kit", { peerDependencies: { core: "*" } }),
  ];
  expect(namesOf(runtimeClosure("sink", workspace))).toEqual(["core", "files", "sink"]);
});

test("the closure ends on a cycle", () => {
  const workspace = [entry("a", { dependencies: { b: "*" } }), entry("b", { peerDependencies: { a: "*" } })];
  expect(namesOf(runtimeClosure("a", workspace))).toEqual(["a", "b"]);
});

test("a package misses what it exports and the declarations of its sources, until they are built", () => {
  const folder = mkdtempSync(join(tmpdir(), "ss-package-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const exports = {
    ".": { types: "./dist/index.d.ts", default: "./dist/index.js" },
    "./package.json": "./package.json",
  };
  write(folder, "package.json", JSON.stringify({ publishConfig: { exports } }));
  write(folder, "src/index.ts");
  write(folder, "src/a/b.ts");
  expect(missingFromDist(folder)).toEqual(["./dist/index.d.ts", "./dist/index.js", "./dist/a/b.d.ts"]);
  write(folder, "dist/index.js");
  write(folder, "dist/index.d.ts");
  expect(missingFromDist(folder)).toEqual(["./dist/a/b.d.ts"]);
  write(folder, "dist/a/b.d.ts");
  expect(missingFromDist(folder)).toEqual([]);
});
