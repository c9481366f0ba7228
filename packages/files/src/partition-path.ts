import { type FileEntry, StreamError, StringType, StructField, StructType } from "@ss/core";
import { inferPartitionType, type PartitionValueParser, widerPartitionType } from "./partition-value.js";
import { relativeTo } from "./path.js";
import { DEFAULT_PARTITION_NAME, unescapePathName } from "./path-name.js";

/** A part of a path: column and text, null for the default partition. */
export type PathPartition = readonly [column: string, text: string | null];

/** How partitions are found below the folders of a table. */
export interface PartitionDiscoveryOptions {
  /** Whether values get narrower types than text: `spark.sql.sources.partitionColumnTypeInference.enabled`. */
  readonly inferTypes: boolean;
  readonly parser: PartitionValueParser;
  /** Types that the program gave; they hold for columns of the same name. */
  readonly userSchema?: StructType | undefined;
}

/** The partitions of a path below `base`, outermost first: `[["year", "2024"], ["month", "1"]]`. */
export function pathPartitions(base: string, path: string): PathPartition[] {
  const relative = relativeTo(base, path);
  if (relative === null || !relative.includes("=")) return [];
  const partitions: PathPartition[] = [];
  for (const part of relative.split("/").slice(0, -1)) {
    const at = part.indexOf("=");
    if (at < 0) {
      // a plain folder below a partition begins anew: what stands above it is no partition of these files
      partitions.length = 0;
      continue;
    }
    partitions.push([partitionName(part, at), partitionText(part, at)]);
  }
  return partitions;
}

function partitionName(part: string, at: number): string {
  const name = unescapePathName(part.slice(0, at));
  if (name !== "") return name;
  throw emptyPart("EMPTY_PARTITION_COLUMN_NAME", "no column name", part);
}

function partitionText(part: string, at: number): string | null {
  const raw = part.slice(at + 1);
  if (raw === DEFAULT_PARTITION_NAME) return null;
  if (raw === "") throw emptyPart("EMPTY_PARTITION_COLUMN_VALUE", "no value", part);
  return unescapePathName(raw);
}

function emptyPart(condition: string, lack: string, part: string): StreamError {
  return new StreamError({
    condition,
    sqlState: "KD009",
    parameters: { columnSpec: part },
    message: `The folder name ${part} has ${lack}: partition folders are called column=value.`,
  });
}

/** The columns that the folders of the files stand for, with their types. */
export function discoverPartitions(
  bases: readonly string[],
  files: readonly FileEntry[],
  options: PartitionDiscoveryOptions,
): StructType {
  const found = partitionsOfFiles(bases, files);
  const columns = found[0]?.map(([column]) => column) ?? [];
  for (const partitions of found) {
    if (partitions.length !== columns.length || partitions.some(([column], i) => column !== columns[i])) {
      throw conflictingColumns(
        columns,
        partitions.map(([column]) => column),
        files,
      );
    }
  }
  return new StructType(
    columns.map((column, i) =>
      partitionField(
        column,
        found.map((p) => p[i]![1]),
        options,
      ),
    ),
  );
}

/** One entry for each distinct folder. */
function partitionsOfFiles(bases: readonly string[], files: readonly FileEntry[]): PathPartition[][] {
  const folders = new Map<string, PathPartition[]>();
  for (const { path } of files) {
    const folder = path.slice(0, path.lastIndexOf("/") + 1);
    if (!folders.has(folder)) folders.set(folder, pathPartitions(baseOf(bases, path), path));
  }
  return [...folders.values()];
}

/** The base that a file lies below; where none fits, its own folder. */
export function baseOf(bases: readonly string[], path: string): string {
  return bases.find((base) => relativeTo(base, path) !== null) ?? path.slice(0, path.lastIndexOf("/"));
}

function partitionField(
  column: string,
  texts: readonly (string | null)[],
  { inferTypes, parser, userSchema }: PartitionDiscoveryOptions,
): StructField {
  const given = userSchema?.fields.find(({ name }) => name.toLowerCase() === column.toLowerCase());
  if (given !== undefined) return StructField(given.name, given.type, true, given.metadata);
  if (!inferTypes) return StructField(column, StringType);
  const type = texts.map((text) => inferPartitionType(text, parser)).reduce(widerPartitionType);
  return StructField(column, type.kind === "void" ? StringType : type);
}

function conflictingColumns(
  a: readonly string[],
  b: readonly string[],
  files: readonly FileEntry[],
): StreamError {
  const lists = [a, b].map((columns) => columns.join(", ") || "none");
  const paths = files.slice(0, 3).map(({ path }) => path);
  return new StreamError({
    condition: "CONFLICTING_PARTITION_COLUMN_NAMES",
    sqlState: "KD009",
    parameters: { distinctPartColLists: lists.join("; "), suspiciousPaths: paths.join(", ") },
    message: `Files of one table lie under different partition columns (${lists.join("; ")}): see ${paths.join(", ")}. Read the folders one by one, or set basePath to the table's own folder.`,
  });
}
