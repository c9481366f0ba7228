import { basename } from "node:path";
import { describe, expect, test } from "vitest";
import { moduleFacts } from "../src/module-facts.js";
import { apps, filesBelow, packages, sourceFiles } from "../src/repository.js";

const members = [...packages, ...apps];
const programFile = /\.(ts|tsx|mts|mjs|js)$/;
const kebabCase =
  /^[a-z0-9]+(-[a-z0-9]+)*(\.(test|test-d|integration|config|base|setup|d))*\.(ts|tsx|mts|mjs|js)$/;
const saysNothing = /(^|-)(utils?|utilities|helpers?)(\.|$)|^(common|misc|shared)(\.|$)/;

const programFiles = [...filesBelow("scripts"), ...members.flatMap(({ path }) => filesBelow(path))].filter(
  (path) => programFile.test(path) && !path.includes("/data/") && !path.includes("/fixtures/"),
);

describe("names of files", () => {
  test("are kebab-case", () => {
    expect(programFiles.filter((path) => !kebabCase.test(basename(path)))).toEqual([]);
  });

  test("of folders too", () => {
    const folders = new Set(programFiles.flatMap((path) => path.split("/").slice(0, -1)));
    expect([...folders].filter((name) => !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name))).toEqual([]);
  });

  test("say what is inside", () => {
    expect(programFiles.filter((path) => path.split("/").some((part) => saysNothing.test(part)))).toEqual([]);
  });
});

test.each(members)("$name has no default export in its sources", (member) => {
  expect(sourceFiles(member).filter((path) => moduleFacts(path).hasDefaultExport)).toEqual([]);
});
