import { join, relative } from "node:path";
import { type FileSystem, type FileWriter, localFileSystem } from "@ss/core";

/** From when to when something was under way, by `performance.now()`. */
interface Span {
  readonly beginMs: number;
  endMs: number;
}

/** A file that a batch forced to disk. */
interface DurableWrite extends Span {
  readonly kind: "createExclusive" | "create";
  readonly path: string;
  bytes: number;
  /** How long the batch did something else before it: since it began, or since the last of `after` ended. */
  readonly pauseMs: number;
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
  private freeMs: number = performance.now();

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
    this.freeMs = performance.now();
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
      pauseMs: beginMs - this.freeMs,
      endMs: Number.POSITIVE_INFINITY,
      after: [...ended],
    };
    const index = writes.push(write) - 1;
    return (bytes) => {
      write.endMs = performance.now();
      // of a batch that is over: its writes may outlast it
      if (writes === this.writes) this.freeMs = write.endMs;
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
export function timeInWrites(writes: readonly Span[], untilMs: number): number {
  let total = 0;
  let reachedMs = 0;
  for (const { beginMs, endMs } of [...writes].sort((a, b) => a.beginMs - b.beginMs)) {
    const fromMs = Math.max(beginMs, reachedMs);
    const toMs = Math.min(endMs, untilMs);
    total += Math.max(0, toMs - fromMs);
    reachedMs = Math.max(reachedMs, toMs);
  }
  return total;
}

/**
 * Writes files of the same number, names, sizes and order through the local file system, below `to` as they stood below `from`, so that
 * folders fill as those of the checkpoint did. Between them it is busy for as long as the batch was: a disk takes writes faster that
 * do not come at once. Gives the milliseconds in which writes were under way.
 */
export async function replay(batch: BatchWrites, from: string, to: string): Promise<number> {
  const fileSystem = localFileSystem();
  const spans: Span[] = [];
  const done: Promise<void>[] = [];
  for (const { kind, path, bytes, after, pauseMs } of batch) {
    const before = Promise.all(after.map((index) => done[index]));
    const content = new Uint8Array(bytes).fill(120);
    done.push(
      before.then(async () => {
        beBusy(pauseMs);
        const span = { beginMs: performance.now(), endMs: Number.POSITIVE_INFINITY };
        spans.push(span);
        await write(fileSystem, kind, join(to, relative(from, path)), content);
        span.endMs = performance.now();
      }),
    );
  }
  await Promise.all(done);
  return timeInWrites(spans, performance.now());
}

/** Keeps the thread, as computing does; a timer would give the disk's threads other company. */
function beBusy(milliseconds: number): void {
  const endMs = performance.now() + milliseconds;
  while (performance.now() < endMs);
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
