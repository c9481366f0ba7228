import assert from "node:assert/strict";
import { expect, test } from "vitest";
import { crashAtEveryWrite, type FaultyFileSystem, seededRandom } from "../src/index.js";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

async function logTwice(disk: FaultyFileSystem): Promise<void> {
  await disk.createExclusive("/log/0", bytes("a"));
  await disk.createExclusive("/log/1", bytes("b"));
}

test("a log of exclusive files never has a gap or a torn entry", async () => {
  const seen = new Set<string>();
  const count = await crashAtEveryWrite({
    run: logTwice,
    random: seededRandom(11),
    check: async (disk) => {
      const entries = await Promise.all(["/log/0", "/log/1"].map((path) => disk.readAll(path)));
      seen.add(entries.map((entry) => (entry ? new TextDecoder().decode(entry) : "-")).join(""));
    },
  });
  expect(count).toBe(14);
  expect([...seen].sort()).toEqual(["--", "a-", "ab"]);
});

test("a check that fails names the step before which the power went", async () => {
  const failing = crashAtEveryWrite({
    run: logTwice,
    check: async (disk) => assert.ok(await disk.readAll("/log/1"), "no second entry"),
  });
  await expect(failing).rejects.toThrow("after a crash before makeFolder of /log: no second entry");
});

test("an error that has nothing to do with a crash is not hidden", async () => {
  const failing = crashAtEveryWrite({
    run: async () => {
      throw new Error("a mistake in the work");
    },
    check: async () => {},
  });
  await expect(failing).rejects.toThrow("a mistake in the work");
});
