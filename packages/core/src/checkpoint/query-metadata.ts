import { StreamError } from "../errors/stream-error.js";
import type { FileSystem } from "../file-system/file-system.js";
import { corruptFile } from "./checkpoint-errors.js";
import { decodeText, openJson, sealJson } from "./log-entry.js";

/**
 * The id of the query that a checkpoint belongs to, from its file `metadata`; an empty checkpoint gets `newId`. The file has
 * no version line.
 */
export async function queryIdOf(
  fileSystem: FileSystem,
  checkpoint: string,
  newId: () => string,
  verifyExists = true,
): Promise<string> {
  const path = pathOf(checkpoint);
  const found = await readId(fileSystem, path);
  if (found !== null) return found;
  if (verifyExists && (await hasBatches(fileSystem, checkpoint))) throw missingMetadata(checkpoint);
  const id = newId();
  await fileSystem.createExclusive(path, Buffer.from(sealJson(JSON.stringify({ id }))));
  // another start of the same query may have been quicker: its id counts
  return (await readId(fileSystem, path)) ?? id;
}

/** The id of the query that a checkpoint belongs to; null where it has none yet. */
export function knownQueryId(fileSystem: FileSystem, checkpoint: string): Promise<string | null> {
  return readId(fileSystem, pathOf(checkpoint));
}

function pathOf(checkpoint: string): string {
  return `${checkpoint}/metadata`;
}

async function readId(fileSystem: FileSystem, path: string): Promise<string | null> {
  const bytes = await fileSystem.readAll(path);
  if (bytes === null) return null;
  const { id } = openJson(decodeText(bytes, path).trimEnd(), path);
  if (typeof id !== "string" || id === "") throw corruptFile(path, "it holds no query id");
  return id;
}

async function hasBatches(fileSystem: FileSystem, checkpoint: string): Promise<boolean> {
  for (const log of ["offsets", "commits"]) {
    for await (const { path } of fileSystem.list(`${checkpoint}/${log}`)) {
      if (/\/\d+$/.test(path)) return true;
    }
  }
  return false;
}

function missingMetadata(checkpoint: string): StreamError {
  return new StreamError({
    condition: "STREAMING_CHECKPOINT_MISSING_METADATA_FILE",
    sqlState: "42K03",
    parameters: { checkpointLocation: checkpoint },
    message:
      `The checkpoint ${checkpoint} has batches but its file 'metadata' is missing. Restore the file, or use a new ` +
      `checkpoint location. To go on under a new query id instead, set ` +
      `spark.sql.streaming.checkpoint.verifyMetadataExists.enabled to false.`,
  });
}
