import type { FaultyFileSystem } from "@ss/testkit";

/** What the checkpoint's logs say about a batch. */
export interface JournalBatch {
  readonly batchId: number;
  readonly watermarkMs: number;
  /** Where each source's part of the batch ends: the number of an addition. */
  readonly ends: readonly number[];
  /** The run that committed it; null while it is not. */
  readonly run: string | null;
  /** Whether a repartition made it: no run has. */
  readonly skipped: boolean;
}

/**
 * Which batches there were. Where a batch ends is for the loop to decide, and changes with every crash; so the model takes
 * that from the logs, and nothing else but the watermark, which it checks.
 */
export class Journal {
  private readonly folder: string;
  private readonly known = new Map<number, JournalBatch>();

  constructor(folder: string) {
    this.folder = folder;
  }

  /** Takes in what the disk holds now; to be called often enough that no entry is purged in between. */
  read(disk: FaultyFileSystem): void {
    const files = disk.files();
    const text = (name: string): string | null => {
      const bytes = files.get(`${this.folder}/${name}`);
      return bytes === undefined ? null : new TextDecoder().decode(bytes);
    };
    const ids = [...files.keys()].flatMap((path) => {
      const id = path.startsWith(`${this.folder}/offsets/`) && /\/(\d+)$/.exec(path)?.[1];
      return id ? [Number(id)] : [];
    });
    const newest = Math.max(-1, ...ids);
    for (const id of ids) {
      const batch = parseBatch(id, text(`offsets/${id}`)!, text(`commits/${id}`));
      // of an old batch, which was about to be purged, a crash may have brought back the one entry and not the other
      const before = batch.run === null && id <= newest - 2 ? this.known.get(id) : undefined;
      this.known.set(
        id,
        before === undefined ? batch : { ...batch, run: before.run, skipped: before.skipped },
      );
    }
    // an entry that a crash took away was never there
    for (const id of this.known.keys()) if (id > newest) this.known.delete(id);
  }

  /** All batches in order. Throws where one is missing. */
  batches(): readonly JournalBatch[] {
    return Array.from({ length: this.known.size }, (_, id) => {
      const batch = this.known.get(id);
      if (!batch) throw new Error(`batch ${id} is missing in the logs`);
      return batch;
    });
  }
}

interface CommitFields {
  readonly writer: string;
  readonly skipped?: boolean;
}

function parseBatch(batchId: number, offsets: string, commit: string | null): JournalBatch {
  const [, fields, ...lines] = offsets.split("\n");
  const { batchWatermarkMs } = JSON.parse(fields!) as { batchWatermarkMs: number };
  const closed = commit === null ? null : (JSON.parse(commit.split("\n")[1]!) as CommitFields);
  return {
    batchId,
    watermarkMs: batchWatermarkMs,
    ends: lines.map((line) => (line === "-" ? -1 : Number(line))),
    run: closed?.writer ?? null,
    skipped: closed?.skipped === true,
  };
}
