import { MemorySource } from "@ss/source-memory";
import type { SparkSession, StreamingQueryListener } from "@ss/sql";

/**
 * Feeds a query over a memory source back to back: the rows of a batch are added at the moment in which the batch before is committed.
 * What a batch does beside the next one, such as maintenance of the checkpoint, is thereby part of the figures.
 */
export class BatchFeed {
  private readonly name: string;
  private readonly rowsOf: (batch: number) => readonly unknown[];
  private readonly onCommit: (durationMs: number) => void;
  private readonly listener: StreamingQueryListener;
  private readonly spark: SparkSession;
  private fed = 0;
  private begunMs = 0;
  private durationsMs: number[] = [];
  private wanted = 0;
  private finished: () => void = () => {};
  /** Rows that the query has reported. */
  rowCount = 0;

  constructor(
    spark: SparkSession,
    name: string,
    rowsOf: (batch: number) => readonly unknown[],
    onCommit: (durationMs: number) => void = () => {},
  ) {
    this.spark = spark;
    this.name = name;
    this.rowsOf = rowsOf;
    this.onCommit = onCommit;
    this.listener = {
      onQueryProgress: ({ progress }) => {
        if (progress.numInputRows > 0) this.committed(progress.numInputRows);
      },
    };
    spark.streams.addListener(this.listener);
  }

  /** Feeds so many batches; resolves with the milliseconds from adding the rows of each to its being committed. */
  async run(batches: number): Promise<number[]> {
    this.durationsMs = [];
    this.wanted = batches;
    await new Promise<void>((resolve) => {
      this.finished = resolve;
      this.feed();
    });
    return this.durationsMs;
  }

  /** Stops listening. */
  close(): void {
    this.spark.streams.removeListener(this.listener);
  }

  private feed(): void {
    const rows = this.rowsOf(this.fed++);
    this.begunMs = performance.now();
    MemorySource.addData(this.name, ...rows);
  }

  private committed(rowCount: number): void {
    const durationMs = performance.now() - this.begunMs;
    this.durationsMs.push(durationMs);
    this.rowCount += rowCount;
    this.onCommit(durationMs);
    if (this.durationsMs.length === this.wanted) this.finished();
    else this.feed();
  }
}
