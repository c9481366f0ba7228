import { describe, expect, test } from "vitest";
import { stateStoreConformance } from "../src/index.js";
import { plainStateStore } from "./plain-state-store.js";

describe("a store of one file a version", () => {
  stateStoreConformance(test, { create: () => ({ provider: plainStateStore }) });
});

test("a store that forgets its checksums does not pass", async () => {
  const cases = new Map<string, () => Promise<void>>();
  const trusting = {
    ...plainStateStore,
    open: async (context: Parameters<typeof plainStateStore.open>[0]) => {
      const store = await plainStateStore.open(context);
      const load = store.load.bind(store);
      store.load = (version) => load(version).catch(() => load(null));
      return store;
    },
  };
  stateStoreConformance((name, run) => void cases.set(name, run), { create: () => ({ provider: trusting }) });
  const guarantee = cases.get("names a file that was cut, altered or lost, and never gives a wrong answer")!;
  await expect(guarantee()).rejects.toThrow();
});
