import { commitLog } from "../checkpoint/commit-log.js";
import { offsetLog } from "../checkpoint/offset-log.js";
import type { Column } from "../column/column.js";
import { assert, StreamError } from "../errors/stream-error.js";
import type { FileSystem } from "../file-system/file-system.js";
import { blockHead, readBlock, type StateBlock } from "./family-blocks.js";
import { FamilyHolder } from "./family-holder.js";
import { type OperatorMetadata, readOperatorMetadata } from "./operator-metadata.js";
import { hashKeys } from "./partition-hash.js";
import { corruptStateFile } from "./state-errors.js";
import type { StateFile } from "./state-file.js";
import { StateFolder } from "./state-folder.js";
import { grownFrom } from "./state-schema-check.js";
import type { FamilySpec, StateRows, StateVersion } from "./state-store.js";

/** A state family of a checkpoint. */
export interface FamilyName {
  readonly operatorId: number;
  readonly name: string;
}

/** Rows that a batch put, or keys that it removed: then `values` is empty. */
export interface StateChange extends StateRows {
  readonly batchId: number;
  readonly removed: boolean;
}

/** Batches of a checkpoint. */
export interface BatchRange {
  readonly first: number;
  readonly last: number;
}

/**
 * Reads the state of a checkpoint at any committed batch that its logs still hold, while a query may be running on it: nothing is claimed and
 * nothing is written. A file that maintenance deletes at that moment is missed by name (SS_STATE_FILE_CORRUPT).
 */
export class StateReader {
  private readonly fileSystem: FileSystem;
  private readonly checkpoint: string;
  private readonly folder: StateFolder;

  constructor(fileSystem: FileSystem, checkpoint: string) {
    this.fileSystem = fileSystem;
    this.checkpoint = checkpoint;
    this.folder = new StateFolder(fileSystem, `${checkpoint}/state`);
  }

  /** The batches that the commit log holds; null if none. */
  async committed(): Promise<BatchRange | null> {
    const log = commitLog(this.fileSystem, this.checkpoint);
    await log.open();
    return log.latestId < 0 ? null : { first: log.oldestId, last: log.latestId };
  }

  /** The stateful operators, by their ids. */
  operators(): Promise<OperatorMetadata[]> {
    return readOperatorMetadata(this.fileSystem, `${this.checkpoint}/state`);
  }

  /** The settings that a batch ran with; null where the offset log does not have it. */
  async conf(batchId: number): Promise<Readonly<Record<string, string>> | null> {
    const log = offsetLog(this.fileSystem, this.checkpoint);
    if ((await this.fileSystem.stat(log.pathOf(batchId))) === null) return null;
    return (await log.get(batchId)).conf;
  }

  /**
   * The rows of a family after a committed batch. `snapshotBatchId`: they are made from the snapshot of the state after that batch and the deltas
   * since, and from no other file; where there is no such snapshot, it is missed by name.
   */
  async *rows(family: FamilyName, batchId: number, snapshotBatchId?: number): AsyncGenerator<StateRows> {
    const version = await this.versionAt(batchId);
    if (version === null) return;
    let table: FamilyHolder | undefined;
    const apply = async (file: StateFile): Promise<void> => {
      const found = familyIn(file, family);
      const rows = table;
      if (found === undefined || rows === undefined) return;
      const stored = grownFrom(found.spec, rows.family.spec);
      await eachBlock(file, (block) => {
        if (blockHead(block).number === found.number) rows.apply(block, stored);
      });
      rows.committed();
    };
    // values may have grown from file to file: the last one says into what
    const begin = async (files: readonly StateFile[]): Promise<void> => {
      const now = familyIn(files.at(-1)!, family);
      table = now && new FamilyHolder(now.spec, null);
    };
    if (snapshotBatchId === undefined) {
      await this.folder.read(version, await this.folder.list(), async () => [], begin, apply);
    } else {
      const files = await this.filesFrom(await this.versionAt(snapshotBatchId), version);
      await begin(files);
      for (const file of files) await apply(file);
    }
    yield* (table as FamilyHolder | undefined)?.family.scan() ?? [];
  }

  /** What batches changed in a family: batch by batch, removals first. */
  async *changes(family: FamilyName, { first, last }: BatchRange): AsyncGenerator<StateChange> {
    for (let batchId = first; batchId <= last; batchId++) {
      const version = await this.versionAt(batchId);
      // a batch that changed nothing has the version of the one before
      if (version === null || version.version !== batchId + 1) continue;
      const file = await this.folder.open("delta", version);
      const found = familyIn(file, family);
      if (found === undefined) continue;
      const changes: StateBlock[] = [];
      await eachBlock(file, (block) => {
        if (blockHead(block).number === found.number) changes.push(readBlock(block, found.spec));
      });
      for (const { removed, keys, values, rowCount } of changes) {
        if (rowCount > 0) yield { batchId, removed, keys, values, rowCount };
      }
    }
  }

  private async versionAt(batchId: number): Promise<StateVersion | null> {
    return (await commitLog(this.fileSystem, this.checkpoint).get(batchId)).state;
  }

  /** A snapshot and the deltas from it to a version. */
  private async filesFrom(from: StateVersion | null, to: StateVersion): Promise<StateFile[]> {
    assert(from !== null, "a batch with state follows one without");
    const snapshot = await this.folder.open("snapshot", from);
    return [snapshot, ...(await this.folder.filesTo(to, new Set(), [from]))];
  }
}

/** The logical partition of each key; those of families without key columns are one row, of partition 0. */
export function partitionsOf(keys: readonly Column[], rowCount: number, partitions: number): Int32Array {
  if (keys.length === 0) return new Int32Array(rowCount);
  const found = hashKeys(keys, rowCount);
  for (let i = 0; i < rowCount; i++) found[i] = (found[i]! >>> 0) % partitions;
  return found;
}

function familyIn(
  { header }: StateFile,
  { operatorId, name }: FamilyName,
): { readonly number: number; readonly spec: FamilySpec } | undefined {
  const number = header.families.findIndex((one) => one.operatorId === operatorId && one.name === name);
  return number < 0 ? undefined : { number, spec: header.families[number]! };
}

async function eachBlock({ path, blocks }: StateFile, take: (block: Uint8Array) => void): Promise<void> {
  try {
    for await (const block of blocks()) take(block);
  } catch (cause) {
    if (StreamError.is(cause)) throw cause;
    throw corruptStateFile(path, "its rows cannot be read", cause);
  }
}
