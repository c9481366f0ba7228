import type { SinkBatch } from "@ss/core";
import { serverCode } from "../connection/server-errors.js";
import type { Session } from "../connection/session.js";
import { quoteText, type TableName } from "../table/table-name.js";
import { createUnlessThere } from "./open-table.js";

/** Which output of which query writes, and in which of its runs. */
export type Writer = Pick<SinkBatch, "queryId" | "outputId" | "runId">;

const TAKEN_OVER = "ss_taken_over";
const INVALID_TEXT = "22P02";
const NONE = -1n;

/**
 * The row that says which batch of a query's output was committed last. It changes in the transaction of the batch, so
 * it is right whatever happens. It also holds the run that may write: a new run puts itself there, and the commits of the one
 * before it find that they are no longer meant.
 */
export class CommitRecord {
  private readonly table: TableName;

  constructor(table: TableName) {
    this.table = table;
  }

  /** Creates the table of these rows where there is none. */
  async prepare(session: Session): Promise<void> {
    const [found] = await session.query<{ id: string | null }>(
      `SELECT to_regclass(${quoteText(this.table.sql)})::text AS id`,
    );
    if (found?.id != null) return;
    await createUnlessThere(
      session,
      `CREATE TABLE ${this.table.sql} (query_id text NOT NULL, output_id integer NOT NULL, batch_id bigint NOT NULL, ` +
        "run_id text NOT NULL, committed_at timestamp with time zone NOT NULL, PRIMARY KEY (query_id, output_id))",
    );
  }

  /** Makes a run the one that may write, and gives the batch that was committed last; -1 where there is none. */
  async claim(session: Session, { queryId, outputId, runId }: Writer): Promise<number> {
    const [row] = await session.query<{ batch_id: string }>(
      `INSERT INTO ${this.table.sql} VALUES (${quoteText(queryId)}, ${outputId}, ${NONE}, ${quoteText(runId)}, now()) ` +
        "ON CONFLICT (query_id, output_id) DO UPDATE SET run_id = EXCLUDED.run_id RETURNING batch_id",
    );
    return Number(row!.batch_id);
  }

  /**
   * The batch that was committed last, or undefined where another run is the one that may write by now. A commit that is still
   * under way is waited for.
   */
  async latest(session: Session, writer: Writer): Promise<number | undefined> {
    const rows = await session.query<{ batch_id: string }>(
      `SELECT batch_id FROM ${this.table.sql} WHERE ${whereOf(writer)} FOR UPDATE`,
    );
    return rows.length === 0 ? undefined : Number(rows[0]!.batch_id);
  }

  /**
   * Whether a batch of which no answer came was committed. Where it was not, it cannot be any more: a commit that the server still has,
   * and has not begun, finds that its run is no longer the one that may write.
   */
  async settle(session: Session, writer: Writer, batchId: number): Promise<boolean> {
    for (;;) {
      const lastBatchId = await this.latest(session, writer);
      if (lastBatchId === undefined) return false;
      if (lastBatchId >= batchId) return true;
      const refused = await session.query(
        `UPDATE ${this.table.sql} SET run_id = '' WHERE ${whereOf(writer)} AND batch_id < ${batchId} RETURNING 1`,
      );
      if (refused.length > 0) return false;
    }
  }

  /** The statement that records a batch; it fails in a run that is no longer the one that may write. */
  commitSql(writer: Writer, batchId: number): string {
    return (
      `WITH recorded AS (UPDATE ${this.table.sql} SET batch_id = ${batchId}, committed_at = now() ` +
      `WHERE ${whereOf(writer)} RETURNING 1) ` +
      // The text is no number, and the server finds out only where it is needed.
      `SELECT (CASE count(*) WHEN 1 THEN '1' ELSE '${TAKEN_OVER}' END)::integer FROM recorded`
    );
  }
}

/** Whether a commit has failed since another run has taken over. */
export const isTakenOver = (error: unknown): boolean =>
  serverCode(error) === INVALID_TEXT && error instanceof Error && error.message.includes(TAKEN_OVER);

const whereOf = ({ queryId, outputId, runId }: Writer): string =>
  `query_id = ${quoteText(queryId)} AND output_id = ${outputId} AND run_id = ${quoteText(runId)}`;
