import type { CopyIn } from "../connection/copy-in.js";
import { isPassing } from "../connection/server-errors.js";
import type { Session } from "../connection/session.js";
import { partGivenUp } from "../errors.js";
import type { WritePlan } from "../table/write-plan.js";

/**
 * The transaction of a batch. It begins with the first row, or with the commit where there is none. Errors of statements
 * are those of `pg`, so that the commit can tell them apart.
 */
export class BatchTransaction {
  readonly session: Session;
  private readonly plan: WritePlan;
  private copying: Promise<CopyIn> | undefined;
  private isBegun = false;
  private isCopied = false;
  private isSpoiled = false;
  private isPublishing = false;
  private wasUndoneInPart = false;

  /** `isBegun` says that the transaction has begun already, with statements of the caller's. */
  constructor(session: Session, plan: WritePlan, isBegun = false) {
    this.session = session;
    this.plan = plan;
    this.isBegun = isBegun;
  }

  /** Whether the commit itself has been asked for. */
  get isCommitting(): boolean {
    return this.isPublishing;
  }

  /** Whether the commit may be made again after an error that passes: the rows are still there. */
  get isIntact(): boolean {
    return this.wasUndoneInPart;
  }

  /** Sends rows, behind the room for a frame's head. */
  async send(frame: Uint8Array): Promise<void> {
    this.copying ??= this.beginCopy();
    try {
      const copying = await this.copying;
      await this.session.limited(copying.send(frame));
    } catch (error) {
      throw this.session.explain(error);
    }
  }

  /** Notes that rows were sent that do not belong to the batch, which therefore cannot be committed. */
  spoil(): void {
    this.isSpoiled = true;
  }

  /**
   * Ends the rows, publishes them and runs `sql`, with the commit behind it. After a deadlock, or a lock that was not given
   * in time, the transaction {@link isIntact} where its rows are in a table of its own, and the call may be made again.
   */
  async commit(sql: string): Promise<void> {
    if (this.isSpoiled) throw partGivenUp();
    const { session, plan } = this;
    const hasRows = this.copying !== undefined;
    if (hasRows && !this.isCopied) {
      await session.limited((await this.copying!).end());
      this.isCopied = true;
    }
    this.wasUndoneInPart = false;
    if (!this.isBegun && plan.publishesNothing) await this.begin();
    this.isPublishing = true;
    if (plan.publishSql !== undefined && (hasRows || plan.publishesNothing))
      await this.publish(plan.publishSql, sql);
    else await session.query(this.isBegun ? joined(sql, "COMMIT") : sql);
  }

  private async publish(publishSql: string, sql: string): Promise<void> {
    const { session } = this;
    try {
      await session.query(joined("SAVEPOINT ss_publish", publishSql, sql, "COMMIT"));
    } catch (error) {
      if (isPassing(error)) {
        await session.query("ROLLBACK TO SAVEPOINT ss_publish");
        this.wasUndoneInPart = true;
      }
      throw error;
    }
  }

  /** Undoes everything. Never throws. */
  async rollback(): Promise<void> {
    const { session } = this;
    const copying = await this.copying?.catch(() => undefined);
    if (!this.isCopied) await copying?.fail();
    if (this.isBegun && !session.isLost) await session.query("ROLLBACK").catch(() => {});
  }

  private async beginCopy(): Promise<CopyIn> {
    if (!this.isBegun) await this.begin();
    return this.session.copy(this.plan.copySql);
  }

  private async begin(): Promise<void> {
    this.isBegun = true;
    // A commit has to see what another run has recorded meanwhile, whatever the database's default is.
    await this.session.query("BEGIN ISOLATION LEVEL READ COMMITTED");
  }
}

const joined = (...statements: readonly string[]): string =>
  statements.filter((statement) => statement !== "").join("; ");
