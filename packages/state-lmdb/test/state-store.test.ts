import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stateStoreConformance } from "@ss/testkit";
import { afterAll, describe, test } from "vitest";
import { lmdbStateStoreProvider } from "../src/index.js";

const root = mkdtempSync(join(tmpdir(), "state-lmdb-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let folders = 0;

describe("the store in LMDB", () => {
  stateStoreConformance(test, {
    create: () => ({
      provider: lmdbStateStoreProvider({ folder: join(root, String(folders++)), memoryBytes: 64 << 20 }),
    }),
  });
});
