import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { localFileSystem } from "../src/index.js";

/** What a watcher was told, to be waited for. */
class Told {
  readonly paths: (string | null)[] = [];
  private wake: () => void = () => {};
  readonly take = (path: string | null): void => {
    this.paths.push(path);
    this.wake();
  };
  async until(isEnough: (paths: readonly (string | null)[]) => boolean): Promise<void> {
    while (!isEnough(this.paths)) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }
}

const files = localFileSystem({ durable: false });
const root = mkdtempSync(join(tmpdir(), "watched-"));
const canWatch = ((): boolean => {
  const stop = files.watch!(root, () => {});
  stop?.();
  return stop !== undefined;
})();

test("a folder that is not there, and what is no folder, are not watched", () => {
  expect(files.watch!(join(root, "absent"), () => {})).toBeUndefined();
  writeFileSync(join(root, "file"), "");
  expect(files.watch!(join(root, "file"), () => {})).toBeUndefined();
});

// where the disk is of a kind that tells nothing the engine looks by itself
test.skipIf(!canWatch)("tells which entry was moved in, but not of files under way", async () => {
  const folder = join(root, "moves");
  mkdirSync(folder);
  const told = new Told();
  const stop = files.watch!(folder, told.take)!;
  const writer = await files.create(`${folder}/made`);
  await writer.write(Buffer.from("rows"));
  expect(told.paths).toEqual([]);
  await writer.close();
  writeFileSync(join(root, "elsewhere"), "rows");
  renameSync(join(root, "elsewhere"), join(folder, "moved"));
  await told.until((paths) => paths.includes(`${folder}/moved`));
  expect(new Set(told.paths)).toEqual(new Set([`${folder}/made`, `${folder}/moved`]));
  stop();
});

test.skipIf(!canWatch)("tells that a folder is lost when it is deleted", async () => {
  const folder = join(root, "lost");
  mkdirSync(folder);
  const told = new Told();
  const stop = files.watch!(folder, told.take)!;
  rmSync(folder, { recursive: true });
  await told.until((paths) => paths.includes(null));
  stop();
  rmSync(root, { recursive: true });
});
