import { existsSync } from "node:fs";
import { mkdir, readFile, rename, rm, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { countries, products } from "./catalogue.js";

const header = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country";
const firstDay = Date.UTC(2010, 11, 1);
const dayMs = 86_400_000;
const customers = 4000;

/** What the files of a folder were made for: the same numbers give the same bytes. */
export interface SaleFiles {
  readonly days: number;
  readonly rows: number;
}

/** The date of a day, which is also the name of its file. */
export const dayName = (day: number): string => new Date(firstDay + day * dayMs).toISOString().slice(0, 10);

/**
 * Sees to it that a folder holds these files and no others. Whether it had to write them: the ones of an earlier run are
 * used again if they are the same.
 */
export async function provideSaleFiles(folder: string, wanted: SaleFiles): Promise<boolean> {
  const recipe = `${folder}.json`;
  const text = JSON.stringify(wanted);
  if (existsSync(recipe) && (await readFile(recipe, "utf8")) === text) return false;
  await rm(recipe, { force: true });
  await rm(folder, { recursive: true, force: true });
  const incomplete = `${folder}.incomplete`;
  await rm(incomplete, { recursive: true, force: true });
  await mkdir(incomplete, { recursive: true });
  const now = Date.now() / 1000;
  for (let day = 0; day < wanted.days; day++) {
    const file = join(incomplete, `${dayName(day)}.csv`);
    await writeFile(file, salesOfDay(day, wanted.rows));
    // a stream takes files in the order of their times
    const time = now - (wanted.days - day);
    await utimes(file, time, time);
  }
  await rename(incomplete, folder);
  await writeFile(recipe, text);
  return true;
}

/** The CSV text of a day: invoices from eight to eight, each of one customer and some lines. The same for the same arguments. */
export function salesOfDay(day: number, rows: number): string {
  const random = randomNumbers(day + 1);
  const date = dayName(day);
  const lines = [header];
  let invoice = 536_365 + day * rows;
  while (lines.length <= rows) {
    const size = Math.min(1 + Math.floor(random() * 30), rows + 1 - lines.length);
    const minute = 480 + Math.floor((720 * (lines.length - 1)) / rows);
    const time = `${date} ${twoDigits(Math.floor(minute / 60))}:${twoDigits(minute % 60)}:00`;
    const isReturn = random() < 0.02;
    const customer = Math.floor(customers * random() ** 2);
    // a quarter of the sales have no known customer
    const id = random() < 0.25 ? "" : String(12_346 + customer);
    const country = countries[customer % countries.length]!;
    const number = isReturn ? `C${invoice}` : String(invoice);
    for (let k = 0; k < size; k++) {
      const [code, description, pence] = products[Math.floor(random() * products.length)]!;
      const quantity = (isReturn ? -1 : 1) * (1 + Math.floor(24 * random() ** 3));
      lines.push(
        `${number},${code},${quoted(description)},${quantity},${time},${(pence / 100).toFixed(2)},${id},${country}`,
      );
    }
    invoice++;
  }
  return `${lines.join("\n")}\n`;
}

const twoDigits = (number: number): string => String(number).padStart(2, "0");

const quoted = (text: string): string => (text.includes(",") ? `"${text}"` : text);

/** Numbers in [0, 1) that are the same for the same seed (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = Math.imul(seed, 0x9e3779b9);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
