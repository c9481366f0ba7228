import type {
  Batch,
  Clock,
  FormatContext,
  FormatReader,
  Options,
  Partition,
  Predicate,
  PushdownAnswer,
  ScanRequest,
  StructType,
  Table,
  WorkerForm,
} from "@ss/core";
import type { Listing, PartitionValueParser } from "@ss/files";
import type { FileIndex } from "./file-index.js";
import { FileScan, type FileSchema, fullSchema, partitionMatches } from "./file-scan.js";
import { type FilePartition, planPartitions } from "./file-splits.js";
import { FileVersions } from "./file-versions.js";

/** Files of one format as a bounded table. */
export class FileTable implements Table {
  readonly description: string;
  readonly schema: StructType;
  private readonly fileSchema: FileSchema;
  private readonly index: FileIndex;
  /** What is there, for a table that serves one run, or was there at the version that is shown; else each plan looks anew. */
  private listing: Listing | undefined;
  private fileVersions: FileVersions | undefined;
  private readonly clock: Clock;
  private readonly reader: FormatReader;
  private readonly options: Options;
  private readonly context: FormatContext;
  private readonly parser: PartitionValueParser;
  private readonly scan: FileScan;
  private readonly workerForm: () => WorkerForm | undefined;

  constructor(
    format: string,
    fileSchema: FileSchema,
    index: FileIndex,
    listing: Listing | undefined,
    reader: FormatReader,
    options: Options,
    context: FormatContext,
    parser: PartitionValueParser,
    workerForm: () => WorkerForm | undefined,
    clock: Clock,
  ) {
    this.clock = clock;
    this.workerForm = workerForm;
    this.description = `FileScan ${format} [${index.paths.join(", ")}]`;
    this.schema = fullSchema(fileSchema);
    this.fileSchema = fileSchema;
    this.index = index;
    this.listing = listing;
    this.reader = reader;
    this.options = options;
    this.context = context;
    this.parser = parser;
    this.scan = new FileScan(fileSchema, reader, options, context, parser);
  }

  get worker(): WorkerForm | undefined {
    return this.workerForm();
  }

  get versions(): FileVersions {
    this.fileVersions ??= new FileVersions(this.index, this.clock, (listing) => {
      this.listing = listing;
    });
    return this.fileVersions;
  }

  async plan({ predicates }: ScanRequest): Promise<readonly Partition[]> {
    const { partition } = this.fileSchema;
    const files = this.index
      .partitionedFiles(this.listing ?? (await this.index.list()), partition)
      .filter(({ values }) => partitionMatches(values, partition, predicates, this.parser))
      .sort((a, b) => (a.file.path < b.file.path ? -1 : 1));
    return planPartitions(files, this.reader, this.options, this.context.conf);
  }

  read(partition: Partition, scan: ScanRequest, signal: AbortSignal): AsyncIterable<Batch> {
    return this.scan.read(partition as FilePartition, scan, signal);
  }

  pushdown(predicate: Predicate): PushdownAnswer {
    if (this.fileSchema.partition.indexOf(predicate.column) >= 0) return "exact";
    return this.reader.pushdown?.(predicate, this.options) ?? "unsupported";
  }
}
