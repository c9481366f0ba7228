import { setImmediate as nextTurn } from "node:timers/promises";
import { type Clock, systemClock } from "../clock/clock.js";
import { assert, StreamError } from "../errors/stream-error.js";
import { blockHead } from "./family-blocks.js";
import { GatheredWrites } from "./gathered-writes.js";
import type { RemoteFamily, StateBlocks } from "./remote-family.js";
import type { HeldFamily, StateCache } from "./state-cache.js";
import { corruptStateFile, missingState } from "./state-errors.js";
import { encodeHeader, endBlock, type StateFile, stateFileName } from "./state-file.js";
import { StateFolder, sameVersion } from "./state-folder.js";
import { StateHistory, type StateStep, versionOf } from "./state-history.js";
import {
  checkKeyTypes,
  checkStateSchema,
  grownFrom,
  operatorNames,
  sameFamily,
} from "./state-schema-check.js";
import type {
  FamilySpec,
  StateFamily,
  StateMetrics,
  StateStore,
  StateStoreContext,
  StateVersion,
} from "./state-store.js";

/** Up to this size a snapshot is written as soon as there are enough deltas. */
const SMALL_STATE_BYTES = 1 << 20;

/** Blocks that a load takes before others have their turn. */
const TURN_BLOCKS = 2;

/**
 * Files in the folder: one `<version>-<attempt>.delta` per commit with the changes of all families, and now and then a
 * `.snapshot` of the same name, which saves a restart the deltas before it. A large state waits with its snapshot until the
 * deltas since the last one come to a quarter of it, so that the work stays in proportion to what changes; but not for ever,
 * as a restart reads them all. A snapshot is written beside the batches to come, some rows at a time.
 */
export class ChangelogStateStore implements StateStore {
  private readonly context: StateStoreContext;
  private readonly hold: (spec: FamilySpec) => HeldFamily;
  private readonly cache: StateCache | undefined;
  private readonly clock: Clock;
  private readonly folder: StateFolder;
  private families: RemoteFamily[] = [];
  private current: StateVersion | null = null;
  private loaded = false;
  private readonly history: StateHistory = new StateHistory();
  /** The families as file headers have them. */
  private familiesJson = "";
  private attempts = 0;
  private deltasSinceSnapshot = 0;
  private deltaBytesSinceSnapshot = 0;
  private reported: Map<number, { updated: number; removed: number }> = new Map();
  private commitTimeMs = 0;
  /** Batches that began with what the one before had left in memory, and loads of what a run before had left in files. */
  private foundInMemory = 0;
  private readFromFiles = 0;
  private ran = false;

  /** `hold` makes what holds the rows of a family. With a cache the rows outlive the store, and a load reads what they lack. */
  constructor(context: StateStoreContext, hold: (spec: FamilySpec) => HeldFamily, cache?: StateCache) {
    this.context = context;
    this.hold = hold;
    this.cache = cache;
    this.clock = context.clock ?? systemClock;
    this.folder = new StateFolder(context.fileSystem, context.folder);
  }

  family(spec: FamilySpec): StateFamily {
    checkKeyTypes(spec);
    const family = this.hold(spec);
    this.add(family);
    return family.family;
  }

  protected add(family: RemoteFamily): void {
    const { spec } = family;
    assert(!this.loaded, "a state family was asked for after load");
    assert(!this.families.some((other) => sameFamily(other.spec, spec)), `state family ${spec.name} exists`);
    this.families.push(family);
  }

  async load(version: StateVersion | null): Promise<void> {
    const specs = this.families.map(({ spec: { views: _, ...kept } }) => kept);
    this.familiesJson = JSON.stringify(specs);
    const names = await this.folder.list();
    const bases = async () => (await this.cache?.versions(this.familiesJson)) ?? [];
    const isEmpty = names.size === 0 && !(await bases()).some((base) => sameVersion(base, version));
    if (version !== null && isEmpty) throw missingState(this.context.folder, operatorNames(specs));
    if (version === null) await this.begin([], names, null);
    else {
      const begin = async (files: readonly StateFile[]): Promise<void> => {
        const from = files.length === 0 ? version : files[0]!.header.parent;
        const base = (await bases()).find((one) => sameVersion(one, from)) ?? null;
        await this.begin(files, names, base);
      };
      await this.folder.read(version, names, bases, begin, (file) => this.apply(file));
    }
    await this.cache?.keep(version, this.familiesJson);
    if (version !== null) this.readFromFiles++;
    this.current = version;
    this.loaded = true;
  }

