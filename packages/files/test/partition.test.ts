import { type DataType, type FileEntry, StructType } from "@ss/core";
import { discoverPartitions, partitionValue, pathPartitions } from "@ss/files";
import { expect, test } from "vitest";

const parser = {
  date: (text: string) => (/^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(text) / 86_400_000 : undefined),
  timestamp: (text: string) => {
    const ms = Date.parse(`${text.replace(" ", "T")}Z`);
    return Number.isNaN(ms) ? undefined : BigInt(ms) * 1000n;
  },
};

const entries = (...paths: readonly string[]): FileEntry[] =>
  paths.map((path) => ({ path, isFolder: false, size: 1, modifiedMs: 0 }));

const discovered = (paths: readonly string[], inferTypes = true, userSchema?: StructType): string =>
  discoverPartitions(["/t"], entries(...paths), { inferTypes, parser, userSchema }).simpleString();

test("columns and values are read from folder names", () => {
  expect(pathPartitions("/t", "/t/a=1/b%3D=x%2Fy/f")).toEqual([
    ["a", "1"],
    ["b=", "x/y"],
  ]);
  expect(pathPartitions("/t", "/t/a=__HIVE_DEFAULT_PARTITION__/f")).toEqual([["a", null]]);
  expect(pathPartitions("/t", "/t/f")).toEqual([]);
});

test("values get the narrowest type that holds them all", () => {
  expect(discovered(["/t/a=1/f", "/t/a=2/f"])).toBe("struct<a:int>");
  expect(discovered(["/t/a=1/f", "/t/a=3000000000/f"])).toBe("struct<a:bigint>");
  expect(discovered(["/t/a=1/f", "/t/a=1.5/f"])).toBe("struct<a:double>");
  expect(discovered(["/t/a=2024-01-01/f"])).toBe("struct<a:date>");
  expect(discovered(["/t/a=2024-01-01 10%3A00%3A00/f"])).toBe("struct<a:timestamp>");
  expect(discovered(["/t/a=1/f", "/t/a=x/f"])).toBe("struct<a:string>");
  expect(discovered(["/t/a=__HIVE_DEFAULT_PARTITION__/f"])).toBe("struct<a:string>");
  expect(discovered(["/t/a=1/f"], false)).toBe("struct<a:string>");
  expect(discovered(["/t/A=1/f"], true, StructType.fromDDL("a BIGINT"))).toBe("struct<a:bigint>");
});

test("folders that do not agree are named", () => {
  expect(() => discovered(["/t/a=1/f", "/t/b=1/f"])).toThrow("CONFLICTING_PARTITION_COLUMN_NAMES");
  expect(() => discovered(["/t/=1/f"])).toThrow("EMPTY_PARTITION_COLUMN_NAME");
  expect(() => discovered(["/t/a=/f"])).toThrow("EMPTY_PARTITION_COLUMN_VALUE");
});

test("values are read as the type of their column", () => {
  const value = (text: string | null, kind: string): unknown =>
    partitionValue("c", text, { kind } as DataType, parser);
  expect(value("7", "integer")).toBe(7);
  expect(value("7", "long")).toBe(7n);
  expect(value("TRUE", "boolean")).toBe(true);
  expect(value(null, "integer")).toBeNull();
  expect(partitionValue("c", "1.5", { kind: "decimal", precision: 5, scale: 2 }, parser)).toBe(150n);
  expect(() => value("300", "byte")).toThrow("INVALID_PARTITION_VALUE");
});
