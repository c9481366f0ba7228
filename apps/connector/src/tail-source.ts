import { type FileHandle, open, stat } from "node:fs/promises";
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
  StreamError,
  StructType,
  type Value,
} from "@ss/core";

const NEWLINE = 10;
/** What a partition holds in memory, and what one look for a line break does. */
const PARTITION_BYTES = 1 << 20;
const LOOK_BYTES = 1 << 16;

/** The lines of a file that only ever grows. An offset is the number of bytes up to the end of a line. */
export class TailSource implements Source {
  readonly description: string;
  readonly schema: StructType = parseDdl("position BIGINT, value STRING");
  readonly replayable = true; // bytes that were there stay there
  readonly readLimit: ReadLimit;
  private readonly path: string;
  private pinnedSize: number | undefined;

  constructor(path: string, maxBytesPerTrigger?: number) {
    this.path = path;
    this.description = `TailSource[${path}]`;
    this.readLimit =
      maxBytesPerTrigger === undefined
        ? { kind: "allAvailable" }
        : { kind: "maxBytes", bytes: maxBytesPerTrigger };
  }

  async open(): Promise<void> {}

  async initialOffset(): Promise<Offset | null> {
    return 0;
  }

  /** Asks for the size of the file and looks for the last line break before it: however much is there, no row is read. */
  async latestOffset(start: Offset | null, limit: ReadLimit): Promise<Offset | null> {
    const from = (start ?? 0) as number;
    const size = this.pinnedSize ?? (await stat(this.path)).size;
    if (size < from) throw fileCut(from);
    const most = limit.kind === "maxBytes" ? limit.bytes : size;
    return this.withFile((file) => endOfLines(file, from, size, most));
  }

  async prepareForAvailableNow(): Promise<void> {
    this.pinnedSize = (await stat(this.path)).size;
  }

  /** Cuts the range at line breaks: a part fits into memory, and threads can share the parts. */
  async plan(start: Offset | null, end: Offset): Promise<readonly Partition[]> {
    return this.withFile(async (file) => {
      const parts: Partition[] = [];
      for (let from = (start ?? 0) as number; from < (end as number); ) {
        const to = await endOfLines(file, from, end as number, PARTITION_BYTES);
        parts.push({ from, to });
        from = to;
      }
      return parts;
    });
  }

  async *read(partition: Partition, scan: ScanRequest, signal: AbortSignal): AsyncIterable<Batch> {
    const { from, to } = partition as { from: number; to: number };
    const bytes = await this.withFile((file) => bytesOf(file, from, to));
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

  private async withFile<T>(use: (file: FileHandle) => Promise<T>): Promise<T> {
    const file = await open(this.path);
    try {
      return await use(file);
    } finally {
      await file.close();
    }
  }
}

/** The end of the last line of the next `most` bytes, or of the first line if it is longer; `from` if no line ends before `size`. */
async function endOfLines(file: FileHandle, from: number, size: number, most: number): Promise<number> {
  const limit = Math.min(size, from + most);
  for (let to = limit; to > from; to -= LOOK_BYTES) {
    const at = Math.max(from, to - LOOK_BYTES);
    const found = (await bytesOf(file, at, to)).lastIndexOf(NEWLINE);
    if (found >= 0) return at + found + 1;
  }
  for (let at = limit; at < size; at += LOOK_BYTES) {
    const found = (await bytesOf(file, at, Math.min(size, at + LOOK_BYTES))).indexOf(NEWLINE);
    if (found >= 0) return at + found + 1;
  }
  return from;
}

async function bytesOf(file: FileHandle, from: number, to: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(to - from), 0, to - from, from);
  if (bytesRead < to - from) throw fileCut(to);
  return buffer;
}

function fileCut(position: number): StreamError {
  return new StreamError({
    condition: "SS_TAIL_FILE_CUT",
    parameters: { position: String(position) },
    message: `The file ends before byte ${position}, up to which lines were seen. Let it only grow, or start with a new checkpoint location.`,
  });
}
