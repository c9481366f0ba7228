import { type Clock, systemClock } from "../clock/clock.js";
import { assert, StreamError } from "../errors/stream-error.js";
import { applyBlock, type BlockPlan, deltaBlocks, snapshotBlocks } from "./family-blocks.js";
import { MemoryFamily } from "./memory-family.js";
import { corruptStateFile } from "./state-errors.js";
import {
  encodeHeader,
  openStateFile,
  type StateFile,
  type StateFileHeader,
  stateFileName,
} from "./state-file.js";
import { checkStateSchema, sameFamily } from "./state-schema-check.js";
import type {
  FamilySpec,
  StateFamily,
  StateMetrics,
  StateStore,
  StateStoreContext,
  StateStoreProvider,
  StateVersion,
} from "./state-store.js";

/** Keeps all state in memory; deltas and snapshots in the checkpoint are what survives. The default. */
export const memoryStateStoreProvider: StateStoreProvider = {
  className: "@ss/core/MemoryStateStoreProvider",
  open: async (context) => new MemoryStateStore(context),
};

/** A version on the way to the present one, with the files that it has. */
interface Step extends StateVersion {
  snapshot: boolean;
}

/** Up to this size a snapshot is written as soon as there are enough deltas. */
const SMALL_STATE_BYTES = 1 << 20;

/**
 * Files in the folder: one `<version>-<attempt>.delta` per commit with the changes of all families, and now and then a
 * `.snapshot` of the same name, which saves a restart the deltas before it. A large state waits with its snapshot until the
 * deltas since the last one come to a quarter of it, so that the work stays in proportion to what changes; but not for ever,
 * as a restart reads them all.
 */
class MemoryStateStore implements StateStore {
  private readonly context: StateStoreContext;
  private readonly clock: Clock;
  private families: MemoryFamily[] = [];
  private current: StateVersion | null = null;
  private loaded = false;
  /** From the snapshot (or first delta) that was loaded to the present version. */
  private steps: Step[] = [];
  /** Names of all state files in the folder. */
  private readonly files: Set<string> = new Set();
  private attempts = 0;
  private deltasSinceSnapshot = 0;
  private deltaBytesSinceSnapshot = 0;
  private reported: Map<number, { updated: number; removed: number }> = new Map();
  private commitTimeMs = 0;

  constructor(context: StateStoreContext) {
    this.context = context;
    this.clock = context.clock ?? systemClock;
  }

  family(spec: FamilySpec): StateFamily {
    assert(!this.loaded, "a state family was asked for after load");
    assert(!this.families.some((other) => sameFamily(other.spec, spec)), `state family ${spec.name} exists`);
    const family = new MemoryFamily(spec);
    this.families.push(family);
    return family;
  }

  async load(version: StateVersion | null): Promise<void> {
    for (const family of this.families) family.clear();
    await this.listFiles();
    this.steps = [];
    this.deltasSinceSnapshot = 0;
    this.deltaBytesSinceSnapshot = 0;
    if (version !== null) for (const file of await this.filesTo(version)) this.apply(file);
    this.current = version;
    this.loaded = true;
  }

  async commit(version: number, beforeWrite: () => Promise<void>): Promise<StateVersion> {
    assert(this.loaded, "the state was committed before it was loaded");
    const startMs = this.clock.monotonicMs();
    const blocks = this.families.flatMap((family, k) => deltaBlocks(family, k));
    if (blocks.length > 0 || this.current === null) {
      const next = { version, attempt: `${this.context.runId}.${this.attempts++}` };
      const bytes = await this.write("delta", next, this.current, blocks, beforeWrite);
      this.current = next;
      this.steps.push({ ...next, snapshot: false });
      this.deltasSinceSnapshot++;
      this.deltaBytesSinceSnapshot += bytes;
    }
    this.closeCommit(startMs);
    return this.current;
  }

  abort(): void {
    this.loaded = false;
  }

  metrics(operatorId: number): StateMetrics {
    const families = this.families.filter((family) => family.spec.operatorId === operatorId);
    const { updated, removed } = this.reported.get(operatorId) ?? { updated: 0, removed: 0 };
    return {
      rowsTotal: families.reduce((sum, family) => sum + family.rowCount, 0),
      rowsUpdated: updated,
      rowsRemoved: removed,
      memoryUsedBytes: families.reduce((sum, family) => sum + family.byteSize(), 0),
      commitTimeMs: this.commitTimeMs,
    };
  }

  async maintain(oldestNeeded: number): Promise<void> {
    const committed = this.steps.at(-1);
    if (committed === undefined) return;
    if (!committed.snapshot && this.isSnapshotDue()) await this.writeSnapshot(committed);
    for (const name of this.doomed(committed.version, oldestNeeded)) {
      await this.context.fileSystem.delete(this.pathOf(name));
      this.files.delete(name);
    }
  }

  async close(): Promise<void> {
    this.families = [];
    this.loaded = false;
  }

  private closeCommit(startMs: number): void {
    this.reported = new Map();
    for (const family of this.families) {
      const counts = this.reported.get(family.spec.operatorId) ?? { updated: 0, removed: 0 };
      counts.updated += family.updatedCount;
      counts.removed += family.removedCount;
      this.reported.set(family.spec.operatorId, counts);
      family.markCommitted();
    }
    this.commitTimeMs = Math.round(this.clock.monotonicMs() - startMs);
  }