  /** Goes to where the files begin: to what the cache has, or to nothing. */
  private async begin(
    files: readonly StateFile[],
    names: ReadonlySet<string>,
    base: StateVersion | null,
  ): Promise<void> {
    for (const { header } of files) {
      checkStateSchema(
        header.families,
        this.families.map(({ spec }) => spec),
      );
    }
    const steps = files.map(({ header }) => stepOf(header, names));
    if (base !== null) {
      await this.cache!.restore(base);
      steps.unshift(stepOf(base, names));
    } else for (const family of this.families) await family.clear();
    this.history.begin(names, steps);
    this.deltasSinceSnapshot = base === null ? 0 : deltasBehind(base, names);
    this.deltaBytesSinceSnapshot = 0;
  }

  async commit(version: number, beforeWrite: () => Promise<void>): Promise<StateVersion> {
    assert(this.loaded, "the state was committed before it was loaded");
    const startMs = this.clock.monotonicMs();
    const changes = this.families.map((family, k) => family.changes(k));
    if (changes.some((blocks) => blocks !== null) || this.current === null) {
      const next = { version, attempt: `${this.context.runId}.${this.attempts++}` };
      const bytes = await this.writeDelta(next, changes, beforeWrite);
      this.current = next;
      this.history.add({ ...next, delta: true, snapshot: false });
      this.deltasSinceSnapshot++;
      this.deltaBytesSinceSnapshot += bytes;
    }
    if (this.ran) this.foundInMemory++;
    this.ran = true;
    await this.closeCommit(startMs);
    await this.cache?.committed(this.current);
    return this.current;
  }

  abort(): void {
    this.loaded = false;
  }

  metrics(operatorId: number): StateMetrics {
    const families = this.families.filter((family) => family.spec.operatorId === operatorId);
    const { updated, removed } = this.reported.get(operatorId) ?? { updated: 0, removed: 0 };
    const memoryUsedBytes = families.reduce((sum, family) => sum + family.byteSize, 0);
    return {
      rowsTotal: families.reduce((sum, family) => sum + family.rowCount, 0),
      rowsUpdated: updated,
      rowsRemoved: removed,
      memoryUsedBytes,
      commitTimeMs: this.commitTimeMs,
      // where the rows are in memory: the names of Spark's store of that kind
      ...(this.cache === undefined && {
        custom: {
          loadedMapCacheHitCount: this.foundInMemory,
          loadedMapCacheMissCount: this.readFromFiles,
          stateOnCurrentVersionSizeBytes: memoryUsedBytes,
        },
      }),
    };
  }

  async maintain(oldestNeeded: number): Promise<void> {
    const committed = this.history.latest;
    if (committed === undefined) return;
    this.cache?.named();
    if (!committed.snapshot && this.isSnapshotDue()) await this.writeSnapshot(committed);
    for (const name of this.history.takeDoomed(oldestNeeded)) {
      await this.folder.delete(name);
    }
  }

  async close(): Promise<void> {
    await this.cache?.close();
    this.families = [];
    this.loaded = false;
  }

  private async closeCommit(startMs: number): Promise<void> {
    this.reported = new Map();
    for (const family of this.families) {
      const counts = this.reported.get(family.spec.operatorId) ?? { updated: 0, removed: 0 };
      counts.updated += family.updatedCount;
      counts.removed += family.removedCount;
      this.reported.set(family.spec.operatorId, counts);
    }
    await this.allCommitted();
    this.commitTimeMs = Math.round(this.clock.monotonicMs() - startMs);
  }

