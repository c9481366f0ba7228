import { type Options, type SessionContext, StreamError } from "@ss/core";
import type { SchemaText } from "../schema/schema-text.js";
import type { SqlTypeOptions } from "../schema/to-sql-type.js";

/** The deepest that a record may stand within itself. */
const RECURSION_MAX = 15;

/** How options ask for SQL types. */
export function sqlTypeOptions(options: Options): SqlTypeOptions {
  const recursionMax = options.integer("recursiveFieldMaxDepth", -1);
  if (recursionMax > RECURSION_MAX) {
    const message = `Should not be greater than ${RECURSION_MAX}.`;
    throw new StreamError({
      condition: "STDS_INVALID_OPTION_VALUE.WITH_MESSAGE",
      sqlState: "42616",
      parameters: { optionName: "recursiveFieldMaxDepth", message },
      message: `Invalid value for source option 'recursiveFieldMaxDepth': ${message}`,
    });
  }
  return {
    stableUnionNames: options.boolean("enableStableIdentifiersForUnionType", false),
    unionPrefix: options.text("stableIdentifierPrefixForUnionType", "member_"),
    recursionMax,
  };
}

/** The schema that values are wanted in, where options give one: `avroSchema`, or the file `avroSchemaUrl`. */
export async function readerText(options: Options, session: SessionContext): Promise<SchemaText | undefined> {
  const text = options.get("avroSchema");
  if (text !== undefined) return { text, before: [] };
  const path = options.get("avroSchemaUrl");
  if (path === undefined) return undefined;
  const bytes = await session.fileSystem(path).readAll(path);
  if (bytes) return { text: new TextDecoder().decode(bytes), before: [] };
  throw new StreamError({
    condition: "PATH_NOT_FOUND",
    sqlState: "42K03",
    parameters: { path },
    message: `Path does not exist: ${path}.`,
  });
}
