import { posix } from "node:path";
import { expect, test } from "vitest";
import { sqlFolders, typeOnlyExemptions } from "../src/arrows.js";
import { moduleFacts } from "../src/module-facts.js";
import { packages, sourceFiles } from "../src/repository.js";

const source = "packages/sql/src";
/** Parsed before any test starts, since hundreds of files on a busy machine may take longer than a test has. */
const files = packages
  .filter((member) => member.name === "sql")
  .flatMap(sourceFiles)
  .map((path) => ({ path, imports: moduleFacts(path).imports }));

/** The folder of sql's src that a path lies in, or undefined for a file directly in src. */
const folderOf = (path: string): string | undefined => {
  const parts = posix.relative(source, path).split("/");
  return parts.length > 1 ? parts[0] : undefined;
};

const isExempt = (from: string, to: string): boolean =>
  typeOnlyExemptions.some((exemption) => exemption.from === from && exemption.to === to);

test("every folder of sql has its place in the order", () => {
  const unknown = new Set(
    files
      .map(({ path }) => folderOf(path))
      .filter((folder) => folder !== undefined && !sqlFolders.includes(folder)),
  );
  expect([...unknown]).toEqual([]);
});

test("a folder of sql imports only from those before it on the way of a query", () => {
  const wrong = files.flatMap(({ path, imports }) => {
    const from = folderOf(path);
    if (from === undefined) return [];
    return imports.flatMap(({ specifier, typeOnly }) => {
      if (!specifier.startsWith(".")) return [];
      const to = folderOf(posix.join(posix.dirname(path), specifier));
      if (to === undefined || sqlFolders.indexOf(to) <= sqlFolders.indexOf(from)) return [];
      return typeOnly && isExempt(from, to) ? [] : [`${path} imports ${specifier}`];
    });
  });
  expect(wrong).toEqual([]);
});

test("no folder of sql imports the package's own list of exports", () => {
  const wrong = files.flatMap(({ path, imports }) =>
    imports
      .filter(({ specifier }) => specifier.startsWith("."))
      .filter(({ specifier }) => posix.join(posix.dirname(path), specifier) === `${source}/index.js`)
      .map(() => path),
  );
  expect(wrong).toEqual([]);
});

test("every exemption is still needed", () => {
  const used = new Set(
    files.flatMap(({ path, imports }) =>
      imports
        .filter(({ specifier, typeOnly }) => typeOnly && specifier.startsWith("."))
        .map(
          ({ specifier }) => `${folderOf(path)} -> ${folderOf(posix.join(posix.dirname(path), specifier))}`,
        ),
    ),
  );
  const idle = typeOnlyExemptions
    .map(({ from, to }) => `${from} -> ${to}`)
    .filter((arrow) => !used.has(arrow));
  expect(idle).toEqual([]);
});
