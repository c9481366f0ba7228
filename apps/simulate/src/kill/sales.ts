import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { SeededRandom } from "@ss/testkit";
import { listedFiles } from "../sink/listed-files.js";

export const SALES_SCHEMA = "id BIGINT, amount INT, t TIMESTAMP";
/** How a child ends that found another run on its checkpoint. */
export const ANOTHER_RUN_EXIT_CODE = 3;

const WINDOW_SECONDS = 10;
/** Sales of a file lie this close together; the children's watermark is far enough behind that none is late. */
const SPREAD_SECONDS = 20;

interface Sale {
  readonly id: number;
  readonly amount: number;
  readonly seconds: number;
}

/** The input of the children as files, and what has to come of it. */
export class Sales {
  readonly folder: string;
  private readonly random: SeededRandom;
  private readonly sales: Sale[] = [];
  private fileCount = 0;
  private nowSeconds = 0;

  constructor(folder: string, random: SeededRandom) {
    this.folder = folder;
    this.random = random;
    mkdirSync(join(folder, "in"), { recursive: true });
  }

  /** Adds a file of sales. */
  addFile(): void {
    const { random } = this;
    this.nowSeconds += random.integer(1, WINDOW_SECONDS);
    const sales = Array.from({ length: random.integer(1, 20) }, (_, k) => ({
      id: this.sales.length + k,
      amount: random.integer(1, 100),
      seconds: this.nowSeconds + random.integer(0, SPREAD_SECONDS),
    }));
    this.write(sales);
  }

  /** Adds a last sale, so late that all windows before it are complete. */
  close(): void {
    this.write([{ id: this.sales.length, amount: 1, seconds: this.nowSeconds + 3600 }]);
  }

  private write(sales: readonly Sale[]): void {
    const name = `${String(this.fileCount++).padStart(5, "0")}.csv`;
    const staged = join(this.folder, name);
    writeFileSync(
      staged,
      sales
        .map(({ id, amount, seconds }) => `${id},${amount},${new Date(seconds * 1000).toISOString()}\n`)
        .join(""),
    );
    // whole or not at all, as the source expects of its files
    renameSync(staged, join(this.folder, "in", name));
    this.sales.push(...sales);
  }

  /** The lines that `copies` has to hold, sorted. */
  expectedCopies(): string[] {
    return this.sales.map(({ id, amount }) => `${id},${amount}`).sort();
  }

  /** The lines that `windows` has to hold once the input is closed, sorted: all windows but that of the last sale. */
  expectedWindows(): string[] {
    const totals = new Map<number, number>();
    for (const { amount, seconds } of this.sales.slice(0, -1)) {
      const start = Math.floor(seconds / WINDOW_SECONDS) * WINDOW_SECONDS;
      totals.set(start, (totals.get(start) ?? 0) + amount);
    }
    return [...totals].map(([start, total]) => `${start},${total}`).sort();
  }

  /** The lines of the files that an output's manifest lists, sorted. */
  written(name: "copies" | "windows"): string[] {
    const manifest = join(this.folder, "out", name, "_spark_metadata");
    const entries = readdirSync(manifest).map((entry) => join(manifest, entry));
    return listedFiles(entries, (path) => readFileSync(path, "utf8"))
      .flatMap((uri) => readFileSync(uri.replace("file://", ""), "utf8").split("\n"))
      .filter((line) => line !== "")
      .sort();
  }
}
