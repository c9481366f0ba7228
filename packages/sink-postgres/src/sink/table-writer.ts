import type { Batch, CommitMessage, PartitionWriter } from "@ss/core";
import { ByteArena } from "@ss/kernels";
import { FRAME_HEAD } from "../connection/copy-in.js";
import type { RowEncoder } from "../rows/row-encoder.js";
import type { BatchTransaction } from "./batch-transaction.js";

const FRAME_BYTES = 128 * 1024;
/** What a row of the usual size may add to a frame that was not full before it. */
const FRAME_ROOM = FRAME_BYTES + 4096;

/** Encodes the rows of a partition; whole rows of several partitions may follow each other on the one connection. */
export class TableWriter implements PartitionWriter {
  private readonly transaction: BatchTransaction;
  private readonly encoder: RowEncoder;
  private frame: ByteArena | undefined;
  private rowCount = 0;

  constructor(transaction: BatchTransaction, encoder: RowEncoder) {
    this.transaction = transaction;
    this.encoder = encoder;
  }

  async write(batch: Batch): Promise<void> {
    const { encoder } = this;
    encoder.bind(batch);
    for (let row = 0; row < batch.rowCount; ) {
      const frame = this.frame ?? this.newFrame();
      row = encoder.append(batch, row, frame, FRAME_BYTES);
      if (frame.length >= FRAME_BYTES) await this.send();
    }
    this.rowCount += batch.rowCount;
  }

  async finish(): Promise<CommitMessage> {
    await this.send();
    return this.rowCount;
  }

  async abort(): Promise<void> {
    this.frame = undefined;
    if (this.rowCount > 0) this.transaction.spoil();
    this.rowCount = 0;
  }

  private newFrame(): ByteArena {
    const frame = new ByteArena(FRAME_ROOM);
    frame.length = FRAME_HEAD;
    this.frame = frame;
    return frame;
  }

  private async send(): Promise<void> {
    const { frame } = this;
    if (frame === undefined) return;
    this.frame = undefined;
    await this.transaction.send(frame.bytes.subarray(0, frame.length));
  }
}
