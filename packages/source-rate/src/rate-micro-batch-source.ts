import {
  type Batch,
  type Offset,
  type Partition,
  type ReadLimit,
  type ScanRequest,
  type Source,
  StreamError,
  type StructType,
} from "@ss/core";
import { type CountedRows, countedBatches, RATE_SCHEMA, splitValues } from "./counted-rows.js";

/** What a {@link RateMicroBatchSource} is made from. */
export interface RateMicroBatchSettings {
  readonly rowsPerBatch: number;
  /** Null: as many as the session has by default. */
  readonly numPartitions: number | null;
  readonly defaultPartitions: number;
  readonly startTimestamp: number;
  readonly advanceMillisPerBatch: number;
}

/** The next value, and the time that its batch has. */
interface BatchOffset {
  readonly offset: number;
  readonly timestamp: number;
}

interface MicroBatchPartition extends CountedRows {
  readonly rangeFirst: number;
  readonly timestamp: number;
}

/** Rows by the batch: every batch has the same number of rows and one time, whatever the clock says. */
export class RateMicroBatchSource implements Source {
  readonly description: string;
  readonly schema: StructType = RATE_SCHEMA;
  readonly replayable = true;
  readonly readLimit: ReadLimit = { kind: "allAvailable" };
  private readonly settings: RateMicroBatchSettings;
  /** Under availableNow: undefined before the question for the end, which is one batch. */
  private pinned: BatchOffset | undefined;
  private isPinned = false;

  constructor(settings: RateMicroBatchSettings) {
    const { rowsPerBatch, numPartitions, startTimestamp, advanceMillisPerBatch } = settings;
    this.settings = settings;
    this.description =
      `RatePerMicroBatchStream[rowsPerBatch=${rowsPerBatch}, numPartitions=${numPartitions ?? "default"}, ` +
      `startTimestamp=${startTimestamp}, advanceMsPerBatch=${advanceMillisPerBatch}]`;
  }

  async open(): Promise<void> {}

  async initialOffset(): Promise<Offset | null> {
    return { offset: 0, timestamp: this.settings.startTimestamp };
  }

  async latestOffset(start: Offset | null): Promise<Offset | null> {
    const { offset, timestamp } = this.batchOffset(start);
    const { rowsPerBatch, advanceMillisPerBatch } = this.settings;
    const next = {
      offset: Math.min(offset + rowsPerBatch, Number.MAX_SAFE_INTEGER),
      timestamp: timestamp + advanceMillisPerBatch,
    };
    if (!this.isPinned) return next;
    this.pinned ??= next;
    return { ...this.pinned };
  }

  async prepareForAvailableNow(): Promise<void> {
    this.isPinned = true;
  }

  async plan(start: Offset | null, end: Offset): Promise<readonly Partition[]> {
    const [from, to] = [this.batchOffset(start), this.batchOffset(end)];
    if (from.offset > to.offset) throw malformed("INVALID_OFFSET", "offset", from.offset, to.offset);
    if (from.timestamp > to.timestamp)
      throw malformed("INVALID_TIMESTAMP", "timestamp", from.timestamp, to.timestamp);
    const partitions = splitValues(
      from.offset,
      to.offset,
      this.settings.numPartitions ?? this.settings.defaultPartitions,
    );
    return partitions.map((rows) => ({ ...rows, rangeFirst: from.offset, timestamp: from.timestamp }));
  }

  async *read(partition: Partition, scan: ScanRequest, signal: AbortSignal): AsyncIterable<Batch> {
    const rows = partition as unknown as MicroBatchPartition;
    const { rangeFirst, timestamp } = rows;
    const { rowsPerBatch, advanceMillisPerBatch } = this.settings;
    const timeMs = (value: number): number =>
      timestamp + Math.floor((value - rangeFirst) / rowsPerBatch) * advanceMillisPerBatch;
    for (const batch of countedBatches(rows, scan.columns, timeMs)) {
      signal.throwIfAborted();
      yield batch;
    }
  }

  async commit(): Promise<void> {}

  async close(): Promise<void> {}

  private batchOffset(offset: Offset | null): BatchOffset {
    return (
      (offset as unknown as BatchOffset | null) ?? { offset: 0, timestamp: this.settings.startTimestamp }
    );
  }
}

function malformed(
  name: "INVALID_OFFSET" | "INVALID_TIMESTAMP",
  what: "offset" | "timestamp",
  start: number,
  end: number,
) {
  const suffix = what === "offset" ? "Offset" : "Timestamp";
  return new StreamError({
    condition: `MALFORMED_STATE_IN_RATE_PER_MICRO_BATCH_SOURCE.${name}`,
    sqlState: "22000",
    parameters: { [`start${suffix}`]: String(start), [`end${suffix}`]: String(end) },
    message:
      `Malformed state in RatePerMicroBatch source: the ${what} ${start} at the start of a batch is greater than ${end} at ` +
      "its end. Start with a new checkpoint.",
  });
}
