import { type ChildProcess, fork } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { type SeededRandom, seededRandom } from "@ss/testkit";
import { afterEach, expect, test } from "vitest";
import { ANOTHER_RUN_EXIT_CODE, Sales } from "../src/kill/sales.js";

// processes run the built app; `npm test` builds it first
const CHILD = fileURLToPath(new URL("../dist/kill-child.js", import.meta.url));
const SEED = Number(process.env["SIMULATE_SEED"] ?? Date.now() % 1_000_000);
const KILLS = 50;
const PATIENCE = { timeout: 300_000 };

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function newSales(random: SeededRandom): Sales {
  const folder = mkdtempSync(join(tmpdir(), "kill-"));
  folders.push(folder);
  return new Sales(folder, random);
}

/** A child that has loaded and waits, and how it ends. */
class Child {
  private readonly process: ChildProcess;
  private errors = "";
  readonly ended: Promise<number | NodeJS.Signals | null>;

  constructor(folder: string) {
    this.process = fork(CHILD, [folder], { execArgv: [], stdio: ["ignore", "ignore", "pipe", "ipc"] });
    this.process.stderr!.on("data", (chunk: Buffer) => {
      this.errors += chunk.toString();
    });
    this.ended = new Promise((resolve) =>
      this.process.once("exit", (code, signal) => resolve(signal ?? code)),
    );
  }

  begin(): void {
    this.process.send("begin");
  }

  kill(): void {
    this.process.kill("SIGKILL");
  }

  /** Waits for its end, which has to be one of these. */
  async endsWith(...allowed: readonly (number | NodeJS.Signals)[]): Promise<number | NodeJS.Signals | null> {
    const end = await this.ended;
    expect(allowed, `a child ended with ${end}: ${this.errors}`).toContain(end);
    return end;
  }
}

async function runToTheEnd(sales: Sales): Promise<void> {
  sales.close();
  const last = new Child(sales.folder);
  last.begin();
  await last.endsWith(0);
}

function expectRight(sales: Sales): void {
  expect(sales.written("copies")).toEqual(sales.expectedCopies());
  expect(sales.written("windows")).toEqual(sales.expectedWindows());
}

test.runIf(existsSync(CHILD))(
  `${KILLS} kills lose no row and count none twice (seed ${SEED})`,
  PATIENCE,
  async () => {
    const random = seededRandom(SEED);
    const sales = newSales(random.fork());
    let kills = 0;
    let next = new Child(sales.folder);
    while (kills < KILLS) {
      const child = next;
      next = new Child(sales.folder);
      for (let count = random.integer(1, 4); count > 0; count--) sales.addFile();
      child.begin();
      // a file takes some ten milliseconds
      await sleep(random.integer(0, 150));
      child.kill();
      if ((await child.endsWith("SIGKILL", 0)) === "SIGKILL") kills++;
    }
    next.kill();
    await runToTheEnd(sales);
    expectRight(sales);
  },
);

test.runIf(existsSync(CHILD))(
  `of two processes on one checkpoint one stops by name, and the result is right (seed ${SEED})`,
  PATIENCE,
  async () => {
    const random = seededRandom(SEED);
    const sales = newSales(random.fork());
    for (let round = 0; round < 8; round++) {
      for (let count = 0; count < 6; count++) sales.addFile();
      const children = [new Child(sales.folder), new Child(sales.folder)];
      children[0]!.begin();
      await sleep(random.integer(0, 100));
      children[1]!.begin();
      await Promise.all(children.map((child) => child.endsWith(0, ANOTHER_RUN_EXIT_CODE)));
    }
    await runToTheEnd(sales);
    expectRight(sales);
  },
);