  /** The files that make up a version, in the order in which they are to be applied: a snapshot, then deltas. */
  private async filesTo(version: StateVersion): Promise<StateFile[]> {
    const deltas: StateFile[] = [];
    let damage: unknown = null;
    let at: StateVersion | null = version;
    while (at !== null) {
      if (this.files.has(stateFileName("snapshot", at))) {
        try {
          return [await this.read("snapshot", at), ...deltas.reverse()];
        } catch (error) {
          if (!StreamError.is(error, "SS_STATE_FILE_CORRUPT")) throw error;
          // the deltas before it, back to an older snapshot, say the same
          damage ??= error;
        }
      }
      try {
        const delta = await this.read("delta", at);
        deltas.push(delta);
        at = delta.header.parent;
      } catch (error) {
        throw damage ?? error;
      }
    }
    return deltas.reverse();
  }

  private async read(kind: StateFileHeader["kind"], version: StateVersion): Promise<StateFile> {
    const path = this.pathOf(stateFileName(kind, version));
    const bytes = await this.context.fileSystem.readAll(path);
    if (bytes === null) throw corruptStateFile(path, "it is missing");
    const file = openStateFile(path, kind, version, bytes);
    const specs = this.families.map((family) => family.spec);
    checkStateSchema(file.header.families, specs);
    return file;
  }

  private apply({ path, header, blocks, size }: StateFile): void {
    const { version, attempt, kind } = header;
    const targets = header.families.map((stored) => {
      return this.families.find((family) => sameFamily(family.spec, stored)) ?? null;
    });
    try {
      for (const block of blocks) applyBlock(block, (number) => targets[number] ?? null);
    } catch (cause) {
      throw corruptStateFile(path, "its rows cannot be read", cause);
    }
    for (const family of this.families) family.markCommitted();
    this.steps.push({ version, attempt, snapshot: kind === "snapshot" });
    if (kind === "snapshot") return;
    this.deltasSinceSnapshot++;
    this.deltaBytesSinceSnapshot += size;
  }

  private isSnapshotDue(): boolean {
    const conf = Number(this.context.conf("spark.sql.streaming.stateStore.minDeltasForSnapshot") ?? 10);
    const minDeltas = conf > 0 ? conf : 10;
    if (this.deltasSinceSnapshot < minDeltas) return false;
    const stateBytes = this.families.reduce((sum, family) => sum + family.byteSize(), 0);
    if (stateBytes <= SMALL_STATE_BYTES || this.deltasSinceSnapshot >= 10 * minDeltas) return true;
    return this.deltaBytesSinceSnapshot * 4 >= stateBytes;
  }

  /** Encodes before the first `await`, so that the batches to come do not disturb it. */
  private async writeSnapshot(step: Step): Promise<void> {
    const plans = this.families.flatMap((family, k) => snapshotBlocks(family, k));
    const blocks = plans.map((plan) => {
      const bytes = plan.encode().slice();
      return { encode: () => bytes };
    });
    this.deltasSinceSnapshot = 0;
    this.deltaBytesSinceSnapshot = 0;
    await this.write("snapshot", step, null, blocks, async () => {});
    step.snapshot = true;
  }

  private async write(
    kind: StateFileHeader["kind"],
    { version, attempt }: StateVersion,
    parent: StateVersion | null,
    blocks: readonly BlockPlan[],
    beforeWrite: () => Promise<void>,
  ): Promise<number> {
    const families = this.families.map((family) => family.spec);
    const header = { kind, version, attempt, parent, families, blockCount: blocks.length };
    const name = stateFileName(kind, header);
    const writer = await this.context.fileSystem.create(this.pathOf(name));
    try {
      await writer.write(encodeHeader(header));
      for (const block of blocks) await writer.write(block.encode());
      await beforeWrite();
    } catch (error) {
      await writer.abort();
      throw error;
    }
    await writer.close();
    this.files.add(name);
    return writer.size;
  }

  /**
   * Files that no restart will ask for: those before the newest snapshot that is old enough, and those that crashed runs
   * left beside the way to the committed version.
   */
  private doomed(committed: number, oldestNeeded: number): string[] {
    const first = this.steps[0]!.version;
    const onTheWay = new Set(this.steps.map((step) => `${step.version}-${step.attempt}`));
    const base = this.steps.findLast((step) => step.snapshot && step.version <= oldestNeeded)?.version ?? 0;
    const doomed: string[] = [];
    for (const name of this.files) {
      const { version, stem } = parseName(name)!;
      const isGarbage = version >= first && version <= committed && !onTheWay.has(stem);
      if (version < base || isGarbage) doomed.push(name);
    }
    this.steps = this.steps.filter((step) => step.version >= base);
    return doomed;
  }

  private async listFiles(): Promise<void> {
    this.files.clear();
    for await (const { path } of this.context.fileSystem.list(this.context.folder)) {
      const name = path.slice(path.lastIndexOf("/") + 1);
      if (parseName(name) !== null) this.files.add(name);
    }
  }

  private pathOf(name: string): string {
    return `${this.context.folder}/${name}`;
  }
}

function parseName(name: string): { readonly version: number; readonly stem: string } | null {
  const match = /^((\d+)-[^.].*)\.(?:delta|snapshot)$/.exec(name);
  return match === null ? null : { version: Number(match[2]), stem: match[1]! };
}
