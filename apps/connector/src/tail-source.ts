import { open } from "node:fs/promises";
import {
  BATCH_ROWS,
  type Batch,
  batchFromRows,
  type Offset,
  type Partition,
  parseDdl,
  type ReadLimit,
  type ScanRequest,
  type Source,
  StructType,
  type Value,
} from "@ss/core";

const NEWLINE = 10;

/** The lines of a file that only ever grows. An offset is the number of bytes up to the end of a line. */
export class TailSource implements Source {
  readonly description: string;
  readonly schema: StructType = parseDdl("position BIGINT, value STRING");
  readonly replayable = true; // bytes that were there stay there
  readonly readLimit: ReadLimit = { kind: "allAvailable" };
  private readonly path: string;
  private pinnedEnd: number | undefined;

  constructor(path: string) {
    this.path = path;
    this.description = `TailSource[${path}]`;
  }

  async open(): Promise<void> {}

  async initialOffset(): Promise<Offset | null> {
    return 0;
  }

  async latestOffset(start: Offset | null): Promise<Offset | null> {
    return this.pinnedEnd ?? this.endOfLastLine((start ?? 0) as number);
  }

  async prepareForAvailableNow(): Promise<void> {
    this.pinnedEnd = await this.endOfLastLine(0);
  }

  async plan(start: Offset | null, end: Offset): Promise<readonly Partition[]> {
    return [{ from: (start ?? 0) as number, to: end as number }];
  }

  async *read(partition: Partition, scan: ScanRequest, signal: AbortSignal): AsyncIterable<Batch> {
    const { from, to } = partition as { from: number; to: number };
    const bytes = await this.bytes(from, to);
    const wanted = new StructType(scan.columns.map((name) => this.schema.field(name)));
    let rows: Value[][] = [];
    for (let at = 0; at < bytes.length; ) {
      const end = bytes.indexOf(NEWLINE, at);
      const line = { position: BigInt(from + at), value: bytes.toString("utf8", at, end) };
      rows.push(scan.columns.map((name) => line[name as keyof typeof line]));
      at = end + 1;
      if (rows.length < BATCH_ROWS && at < bytes.length) continue;
      signal.throwIfAborted();
      yield batchFromRows(wanted, rows);
      rows = [];
    }
  }

  async commit(): Promise<void> {}

  async close(): Promise<void> {}

  private async endOfLastLine(from: number): Promise<number> {
    return from + (await this.bytes(from)).lastIndexOf(NEWLINE) + 1;
  }

  private async bytes(from: number, to?: number): Promise<Buffer> {
    const file = await open(this.path);
    try {
      const length = (to ?? (await file.stat()).size) - from;
      const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, from);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  }
}
