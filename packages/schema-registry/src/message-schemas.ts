import { type BytesColumn, orAborted, StreamError } from "@ss/core";
import { schemaIdOf } from "./message-header.js";
import type { SchemaRegistry } from "./schema-registry.js";

/** Requests for schemas under way at a time. */
const AT_A_TIME = 8;

/**
 * The schema ids of a batch of messages, -1 where there is none, and what is still to be asked for: undefined where all schemas are at
 * hand, so that a batch has to wait only when a new schema comes. Ids that the registry does not have are no failure: their
 * messages are malformed. The wait ends with the signal; requests under way then go on for themselves.
 */
export function schemasOfMessages(
  column: BytesColumn,
  rowCount: number,
  registry: SchemaRegistry,
  ids: Int32Array,
  signal: AbortSignal,
): Promise<void> | undefined {
  const { data, starts, lengths } = column;
  const wanted = new Set<number>();
  let last = -1;
  for (let i = 0; i < rowCount; i++) {
    const id = column.isNull(i) ? -1 : schemaIdOf(data, starts[i]!, lengths[i]!);
    ids[i] = id;
    if (id < 0 || id === last) continue;
    last = id;
    if (registry.known(id) === undefined) wanted.add(id);
  }
  return wanted.size === 0 ? undefined : orAborted(fetchAll([...wanted], registry, signal), signal);
}

async function fetchAll(
  ids: readonly number[],
  registry: SchemaRegistry,
  signal: AbortSignal,
): Promise<void> {
  for (let k = 0; k < ids.length && !signal.aborted; k += AT_A_TIME) {
    await Promise.all(
      ids.slice(k, k + AT_A_TIME).map(async (id) => {
        try {
          await registry.schema(id);
        } catch (error) {
          if (!StreamError.is(error, "SS_SCHEMA_NOT_FOUND")) throw error;
        }
      }),
    );
  }
}
