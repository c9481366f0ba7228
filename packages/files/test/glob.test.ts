import { MemoryFileSystem } from "@ss/core";
import { expandGlob, globTest, isGlob, listFiles } from "@ss/files";
import { expect, test } from "vitest";

async function filesAt(...paths: readonly string[]): Promise<MemoryFileSystem> {
  const files = new MemoryFileSystem();
  for (const path of paths) await files.createExclusive(path, new Uint8Array(1));
  return files;
}

test.each([
  ["*.csv", "a.csv", true],
  ["*.csv", "a.csv.gz", false],
  ["?.txt", "a.txt", true],
  ["?.txt", "ab.txt", false],
  ["[a-c]x", "bx", true],
  ["[^a-c]x", "bx", false],
  ["{a,b*}.json", "bcd.json", true],
  ["{a,b*}.json", "c.json", false],
  ["a\\*b", "a*b", true],
  ["a\\*b", "axb", false],
  ["a.b", "axb", false],
])("pattern %s, name %s: %s", (pattern, name, matches) => {
  expect(globTest(pattern)(name)).toBe(matches);
});

test("patterns match level by level, and braces may hold folders", async () => {
  const files = await filesAt("/d/2024/a.csv", "/d/2025/b.csv", "/d/2025/x/c.csv", "/e/d.csv");
  const paths = async (pattern: string): Promise<string[]> =>
    (await expandGlob(files, pattern)).map(({ path }) => path);
  expect(await paths("/d/*/*.csv")).toEqual(["/d/2024/a.csv", "/d/2025/b.csv"]);
  expect(await paths("/d/202[5-9]")).toEqual(["/d/2025"]);
  expect(await paths("/{d/2025/x,e}/*.csv")).toEqual(["/d/2025/x/c.csv", "/e/d.csv"]);
  expect(await paths("/*/2024/a.csv")).toEqual(["/d/2024/a.csv"]);
  expect(await paths("/nowhere/*")).toEqual([]);
  expect(isGlob("/d/a.csv")).toBe(false);
});

test("a listing leaves hidden files and folders out", async () => {
  const files = await filesAt("/d/a", "/d/_b", "/d/.c", "/d/_t/d", "/d/_k=1/e", "/d/f._COPYING_");
  const { files: found, roots } = await listFiles(files, ["/d", "/d"]);
  expect(found.map(({ path }) => path).sort()).toEqual(["/d/_k=1/e", "/d/a"]);
  expect(roots.map(({ path }) => path)).toEqual(["/d"]);
  await expect(listFiles(files, ["/x"], { mustExist: true })).rejects.toMatchObject({
    condition: "PATH_NOT_FOUND",
  });
});
