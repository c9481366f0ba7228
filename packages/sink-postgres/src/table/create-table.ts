import type { StructField } from "@ss/core";
import { unsupportedType } from "../errors.js";
import type { WriteSettings } from "../options/write-settings.js";
import { createdType } from "./created-type.js";
import { quoteName } from "./table-name.js";

/** From this release on a unique index may hold two nulls for the same. */
const NULLS_NOT_DISTINCT = 150000;

/** The statement that creates the table for rows, with a unique index on the keys where there are any. */
export function createTableSql(settings: WriteSettings, serverVersion: number): string {
  const { table, schema, keys, createTableOptions } = settings;
  const lines = schema.fields.map((field) => columnSql(field, settings));
  if (keys.length > 0) {
    const names = keys.map(quoteName).join(", ");
    const takeNulls = keys.some((key) => schema.field(key).nullable) && serverVersion >= NULLS_NOT_DISTINCT;
    lines.push(takeNulls ? `UNIQUE NULLS NOT DISTINCT (${names})` : `PRIMARY KEY (${names})`);
  }
  return `CREATE TABLE ${table.sql} (${lines.join(", ")}) ${createTableOptions}`.trimEnd();
}

/** Refuses what no column can be created for, before there is a connection. */
export function checkCreatedTypes(settings: WriteSettings): void {
  for (const field of settings.schema.fields) typeOf(field, settings);
}

function columnSql(field: StructField, settings: WriteSettings): string {
  const type = typeOf(field, settings);
  return `${quoteName(field.name)} ${type}${field.nullable ? "" : " NOT NULL"}`;
}

function typeOf(field: StructField, { createdTypes, caseSensitive }: WriteSettings): string {
  const isMeant = ({ name }: StructField): boolean =>
    caseSensitive ? name === field.name : name.toLowerCase() === field.name.toLowerCase();
  const type = createdTypes.fields.find(isMeant)?.type ?? field.type;
  const created = createdType(type);
  if (created === undefined) throw unsupportedType(field.name, type);
  return created;
}
