import { serverCode } from "../connection/server-errors.js";
import { Session } from "../connection/session.js";
import { tableNotFound } from "../errors.js";
import type { WriteSettings } from "../options/write-settings.js";
import { createTableSql } from "../table/create-table.js";
import { type TableShape, tableShape } from "../table/table-columns.js";

/** SQLSTATEs of a table that another one has created a moment before. */
const IS_THERE = new Set(["42P07", "23505", "42710"]);

/** Opens a connection for `use`; an error of its statements says where it came from, and ends it. So does the signal, while they run, and the limit; 0 is none. */
export async function openFor<T>(
  settings: WriteSettings,
  use: (session: Session) => Promise<T>,
  signal?: AbortSignal,
  limitMs = 0,
): Promise<{ readonly session: Session; readonly result: T }> {
  const session = await Session.open(settings.connection);
  try {
    return {
      session,
      result: await session.within(limitMs, () => session.unlessStopped(signal, () => use(session))),
    };
  } catch (error) {
    await session.close();
    throw session.explain(error);
  }
}

/** What the table looks like; it is created where it is not there and may be. */
export async function findOrCreateTable(session: Session, settings: WriteSettings): Promise<TableShape> {
  const { table, createTable } = settings;
  const shape = await tableShape(session, table);
  if (shape !== undefined) return shape;
  if (!createTable) throw tableNotFound(table.text);
  await createUnlessThere(session, createTableSql(settings, session.version));
  const created = await tableShape(session, table);
  if (created === undefined) throw tableNotFound(table.text);
  return created;
}

/** Creates a table; that another one is quicker is no error. */
export async function createUnlessThere(session: Session, sql: string): Promise<void> {
  try {
    await session.query(sql);
  } catch (error) {
    if (!IS_THERE.has(serverCode(error) ?? "")) throw error;
  }
}
