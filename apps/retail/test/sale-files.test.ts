import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { provideSaleFiles, salesOfDay } from "../src/sale-files.js";

test("a day has the same bytes every time", () => {
  expect(salesOfDay(3, 500)).toBe(salesOfDay(3, 500));
  expect(salesOfDay(3, 500)).not.toBe(salesOfDay(4, 500));
});

test("a day has its rows, all of that day, in the order of time", () => {
  const [header, ...rows] = salesOfDay(1, 500).trimEnd().split("\n");
  expect(header).toBe("InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country");
  expect(rows).toHaveLength(500);
  const times = rows.map((row) => /,(2010-12-02 \d\d:\d\d:00),\d+\.\d\d,\d*,[A-Za-z ]+$/.exec(row)?.[1]);
  expect(times).not.toContain(undefined);
  expect(times).toEqual([...times].sort());
});

test("files are written once, with times in the order of their days", async () => {
  const data = await mkdtemp(join(tmpdir(), "sale-files-"));
  onTestFinished(() => rm(data, { recursive: true }));
  const folder = join(data, "by-day");
  expect(await provideSaleFiles(folder, { days: 3, rows: 10 })).toBe(true);
  expect(await provideSaleFiles(folder, { days: 3, rows: 10 })).toBe(false);
  const names = (await readdir(folder)).sort();
  expect(names).toEqual(["2010-12-01.csv", "2010-12-02.csv", "2010-12-03.csv"]);
  const times = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).mtimeMs));
  expect(times).toEqual([...times].sort((a, b) => a - b));

  expect(await provideSaleFiles(folder, { days: 1, rows: 10 })).toBe(true);
  expect(await readdir(folder)).toEqual(["2010-12-01.csv"]);
  expect(await readFile(join(folder, "2010-12-01.csv"), "utf8")).toBe(salesOfDay(0, 10));
});
