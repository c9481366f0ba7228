import type { BatchWrite, OutputMode, Sink, SinkBatch } from "@ss/core";
import type { Session } from "../connection/session.js";
import { tableNotFound, takenOver } from "../errors.js";
import type { WriteSettings } from "../options/write-settings.js";
import { tableShape } from "../table/table-columns.js";
import { planWrite, type WriteMode, type WritePlan } from "../table/write-plan.js";
import { CommitRecord, type Writer } from "./commit-record.js";
import { findOrCreateTable, openFor } from "./open-table.js";
import { RecordedBatch, skippedBatch } from "./recorded-batch.js";

/** A connection with what was found out through it. */
export interface Target {
  readonly session: Session;
  readonly plan: WritePlan;
}

/** What becomes of the rows in the table, by the output mode of a query. */
function writeModeOf(mode: OutputMode, { upsert }: WriteSettings): WriteMode {
  if (mode === "complete") return "replace";
  return mode === "update" || upsert ? "upsert" : "append";
}

/**
 * The batches of a query in a table, each in one transaction together with a row that says which batch it was, so that each
 * counts once. The connection stays open from batch to batch; one that was lost is opened anew with the next batch.
 */
export class PostgresSink implements Sink {
  readonly description: string;
  readonly delivery = "exactlyOnce";
  readonly outputModes: readonly OutputMode[] = ["append", "update", "complete"];
  private readonly settings: WriteSettings;
  private readonly record: CommitRecord;
  private target: (Target & { readonly mode: OutputMode }) | undefined;
  private claimed: (Writer & { lastBatchId: number }) | undefined;
  private open: RecordedBatch | undefined;

  constructor(settings: WriteSettings) {
    this.settings = settings;
    this.description = `PostgresSink[${settings.connection.server}, ${settings.table.text}]`;
    this.record = new CommitRecord(settings.commitsTable);
  }

  /** Finds out whether the server can be reached and the table, if it is there, takes the rows. Changes nothing. */
  async check(): Promise<void> {
    const { settings } = this;
    const { session } = await openFor(settings, async (opened) => {
      const shape = await tableShape(opened, settings.table);
      if (shape !== undefined) planWrite(settings, shape, "append");
      else if (!settings.createTable) throw tableNotFound(settings.table.text);
    });
    await session.close();
  }

  async begin(batch: SinkBatch): Promise<BatchWrite> {
    await this.open?.abort();
    const lastBatchId = await this.claim(batch);
    if (batch.batchId <= lastBatchId) return skippedBatch;
    const { target, record } = this;
    const { commitTimeoutMs } = this.settings.connection;
    this.open = new RecordedBatch(batch, target!, record, {
      // whether a commit was made is asked also where the query stops
      reopen: () => this.claimedTarget(batch.mode, undefined, commitTimeoutMs),
      commitTimeoutMs,
      committed: () => {
        if (this.claimed !== undefined) this.claimed.lastBatchId = batch.batchId;
      },
      lost: () => {
        this.claimed = undefined;
      },
    });
    return this.open;
  }

  async close(): Promise<void> {
    await this.target?.session.close();
    this.target = undefined;
  }

  /**
   * The batch that was committed last. A run says at its first batch that it is the one that writes now; from then on it only
   * looks, after its connection was lost, whether it still is.
   */
  private async claim(batch: SinkBatch): Promise<number> {
    const { queryId, outputId, runId, mode, signal } = batch;
    const { claimed, target } = this;
    const isSame = claimed?.queryId === queryId && claimed.outputId === outputId && claimed.runId === runId;
    if (isSame && target?.mode === mode && !target.session.isLost) return claimed.lastBatchId;
    const { session } = await this.claimedTarget(mode, signal);
    let lastBatchId: number | undefined;
    try {
      lastBatchId = await session.unlessStopped(signal, () =>
        isSame ? this.record.latest(session, batch) : this.record.claim(session, batch),
      );
    } catch (error) {
      throw session.explain(error);
    }
    if (lastBatchId === undefined) throw takenOver(batch.batchId);
    this.claimed = { queryId, outputId, runId, lastBatchId };
    return lastBatchId;
  }

  /** A connection that is there, for the mode of the batch. */
  private async claimedTarget(mode: OutputMode, signal?: AbortSignal, limitMs = 0): Promise<Target> {
    if (this.target?.mode === mode && !this.target.session.isLost) return this.target;
    await this.close();
    this.target = { ...(await this.connect(mode, signal, limitMs)), mode };
    return this.target;
  }

  private async connect(mode: OutputMode, signal: AbortSignal | undefined, limitMs: number): Promise<Target> {
    const { settings } = this;
    const { session, result } = await openFor(
      settings,
      async (opened) => {
        const shape = await findOrCreateTable(opened, settings);
        const plan = planWrite(settings, shape, writeModeOf(mode, settings));
        await this.record.prepare(opened);
        if (plan.prepareSql !== undefined) await opened.query(plan.prepareSql);
        return plan;
      },
      signal,
      limitMs,
    );
    return { session, plan: result };
  }
}
