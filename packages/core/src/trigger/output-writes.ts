import { checkedWrite } from "../plugin/checked-answers.js";
import type { StreamOutput } from "../query/stream-plan.js";
import { giveUp } from "../sink/give-up.js";
import type { BatchWrite, CommitMessage, SinkResult } from "../sink/sink.js";
import { withRetry } from "./retry.js";
import type { RunEnvironment } from "./run-environment.js";

/** The writes of a batch, one per output of the plan. */
export class OutputWrites {
  private readonly env: RunEnvironment;
  private readonly batchId: number;
  private readonly mayBegin: () => Promise<void>;
  private readonly fence: () => Promise<void>;
  private begun: Promise<readonly BatchWrite[]> | undefined;
  /** Those that are to be aborted where the batch fails. */
  private readonly open: Set<BatchWrite> = new Set();

  /** `mayBegin` resolves when something may be written, `fence` is asked before each commit. */
  constructor(
    env: RunEnvironment,
    batchId: number,
    mayBegin: () => Promise<void>,
    fence: () => Promise<void>,
  ) {
    this.env = env;
    this.batchId = batchId;
    this.mayBegin = mayBegin;
    this.fence = fence;
  }

  /** Begins them, at the first call. */
  readonly begin = (): Promise<readonly BatchWrite[]> => {
    this.begun ??= this.beginAll();
    return this.begun;
  };

  /**
   * Makes them visible one after the other, in the order of the outputs. One whose own commit failed is left alone: its rows may be visible
   * already, and the replay after a restart finds out.
   */
  async commit(messages: readonly (readonly CommitMessage[])[]): Promise<SinkResult[]> {
    const { clock, signal } = this.env;
    const results: SinkResult[] = [];
    for (const [k, write] of (await this.begin()).entries()) {
      if (!write.alreadyCommitted) await this.fence();
      this.open.delete(write);
      results.push(
        write.alreadyCommitted
          ? { numOutputRows: 0 }
          : await withRetry(clock, signal, () => write.commit(messages[k] ?? [])),
      );
    }
    return results;
  }

  /** Gives up those that have begun, or are about to, and that nobody has tried to commit. */
  async abort(error: unknown): Promise<void> {
    await this.begun?.catch(() => {});
    await giveUp(this.open, error, (message) => this.env.log("warn", message));
  }

  private async beginAll(): Promise<readonly BatchWrite[]> {
    await this.mayBegin();
    const writes: BatchWrite[] = [];
    for (const [k, output] of this.env.plan.outputs.entries()) {
      const write = await beginWrite(this.env, this.batchId, output, k);
      writes.push(write);
      this.open.add(write);
    }
    return writes;
  }
}

/** Begins the write of a batch into an output. */
export function beginWrite(
  env: RunEnvironment,
  batchId: number,
  output: StreamOutput,
  place: number,
): Promise<BatchWrite> {
  const { query, clock, signal } = env;
  const { sink, schema, mode, outputId = place } = output;
  const { id: queryId, runId } = query;
  return withRetry(clock, signal, async () => {
    return checkedWrite(sink, await sink.begin({ queryId, runId, outputId, batchId, schema, mode, signal }));
  });
}
