import { ChangelogStateStore } from "./changelog-state-store.js";
import { LocalFamily } from "./local-family.js";
import type { RemoteFamily } from "./remote-family.js";
import type { StateStoreContext, StateStoreProvider } from "./state-store.js";

/** Keeps all state in memory; deltas and snapshots in the checkpoint are what survives. The default. */
export const memoryStateStoreProvider: StateStoreProvider = {
  className: "@ss/core/MemoryStateStoreProvider",
  standsFor: ["org.apache.spark.sql.execution.streaming.state.HDFSBackedStateStoreProvider"],
  open: async (context) => new MemoryStateStore(context),
};

class MemoryStateStore extends ChangelogStateStore {
  constructor(context: StateStoreContext) {
    super(context, (spec) => new LocalFamily(spec, context.accelerator));
  }

  familyElsewhere(family: RemoteFamily): void {
    this.add(family);
  }
}
