import { existsSync } from "node:fs";
import { link, mkdir, open, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type {
  Batch,
  BatchWrite,
  CommitMessage,
  PartitionWriter,
  Sink,
  SinkBatch,
  SinkResult,
} from "@ss/core";
import { rowsOf, StreamError, type StructType, type Value } from "@ss/core";

/** What is written under a name of its own before it gets its right one: the claim and the batches of a run. */
const DRAFT = /^(_owner|batch-\d+\.jsonl)\../;

/** A folder with a file for each batch, a JSON object a line. The folder belongs to one query. */
export class JsonLinesSink implements Sink {
  readonly description: string;
  readonly delivery = "exactlyOnce";
  readonly outputModes = ["append"] as const;
  private readonly folder: string;
  private claimed: Promise<void> | undefined;

  constructor(folder: string) {
    this.folder = resolve(folder);
    this.description = `JsonLinesSink[${folder}]`;
  }

  async begin({ queryId, outputId, batchId, runId, schema }: SinkBatch): Promise<BatchWrite> {
    this.claimed ??= this.claim(`${queryId} ${outputId}`, runId);
    await this.claimed;
    const file = join(this.folder, `batch-${batchId}.jsonl`);
    return {
      // the file is there or not, never half: its name is the memory of what was committed
      alreadyCommitted: existsSync(file),
      writer: async () => new LineWriter(schema),
      commit: async (messages) => this.publish(file, `${file}.${runId}`, messages.flat() as string[]),
      abort: async () => {},
    };
  }

  /** Whoever comes first leaves its name in the folder. The link shows the name as a whole, and is refused where there is one. */
  private async claim(owner: string, runId: string): Promise<void> {
    const name = join(this.folder, "_owner");
    const draft = `${name}.${runId}`;
    await makeFolder(this.folder);
    await writeFile(draft, owner, { flush: true });
    await link(draft, name).catch((error: NodeJS.ErrnoException) => {
      // the draft is gone where another one was first, and has swept
      if (error.code !== "EEXIST" && error.code !== "ENOENT") throw error;
    });
    await rm(draft, { force: true });
    if ((await readFile(name, "utf8")) !== owner) throw belongsToAnother(this.folder);
    await this.sweep();
    // also for the names of batches that a run published just before it was killed: `begin` takes them for committed
    await syncFolder(this.folder);
  }

  /** Removes what killed runs left half done. One that still lives has lost the checkpoint to this run, and may not publish. */
  private async sweep(): Promise<void> {
    const drafts = (await readdir(this.folder)).filter((name) => DRAFT.test(name));
    for (const name of drafts) await rm(join(this.folder, name), { force: true });
  }

  private async publish(file: string, draft: string, lines: readonly string[]): Promise<SinkResult> {
    await writeFile(draft, lines.map((line) => `${line}\n`).join(""), { flush: true });
    await rename(draft, file);
    await syncFolder(this.folder);
    return { numOutputRows: lines.length };
  }

  async close(): Promise<void> {}
}

class LineWriter implements PartitionWriter {
  private readonly names: readonly string[];
  private readonly lines: string[] = [];

  constructor(schema: StructType) {
    this.names = schema.fieldNames();
  }

  async write(batch: Batch): Promise<void> {
    for (const row of rowsOf(batch)) this.lines.push(this.lineOf(row));
  }

  async finish(): Promise<CommitMessage> {
    return this.lines;
  }

  async abort(): Promise<void> {}

  private lineOf(row: readonly Value[]): string {
    const cells = row.map((cell, k) => [this.names[k], typeof cell === "bigint" ? String(cell) : cell]);
    return JSON.stringify(Object.fromEntries(cells));
  }
}

/** Makes a folder and those above it; the name of each is on the disk then. */
async function makeFolder(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true });
  if (first === undefined) return;
  for (let made = folder; made.length >= first.length; made = dirname(made)) await syncFolder(dirname(made));
}

/** Forces the names in a folder to the disk. Windows cannot open a folder; its file systems keep names in their journal. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(folder);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function belongsToAnother(folder: string): StreamError {
  return new StreamError({
    condition: "SS_JSONL_FOLDER_TAKEN",
    parameters: { path: folder },
    message: `The folder ${folder} holds the batches of another query or output. Give each of them a folder of its own.`,
  });
}
