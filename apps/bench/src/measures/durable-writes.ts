import { join, relative } from "node:path";
import { type FileSystem, type FileWriter, localFileSystem } from "@ss/core";

/** A file that a batch forced to disk. */
interface DurableWrite {
  readonly kind: "createExclusive" | "create";
  readonly path: string;
  bytes: number;
  readonly beginMs: number;
  endMs: number;
  /** The writes of the batch that had ended when this one began: the others ran beside it. */
  readonly after: readonly number[];
}

/** The durable writes of one batch, in the order in which they began. */
export type BatchWrites = readonly DurableWrite[];

/** The local file system, with a record of what is forced to disk. */
export class WriteRecorder {
  readonly fileSystem: FileSystem;
  private writes: DurableWrite[] = [];
  private ended: number[] = [];

  constructor() {
    const local = localFileSystem();
    this.fileSystem = {
      ...local,
      createExclusive: async (path, bytes) => {
        const end = this.begin("createExclusive", path);
        const made = await local.createExclusive(path, bytes);
        end(bytes.length);
        return made;
      },
      create: async (path) => {
        const end = this.begin("create", path);
        return recordedWriter(await local.create(path), end);
      },
    };
  }

  /** The writes that began since the last call. */
  take(): BatchWrites {
    const taken = this.writes;
    this.writes = [];
    this.ended = [];
    return taken;
  }

  private begin(kind: DurableWrite["kind"], path: string): (bytes: number) => void {
    const { writes, ended } = this;
    const beginMs = performance.now();
    const write: DurableWrite = {
      kind,
      path,
      bytes: 0,
      beginMs,
      endMs: Number.POSITIVE_INFINITY,
      after: [...ended],
    };
    const index = writes.push(write) - 1;
    return (bytes) => {
      write.endMs = performance.now();
      write.bytes = bytes;
      ended.push(index);
    };
  }
}

function recordedWriter(writer: FileWriter, end: (bytes: number) => void): FileWriter {
  return {
    get size() {
      return writer.size;
    },
    write: (bytes) => writer.write(bytes),
    close: async () => {
      await writer.close();
      end(writer.size);
    },
    abort: () => writer.abort(),
  };
}

/** The milliseconds up to `untilMs` in which at least one of the writes was under way. */
export function timeInWrites(batch: BatchWrites, untilMs: number): number {
  let total = 0;
  let reachedMs = 0;
  // they stand in the order in which they began
  for (const { beginMs, endMs } of batch) {
    const fromMs = Math.max(beginMs, reachedMs);
    const toMs = Math.min(endMs, untilMs);
    total += Math.max(0, toMs - fromMs);
    reachedMs = Math.max(reachedMs, toMs);
  }
  return total;
}

/**
 * Writes files of the same number, names, sizes and order through the local file system, below `to` as they stood below `from`, so that
 * folders fill as those of the checkpoint did. Gives the milliseconds that it takes.
 */
export async function replay(batch: BatchWrites, from: string, to: string): Promise<number> {
  const fileSystem = localFileSystem();
  const files = batch.map(({ kind, path, bytes }) => ({
    kind,
    path: join(to, relative(from, path)),
    bytes: new Uint8Array(bytes).fill(120),
  }));
  const begunMs = performance.now();
  const done: Promise<void>[] = [];
  for (const [k, file] of files.entries()) {
    const before = Promise.all(batch[k]!.after.map((index) => done[index]));
    done.push(before.then(() => write(fileSystem, file.kind, file.path, file.bytes)));
  }
  await Promise.all(done);
  return performance.now() - begunMs;
}

async function write(
  fileSystem: FileSystem,
  kind: DurableWrite["kind"],
  path: string,
  bytes: Uint8Array,
): Promise<void> {
  if (kind === "createExclusive") {
    await fileSystem.createExclusive(path, bytes);
    return;
  }
  const writer = await fileSystem.create(path);
  await writer.write(bytes);
  await writer.close();
}