  private async allCommitted(): Promise<void> {
    await Promise.all(this.families.map((family) => family.committed()));
  }

  private async apply({ path, header, blocks, size }: StateFile): Promise<void> {
    let k = 0;
    const targets = header.families.map((stored) => {
      const family = this.families.find(({ spec }) => sameFamily(spec, stored));
      return family && { family, stored: grownFrom(stored, family.spec) };
    });
    try {
      for await (const block of blocks()) {
        const target = targets[blockHead(block).number];
        await target?.family.apply(block, target.stored);
        if (++k % TURN_BLOCKS === 0) await nextTurn();
      }
      await this.allCommitted();
    } catch (cause) {
      if (StreamError.is(cause)) throw cause;
      throw corruptStateFile(path, "its rows cannot be read", cause);
    }
    if (header.kind === "snapshot") return;
    this.deltasSinceSnapshot++;
    this.deltaBytesSinceSnapshot += size;
  }

  private isSnapshotDue(): boolean {
    const conf = Number(this.context.conf("spark.sql.streaming.stateStore.minDeltasForSnapshot") ?? 10);
    const minDeltas = conf > 0 ? conf : 10;
    if (this.deltasSinceSnapshot < minDeltas) return false;
    const stateBytes = this.families.reduce(
      (sum, family) => sum + (family.storedBytes ?? family.byteSize),
      0,
    );
    if (stateBytes <= SMALL_STATE_BYTES || this.deltasSinceSnapshot >= 10 * minDeltas) return true;
    return this.deltaBytesSinceSnapshot * 4 >= stateBytes;
  }

  /** Nothing changes the families until the commit is done, so that blocks are made as they are written. An empty one is the last. */
  private async writeDelta(
    next: StateVersion,
    changes: readonly (StateBlocks | null)[],
    beforeWrite: () => Promise<void>,
  ): Promise<number> {
    const header = { kind: "delta", ...next, parent: this.current, blockCount: null } as const;
    return this.folder.write(stateFileName("delta", next), async (write) => {
      const writes = new GatheredWrites(write);
      await writes.add(encodeHeader(header, this.familiesJson));
      for (const blocks of changes) {
        for await (const block of blocks ?? []) if (await writes.add(block)) await nextTurn();
      }
      await writes.add(endBlock());
      await writes.flush();
      await beforeWrite();
      return writes.written;
    });
  }

  /** Images are begun before the first `await`, so that the snapshot shows the version that it is named for. */
  private async writeSnapshot(step: StateStep): Promise<void> {
    const { version, attempt } = step;
    const images = this.families.map((family, k) => family.image(k));
    this.deltasSinceSnapshot = 0;
    this.deltaBytesSinceSnapshot = 0;
    try {
      const header = { kind: "snapshot", version, attempt, parent: null, blockCount: null } as const;
      const beginning = encodeHeader(header, this.familiesJson);
      await this.folder.write(stateFileName("snapshot", step), async (write) => {
        await write(beginning);
        for (const { blocks } of images) {
          for await (const block of blocks) {
            await write(block);
            await nextTurn();
          }
        }
        await write(endBlock());
      });
      this.history.addSnapshot(step);
    } finally {
      for (const image of images) image.end();
    }
  }
}

function stepOf(version: StateVersion, names: ReadonlySet<string>): StateStep {
  const { version: number, attempt } = version;
  const [delta, snapshot] = [
    names.has(stateFileName("delta", version)),
    names.has(stateFileName("snapshot", version)),
  ];
  return { version: number, attempt, delta, snapshot };
}

/** About how many deltas lie between the newest snapshot and a version. */
function deltasBehind({ version }: StateVersion, names: ReadonlySet<string>): number {
  const versionsOf = (kind: string): number[] =>
    [...names].filter((name) => name.endsWith(kind)).map((name) => versionOf(name)!);
  const snapshot = Math.max(-1, ...versionsOf(".snapshot").filter((one) => one <= version));
  return versionsOf(".delta").filter((one) => one > snapshot && one <= version).length;
}
