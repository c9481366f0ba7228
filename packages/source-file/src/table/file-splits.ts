import type { FileEntry, FormatReader, Json, Options } from "@ss/core";

/** A part of a file as plain data, with the texts of its partition columns. */
export interface FilePart {
  readonly [key: string]: Json;
  readonly path: string;
  readonly start: number;
  readonly end: number;
  readonly size: number;
  readonly values: readonly (string | null)[];
}

/** Files, or parts of them, that are read one after the other. */
export interface FilePartition {
  readonly [key: string]: Json;
  readonly files: readonly FilePart[];
}

/** A file with the texts of its partition columns. */
export interface PartitionedFile {
  readonly file: FileEntry;
  readonly values: readonly (string | null)[];
}

const DEFAULT_MAX_BYTES = 128 * 1024 * 1024;
const DEFAULT_OPEN_COST = 4 * 1024 * 1024;
/** Into how many partitions a large range is cut at least, so that several threads find work. */
const PARTITIONS_AIM = 16;

/**
 * Cuts files into partitions of about the same size, in the order of the files: large files are split where the format
 * allows it, small ones are read together. The same files give the same partitions.
 */
export function planPartitions(
  files: readonly PartitionedFile[],
  reader: FormatReader,
  options: Options,
  conf: (key: string) => string | undefined,
): FilePartition[] {
  const openCost = byteCount(conf("spark.sql.files.openCostInBytes"), DEFAULT_OPEN_COST);
  const maxBytes = byteCount(conf("spark.sql.files.maxPartitionBytes"), DEFAULT_MAX_BYTES);
  const total = files.reduce((sum, { file }) => sum + file.size + openCost, 0);
  const target = Math.min(maxBytes, Math.max(openCost, Math.ceil(total / PARTITIONS_AIM)));
  const partitions: FilePartition[] = [];
  let parts: FilePart[] = [];
  let weight = 0;
  const close = (): void => {
    if (parts.length > 0) partitions.push({ files: parts });
    parts = [];
    weight = 0;
  };
  for (const { file, values } of files) {
    for (const part of partsOf(file, values, reader.splittable(options, file.path) ? target : Infinity)) {
      const size = part.end - part.start;
      if (weight > 0 && weight + size > target) close();
      parts.push(part);
      weight += size + openCost;
    }
  }
  close();
  return partitions;
}

function partsOf(file: FileEntry, values: readonly (string | null)[], maxBytes: number): FilePart[] {
  const { path, size } = file;
  if (size <= maxBytes * 1.1) return [{ path, start: 0, end: size, size, values }];
  const count = Math.ceil(size / maxBytes);
  const step = Math.ceil(size / count);
  return Array.from({ length: count }, (_, i) => ({
    path,
    start: i * step,
    end: Math.min(size, (i + 1) * step),
    size,
    values,
  }));
}

/** A number of bytes as configurations write it: `134217728`, `128MB`, `4m`. */
function byteCount(text: string | undefined, fallback: number): number {
  const match = /^(\d+)\s*([kmgt]?)b?$/i.exec(text?.trim() ?? "");
  if (match === null) return fallback;
  return Number(match[1]) * 1024 ** " kmgt".indexOf(match[2]!.toLowerCase() || " ");
}
