import type { Session } from "../connection/session.js";
import { quoteText, type TableName } from "./table-name.js";

/** A column of a table that exists. */
export interface TableColumn {
  readonly name: string;
  /** As PostgreSQL prints it: `numeric(10,2)`. */
  readonly type: string;
  /** The name of the type that it is based on: `int4`, `_text`, `jsonb`. */
  readonly baseType: string;
  /** PostgreSQL's letter for the kind of the type: `N` for numbers, `S` for texts and so on. */
  readonly category: string;
  readonly isArray: boolean;
  /** Whether a row has to bring a value: it takes no null and has no default. */
  readonly isRequired: boolean;
  /** Whether the table computes it. */
  readonly isGenerated: boolean;
}

/** A unique index that `ON CONFLICT` can name by its columns. */
export interface UniqueKey {
  readonly columns: readonly string[];
  /** Whether it holds two nulls for the same. */
  readonly nullsAreEqual: boolean;
}

/** What is known of a table. */
export interface TableShape {
  readonly columns: readonly TableColumn[];
  readonly uniqueKeys: readonly UniqueKey[];
}

/** Looks at a table; undefined where there is none. */
export async function tableShape(session: Session, table: TableName): Promise<TableShape | undefined> {
  const name = quoteText(table.sql);
  const [found] = await session.query<{ id: string | null }>(`SELECT to_regclass(${name})::oid::text AS id`);
  if (found?.id == null) return undefined;
  const columns = await session.query<TableColumn>(columnsOf(found.id));
  const nullsAreEqual = session.version >= 150000 ? "i.indnullsnotdistinct" : "false";
  const uniqueKeys = await session.query<UniqueKey>(uniqueKeysOf(found.id, nullsAreEqual));
  return { columns, uniqueKeys };
}

const columnsOf = (id: string): string => `
SELECT a.attname AS "name", format_type(a.atttypid, a.atttypmod) AS "type",
  coalesce(b.typname, t.typname)::text AS "baseType", t.typcategory::text AS "category",
  t.typcategory = 'A' AS "isArray",
  a.attnotnull AND NOT a.atthasdef AND a.attidentity = '' AS "isRequired",
  a.attgenerated <> '' AS "isGenerated"
FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_type b ON b.oid = t.typbasetype
WHERE a.attrelid = ${id} AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum`;

const uniqueKeysOf = (id: string, nullsAreEqual: string): string => `
SELECT ${nullsAreEqual} AS "nullsAreEqual", ARRAY(
  SELECT a.attname::text FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k(number, place)
  JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number WHERE k.place <= i.indnkeyatts
) AS "columns"
FROM pg_index i
WHERE i.indrelid = ${id} AND i.indisunique AND i.indisvalid AND i.indimmediate
  AND i.indpred IS NULL AND i.indexprs IS NULL`;
