import { assert, type BatchWrite, type CommitMessage, type PartitionWriter, type SinkResult } from "@ss/core";
import { FlushedRecordWriter, RecordWriter, type RecordWriterParts } from "./record-writer.js";

/** How a batch ends. */
export interface BatchEnds {
  /** Whether nothing of it shows before its commit. */
  readonly isAtomic: boolean;
  commit(): Promise<void>;
  abort(): Promise<void>;
}

/** The records of one batch; its writers share the producer, and with it the transaction. */
export class KafkaBatch implements BatchWrite {
  readonly alreadyCommitted = false;
  private readonly parts: Omit<RecordWriterParts, "tear">;
  private readonly ends: BatchEnds;
  private isTorn = false;

  constructor(parts: Omit<RecordWriterParts, "tear">, ends: BatchEnds) {
    this.parts = parts;
    this.ends = ends;
  }

  async writer(): Promise<PartitionWriter> {
    const tear = (): void => {
      this.isTorn = true;
    };
    const parts = { ...this.parts, tear };
    return this.ends.isAtomic ? new RecordWriter(parts) : new FlushedRecordWriter(parts);
  }

  async commit(messages: readonly CommitMessage[]): Promise<SinkResult> {
    assert(!this.isTorn, "A batch is committed although one of its writers was aborted");
    await this.ends.commit();
    return { numOutputRows: (messages as readonly number[]).reduce((sum, count) => sum + count, 0) };
  }

  async abort(): Promise<void> {
    await this.ends.abort();
  }
}

/** A batch that is in its topics already. */
export const COMMITTED_BATCH: BatchWrite = {
  alreadyCommitted: true,
  writer: async () => {
    throw new TypeError("A batch that is committed has no writers.");
  },
  commit: async () => ({ numOutputRows: 0 }),
  abort: async () => {},
};
