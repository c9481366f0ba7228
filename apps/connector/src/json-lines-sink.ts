import { existsSync } from "node:fs";
import { link, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
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

/** A folder with a file for each batch, a JSON object a line. The folder belongs to one query. */
export class JsonLinesSink implements Sink {
  readonly description: string;
  readonly delivery = "exactlyOnce";
  readonly outputModes = ["append"] as const;
  private readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
    this.description = `JsonLinesSink[${folder}]`;
  }

  async begin({ queryId, outputId, batchId, runId, schema }: SinkBatch): Promise<BatchWrite> {
    await this.claim(`${queryId} ${outputId}`, runId);
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
    await mkdir(this.folder, { recursive: true });
    await writeFile(draft, owner, { flush: true });
    await link(draft, name).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw error;
    });
    await rm(draft);
    if ((await readFile(name, "utf8")) !== owner) throw belongsToAnother(this.folder);
  }

  private async publish(file: string, draft: string, lines: readonly string[]): Promise<SinkResult> {
    await writeFile(draft, lines.map((line) => `${line}\n`).join(""), { flush: true });
    await rename(draft, file);
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

function belongsToAnother(folder: string): StreamError {
  return new StreamError({
    condition: "SS_JSONL_FOLDER_TAKEN",
    parameters: { path: folder },
    message: `The folder ${folder} holds the batches of another query or output. Give each of them a folder of its own.`,
  });
}
