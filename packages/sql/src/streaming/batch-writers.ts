import {
  type BatchRequest,
  type CommitMessage,
  checkedWriter,
  giveUp,
  type PartitionWriter,
  type Sink,
} from "@ss/core";

/** One writer per output; undefined where the output has the batch already. */
type Writers = readonly (PartitionWriter | undefined)[];

/**
 * The writers of a batch. They are opened with the first rows, or at its end: until then the operators work while the batch is still
 * on its way into the offset log.
 */
export class BatchWriters {
  private readonly begin: BatchRequest["begin"];
  private readonly outputs: readonly { readonly sink: Sink }[];
  private readonly opened: (PartitionWriter | undefined)[] = [];
  private opening: Promise<Writers> | undefined;

  constructor(begin: BatchRequest["begin"], outputs: readonly { readonly sink: Sink }[]) {
    this.begin = begin;
    this.outputs = outputs;
  }

  /** The writers, opened at the first call. */
  open(): Promise<Writers> {
    this.opening ??= this.openAll();
    return this.opening;
  }

  /** Makes what was written visible, where a sink can do so before the commit. */
  async flush(): Promise<void> {
    for (const writer of await this.open()) await writer?.flush?.();
  }

  /** What the sinks commit: one list per output. None is left finishing where another one fails. */
  async finish(): Promise<CommitMessage[][]> {
    const writers = await this.open();
    const finished = await Promise.allSettled(
      writers.map(async (writer) => (writer ? [await writer.finish()] : [])),
    );
    return finished.map((one) => {
      if (one.status === "rejected") throw one.reason;
      return one.value;
    });
  }

  /** Gives up what was opened, also where not all could be. */
  async abort(error: unknown, warn: (message: string) => void): Promise<void> {
    await this.opening?.catch(() => {});
    await giveUp(this.opened, error, warn);
  }

  private async openAll(): Promise<Writers> {
    for (const [k, write] of (await this.begin()).entries()) {
      const { sink } = this.outputs[k]!;
      this.opened.push(write.alreadyCommitted ? undefined : checkedWriter(sink, await write.writer(0)));
    }
    return this.opened;
  }
}
