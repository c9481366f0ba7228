import { extname } from "node:path";
import { describe, expect, test } from "vitest";
import { moduleFacts } from "../src/module-facts.js";
import { apps, filesBelow, packages, readText, sourceFiles } from "../src/repository.js";

const textEndings = new Set([
  "",
  ".ts",
  ".tsx",
  ".mjs",
  ".js",
  ".json",
  ".md",
  ".yaml",
  ".yml",
  ".sh",
  ".html",
  ".css",
]);
const isText = (path: string): boolean =>
  textEndings.has(extname(path)) && !/\/(data|fixtures|generated)\//.test(path);

/** These files hold the patterns themselves. */
const isThisTest = (path: string): boolean => path === "packages/tidy/test/words.test.ts";

const everyText = filesBelow(".").filter(
  (path) => isText(path) && path !== "pnpm-lock.yaml" && !isThisTest(path),
);

const linesWith = (paths: readonly string[], pattern: RegExp): string[] =>
  paths.flatMap((path) =>
    readText(path)
      .split("\n")
      .flatMap((line, index) =>
        pattern.test(line) ? [`${path}:${index + 1}: ${line.trim().slice(0, 120)}`] : [],
      ),
  );

describe.each(packages)("the sources of $name", (member) => {
  const files = sourceFiles(member).filter((path) => !path.includes("/generated/"));

  test("leave nothing to do", () => {
    expect(linesWith(files, /\b(TODO|FIXME|HACK)\b|not (yet )?implemented/i)).toEqual([]);
  });

  test("do not print: what a user should see is an event, an error or a stream that was passed in", () => {
    const printing = /^(log|debug|info|dir|table|trace)$/;
    const wrong = files.filter((path) =>
      moduleFacts(path).consoleMethods.some((method) => printing.test(method)),
    );
    expect(wrong).toEqual([]);
  });
});

test("the sources of apps leave nothing to do", () => {
  const files = apps.flatMap(sourceFiles);
  expect(linesWith(files, /\b(TODO|FIXME|HACK)\b/)).toEqual([]);
});

test("no file names a place on one machine", () => {
  expect(linesWith(everyText, /(^|[^A-Za-z0-9_.{}$])\/(home|root|work|usr\/local|opt)\/[a-z]/)).toEqual([]);
});

test("only the continuous integration script knows of anything beside the repository", () => {
  const files = everyText.filter((path) => path !== ".ci/run");
  expect(linesWith(files, /(^|[^./])(\.\.\/)+shared\//)).toEqual([]);
});
