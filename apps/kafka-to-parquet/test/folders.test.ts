import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { foldersIn, removeFolders } from "../src/folders.js";

test("what an earlier run left is removed, and nothing else that lies in the folder of the flag", () => {
  const data = mkdtempSync(join(tmpdir(), "kafka-to-parquet-"));
  try {
    for (const folder of Object.values(foldersIn(data)))
      mkdirSync(join(folder, "inner"), { recursive: true });
    writeFileSync(join(data, "mine.txt"), "");
    removeFolders(data);
    expect(readdirSync(data)).toEqual(["mine.txt"]);
  } finally {
    rmSync(data, { recursive: true });
  }
});
