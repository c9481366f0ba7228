import {
  absolutePath,
  escapePathName,
  parentPath,
  partitionFolder,
  pathFromUri,
  pathToUri,
  qualifiedPath,
  relativeTo,
  unescapePathName,
} from "@ss/files";
import { expect, test } from "vitest";

test("paths become absolute, whatever form they were given in", () => {
  expect(absolutePath("file:///data/in/")).toBe("/data/in");
  expect(absolutePath("file:/data/in")).toBe("/data/in");
  expect(absolutePath("/data/../in")).toBe("/in");
  expect(absolutePath("s3://bucket/in/")).toBe("s3://bucket/in");
  expect(absolutePath("in")).toBe(`${process.cwd()}/in`);
  expect(parentPath("/a/b")).toBe("/a");
  expect(parentPath("/a")).toBe("/");
  expect(relativeTo("/a", "/a/b/c")).toBe("b/c");
  expect(relativeTo("/a", "/ab")).toBeNull();
});

test("logs hold paths as URIs, and read them in either form", () => {
  expect(pathToUri("/a b/c%3D[1]/\u00e9")).toBe("file:///a%20b/c%253D%5B1%5D/\u00e9");
  expect(pathFromUri("file:///a%20b/c%253D%5B1%5D/\u00e9")).toBe("/a b/c%3D[1]/\u00e9");
  expect(pathFromUri("/data/x.json")).toBe("/data/x.json");
  expect(pathFromUri(pathToUri("s3://bucket/a b"))).toBe("s3://bucket/a b");
});

test("reports show paths with their scheme", () => {
  expect(qualifiedPath("/data/a b")).toBe("file:/data/a b");
  expect(qualifiedPath("s3://bucket/a")).toBe("s3://bucket/a");
});

test("names of partition folders escape what file systems and Hive do not take", () => {
  expect(escapePathName('a/b:c=d%"')).toBe("a%2Fb%3Ac%3Dd%25%22");
  expect(unescapePathName("a%2Fb%3ac%")).toBe("a/b:c%");
  expect(partitionFolder("k", "x y")).toBe("k=x y");
  expect(partitionFolder("k", null)).toBe("k=__HIVE_DEFAULT_PARTITION__");
  expect(partitionFolder("k", "")).toBe("k=__HIVE_DEFAULT_PARTITION__");
});
