import type { Recovery } from "@ss/core";
import pg from "pg";
import type { ConnectionSettings } from "../options/connection-settings.js";
import { CopyIn } from "./copy-in.js";
import { connectionError, isConnectionLoss, statementError } from "./server-errors.js";

/** A server that is silent for so long, after this has been asked of it a few times, is gone. */
const KEEP_ALIVE_MS = 30_000;
/** How long the end of a connection waits for a server, which may be silent. */
const LEAVE_MS = 2000;

/**
 * One connection. Statements are sent one after the other; an answer may hold those of several statements in one text, of
 * which the rows of the last count. A connection that is lost stays so: whoever needs another one opens it.
 */
export class Session {
  /** The server's release, such as 150004. */
  readonly version: number;
  private readonly client: pg.Client;
  private readonly settings: ConnectionSettings;
  private copying: CopyIn | undefined;
  private loss: Error | undefined;

  private constructor(client: pg.Client, settings: ConnectionSettings, version: number) {
    this.client = client;
    this.settings = settings;
    this.version = version;
    client.on("error", (error) => this.lose(error));
    client.on("end", () => this.lose(new Error("the server has ended it")));
  }

  static async open(settings: ConnectionSettings): Promise<Session> {
    const { host, port, database, user, password, ssl, connectTimeoutMs } = settings;
    const client: pg.Client = new pg.Client({
      host,
      port,
      database,
      user,
      // An empty text asks neither the environment nor a file of the user's.
      password: password ?? "",
      ssl,
      application_name: "structured-streaming",
      connectionTimeoutMillis: connectTimeoutMs,
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
    });
    client.on("error", ignore);
    const late = new Error(`timeout: no connection within ${connectTimeoutMs} ms`);
    try {
      return await unlessLate(Session.begin(client, settings), connectTimeoutMs, late);
    } catch (error) {
      client.end().catch(ignore);
      // a server that is silent would keep the connection, and with it the process
      if (error === late) cut(client);
      throw connectionError(error, settings.server);
    }
  }

  private static async begin(client: pg.Client, settings: ConnectionSettings): Promise<Session> {
    await client.connect();
    const { rows } = await client.query("SHOW server_version_num");
    const session = new Session(client, settings, Number(rows[0].server_version_num));
    client.off("error", ignore);
    await session.query(setupOf(settings));
    return session;
  }

  /** Whether the connection is lost. */
  get isLost(): boolean {
    return this.loss !== undefined;
  }

  /** Runs statements and gives the rows of the last. Errors are those of `pg`. */
  async query<Row>(text: string): Promise<Row[]> {
    if (this.loss !== undefined) throw this.loss;
    const answer: unknown = await this.limited(this.client.query(text));
    const last = (Array.isArray(answer) ? answer.at(-1) : answer) as { readonly rows: Row[] };
    return last.rows;
  }

  /** Begins `COPY ... FROM STDIN`. */
  copy(text: string): CopyIn {
    if (this.loss !== undefined) throw this.loss;
    const copying = new CopyIn(text);
    this.copying = copying;
    this.client.query(copying);
    return copying;
  }

  /** An error of this connection's statements, for whoever runs the query: by itself it says whether a repeat may help. */
  explain(error: unknown, recovery?: Recovery): Error {
    const reason = this.loss !== undefined && isConnectionLoss(error) ? this.loss : error;
    return statementError(reason, this.settings.server, recovery);
  }

  /** Waits for an answer, not longer than the limit, where there is one. Without an answer the connection is lost. */
  async limited<T>(answer: Promise<T>): Promise<T> {
    const { queryTimeoutMs } = this.settings;
    try {
      return await unlessLate(answer, queryTimeoutMs, noAnswer(queryTimeoutMs));
    } catch (error) {
      // The server says that it goes away before it closes the connection.
      if (isConnectionLoss(error)) this.giveUp(error as Error);
      throw error;
    }
  }

  /** Does something with the connection, which is given up once the limit has passed; 0 is none. */
  async within<T>(limitMs: number, work: () => Promise<T>): Promise<T> {
    const late = noAnswer(limitMs);
    try {
      return await unlessLate(work(), limitMs, late);
    } catch (error) {
      if (error === late) this.giveUp(late);
      throw error;
    }
  }

  /** Ends the connection; the server undoes what is not committed. Never throws. */
  async close(): Promise<void> {
    if (this.copying?.isOpen) cut(this.client);
    const timer = setTimeout(() => cut(this.client), LEAVE_MS);
    try {
      await this.client.end();
    } catch {
      // It is gone already.
    } finally {
      clearTimeout(timer);
    }
  }

  /** Does something with the connection, which is given up as soon as the signal aborts: a query that stops waits for no server. */
  async unlessStopped<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
    const stop = (): void => this.giveUp(new Error("the query was stopped"));
    if (signal?.aborted) stop();
    signal?.addEventListener("abort", stop, { once: true });
    try {
      return await work();
    } finally {
      signal?.removeEventListener("abort", stop);
    }
  }

  /** Gives the connection up at once, also in the middle of a statement. */
  giveUp(reason: Error): void {
    this.lose(reason);
    cut(this.client);
  }

  private lose(error: Error): void {
    this.loss ??= error;
    if (this.copying?.isOpen) this.copying.handleError(error);
  }
}

const ignore = (): void => {};

function cut(client: pg.Client): void {
  (client as unknown as { connection: pg.Connection }).connection.stream.destroy();
}

const noAnswer = (limitMs: number): Error => new Error(`no answer within ${limitMs} ms`);

/** What `work` gives, or `late` once the limit has passed; 0 is none. */
async function unlessLate<T>(work: Promise<T>, limitMs: number, late: Error): Promise<T> {
  if (limitMs === 0) return work;
  let timer: NodeJS.Timeout | undefined;
  const passed = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late), limitMs);
  });
  try {
    return await Promise.race([work, passed]);
  } finally {
    clearTimeout(timer);
  }
}

/** Values are written in forms that do not depend on settings, but for these. */
function setupOf({ lockTimeoutMs }: ConnectionSettings): string {
  return [
    "SET datestyle = 'ISO, YMD'",
    "SET intervalstyle = 'postgres'",
    `SET lock_timeout = ${lockTimeoutMs}`,
    // A machine that vanished in the middle of a batch holds its locks no longer than this.
    "SET tcp_keepalives_idle = 30",
    "SET tcp_keepalives_interval = 10",
    "SET tcp_keepalives_count = 3",
  ].join("; ");
}
