import { type SourceLog, StreamError } from "@ss/core";
import { PartitionOffsets } from "../offsets/partition-offsets.js";

const ENTRY = "0";
const VERSION = "v1";

/*
 * The entry `0` of the source's log, as Spark writes it: a zero byte (Spark 2.1 wanted one), the line `v1`, and the offsets as JSON.
 */

/** The offsets at which the query first began, or null for a new query. SS_SOURCE_LOG_CORRUPT for an entry that holds none. */
export async function readInitialOffsets(log: SourceLog): Promise<PartitionOffsets | null> {
  const bytes = await log.read(ENTRY);
  if (bytes === null) return null;
  const text = new TextDecoder().decode(bytes[0] === 0 ? bytes.subarray(1) : bytes);
  const json = /^v1\n(\{.*\})\s*$/s.exec(text)?.[1];
  const offsets = json === undefined ? null : parsed(json);
  if (offsets !== null) return offsets;
  const path = `${log.folder ?? "sources/<n> of the checkpoint"}/${ENTRY}`;
  throw new StreamError({
    condition: "SS_SOURCE_LOG_CORRUPT",
    parameters: { path, content: text.slice(0, 80) },
    message:
      `The checkpoint file ${path} of the Kafka source does not hold the offsets at which the query began: ` +
      `${JSON.stringify(text.slice(0, 80))}. Restore it from a copy, or start the query with a new checkpoint location.`,
  });
}

/** Remembers where the query begins. */
export async function writeInitialOffsets(log: SourceLog, offsets: PartitionOffsets): Promise<void> {
  await log.add(ENTRY, new TextEncoder().encode(`\0${VERSION}\n${JSON.stringify(offsets.toJson())}`));
}

function parsed(json: string): PartitionOffsets | null {
  try {
    return PartitionOffsets.parse(JSON.parse(json));
  } catch {
    return null;
  }
}
