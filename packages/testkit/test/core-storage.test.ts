import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { localFileSystem, MemoryFileSystem, memoryStateStoreProvider } from "@ss/core";
import { describe, test } from "vitest";
import { fileSystemConformance, stateStoreConformance } from "../src/index.js";

describe("the local file system of core", () => {
  fileSystemConformance(test, {
    create: async () => {
      const root = await mkdtemp(join(tmpdir(), "file-system-"));
      return {
        fileSystem: localFileSystem(),
        rival: localFileSystem(),
        root,
        close: () => rm(root, { recursive: true }),
      };
    },
  });
});

describe("the file system in memory of core", () => {
  fileSystemConformance(test, { create: () => ({ fileSystem: new MemoryFileSystem(), root: "/base" }) });
});

describe("the state store in memory of core", () => {
  stateStoreConformance(test, { create: () => ({ provider: memoryStateStoreProvider }) });
});
