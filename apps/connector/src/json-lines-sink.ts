import { existsSync } from "node:fs";
import { mkdir, rename, writeFile } from "node:fs/promises";
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
import { rowsOf, type StructType, type Value } from "@ss/core";

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

  async begin({ batchId, runId, schema }: SinkBatch): Promise<BatchWrite> {
    const file = join(this.folder, `batch-${batchId}.jsonl`);
    return {
      // the file is there or not, never half: its name is the memory of what was committed
      alreadyCommitted: existsSync(file),
      writer: async () => new LineWriter(schema),
      commit: async (messages) => this.publish(file, `${file}.${runId}`, messages.flat() as string[]),
      abort: async () => {},
    };
  }

  private async publish(file: string, draft: string, lines: readonly string[]): Promise<SinkResult> {
    await mkdir(this.folder, { recursive: true });
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
