import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BytesColumn, Int64Column, LongType, parseDdl, StringType } from "@ss/core";
import { FaultyFileSystem } from "@ss/testkit";
import { afterAll, expect, test } from "vitest";
import { lmdbStateStoreProvider } from "../src/index.js";

const root = mkdtempSync(join(tmpdir(), "state-lmdb-memory-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const BUDGET = 16 << 20;
const PIECE = 4096;
const PIECES = 5;
const TEXT = 3000;

/** Bytes of the tables' file in the memory of this process. */
function mapped(): number {
  const maps = readFileSync("/proc/self/smaps", "latin1").split(/^(?=[0-9a-f]+-[0-9a-f]+ )/m);
  const ours = maps.filter((map) => map.includes(root) && map.includes("data.mdb"));
  return ours.reduce((sum, map) => sum + 1024 * Number(/^Rss:\s+(\d+)/m.exec(map)![1]), 0);
}

test.runIf(process.platform === "linux")(
  "a state several times as large as its memory is filled, read, changed and written down within it",
  async () => {
    const provider = lmdbStateStoreProvider({ folder: root, memoryBytes: BUDGET });
    const fileSystem = new FaultyFileSystem();
    const store = await provider.open({ fileSystem, folder: "/c/state", runId: "r", conf: () => undefined });
    const family = store.family({
      operatorId: 0,
      name: "default",
      keySchema: parseDdl("id BIGINT"),
      valueSchema: parseDdl("text STRING"),
    });
    await store.load(null);
    const keysFrom = (from: number): Int64Column =>
      // scattered over the table
      new Int64Column(
        LongType,
        PIECE,
        null,
        BigInt64Array.from({ length: PIECE }, (_, i) =>
          BigInt.asIntN(64, BigInt(from + i) * 0x9e3779b97f4a7c15n),
        ),
      );
    const text = new Uint8Array(TEXT).fill(97);
    const starts = new Int32Array(PIECE);
    const texts = new BytesColumn(
      StringType,
      PIECE,
      null,
      text,
      starts,
      starts.map(() => TEXT),
    );
    let most = 0;
    const look = (): void => {
      most = Math.max(most, mapped());
    };
    for (let from = 0; from < PIECES * PIECE; from += PIECE) {
      family.put([keysFrom(from)], [texts], PIECE);
      look();
    }
    for (let from = 0; from < PIECES * PIECE; from += 4 * PIECE) {
      const { positions } = family.get([keysFrom(from)], PIECE);
      expect(positions.includes(-1)).toBe(false);
      look();
    }
    await store.commit(1, async () => {});
    look();
    let rows = 0;
    for (const { rowCount } of family.scan()) {
      rows += rowCount;
      if (rows % 10 === 0) look();
    }
    expect(rows).toBe(PIECES * PIECE);
    const [checkpoint] = readdirSync(root);
    const cache = readdirSync(join(root, checkpoint!)).find((entry) => entry !== "checkpoint");
    expect(statSync(join(root, checkpoint!, cache!, "data.mdb")).size).toBeGreaterThan(3 * BUDGET);
    expect(most).toBeLessThan(BUDGET);
    await store.close();
  },
);
