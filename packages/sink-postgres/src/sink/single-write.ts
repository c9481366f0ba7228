import type {
  BatchWrite,
  CommitMessage,
  OutputMode,
  PartitionWriter,
  SaveMode,
  Sink,
  SinkResult,
} from "@ss/core";
import { isConnectionLoss } from "../connection/server-errors.js";
import type { Session } from "../connection/session.js";
import { commitUnknown, tableExists } from "../errors.js";
import type { WriteSettings } from "../options/write-settings.js";
import { createTableSql } from "../table/create-table.js";
import { tableShape } from "../table/table-columns.js";
import { emptySql, planWrite, type WritePlan } from "../table/write-plan.js";
import { BatchTransaction } from "./batch-transaction.js";
import { findOrCreateTable, openFor } from "./open-table.js";
import { TableWriter } from "./table-writer.js";

/** The rows of a DataFrame in a table, in one transaction with all that the save mode asks for. */
export class SingleWrite implements Sink {
  readonly description: string;
  readonly delivery = "exactlyOnce";
  readonly outputModes: readonly OutputMode[] = ["append"];
  private readonly settings: WriteSettings;
  private readonly mode: SaveMode;
  private session: Session | undefined;

  private constructor(settings: WriteSettings, mode: SaveMode) {
    this.settings = settings;
    this.mode = mode;
    this.description = `PostgresTable[${settings.connection.server}, ${settings.table.text}]`;
  }

  /** Opens the connection; null where the mode says that nothing is to be written. */
  static async open(settings: WriteSettings, mode: SaveMode): Promise<SingleWrite | null> {
    const { session, result: exists } = await openFor(settings, async (opened) => {
      const found = (await tableShape(opened, settings.table)) !== undefined;
      if (found && mode === "errorifexists") throw tableExists(settings.table.text);
      return found;
    });
    if (exists && mode === "ignore") {
      await session.close();
      return null;
    }
    const write = new SingleWrite(settings, mode);
    write.session = session;
    return write;
  }

  async begin(): Promise<BatchWrite> {
    const session = this.session!;
    try {
      const plan = await this.beginTransaction(session);
      return new UnrecordedBatch(session, plan, this.settings);
    } catch (error) {
      throw session.explain(error);
    }
  }

  async close(): Promise<void> {
    await this.session?.close();
  }

  private async beginTransaction(session: Session): Promise<WritePlan> {
    const { settings, mode } = this;
    const { table, truncate, upsert } = settings;
    await session.query("BEGIN ISOLATION LEVEL READ COMMITTED");
    if (mode === "overwrite" && (await tableShape(session, table)) !== undefined) {
      if (truncate) await session.query(emptySql(settings));
      else await session.query(`DROP TABLE ${table.sql}; ${createTableSql(settings, session.version)}`);
    }
    const shape = await findOrCreateTable(session, settings);
    const plan = planWrite(settings, shape, upsert ? "upsert" : "append");
    if (plan.prepareSql !== undefined) await session.query(plan.prepareSql);
    return plan;
  }
}

class UnrecordedBatch implements BatchWrite {
  readonly alreadyCommitted = false;
  private readonly session: Session;
  private readonly plan: WritePlan;
  private readonly settings: WriteSettings;
  private readonly transaction: BatchTransaction;

  constructor(session: Session, plan: WritePlan, settings: WriteSettings) {
    this.session = session;
    this.plan = plan;
    this.settings = settings;
    this.transaction = new BatchTransaction(session, plan, true);
  }

  async writer(): Promise<PartitionWriter> {
    return new TableWriter(this.transaction, this.plan.encoder());
  }

  async commit(messages: readonly CommitMessage[]): Promise<SinkResult> {
    const { connection, table } = this.settings;
    try {
      await this.session.within(connection.commitTimeoutMs, () => this.transaction.commit(""));
    } catch (error) {
      const isUnknown = this.transaction.isCommitting && isConnectionLoss(error);
      throw isUnknown ? commitUnknown(table.text, error) : this.session.explain(error);
    }
    return { numOutputRows: (messages as readonly number[]).reduce((sum, count) => sum + count, 0) };
  }

  abort(): Promise<void> {
    return this.transaction.rollback();
  }
}
