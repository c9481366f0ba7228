import {
  type Batch,
  type BatchWrite,
  type CommitMessage,
  type OutputMode,
  type PartitionWriter,
  type RunMode,
  renderTable,
  type Sink,
  type SinkBatch,
  type StructType,
  valueAt,
} from "@ss/core";
import { cellFormatter, type TimeZone } from "@ss/kernels";

/** Where tables go: `process.stdout` is one. */
export interface TextStream {
  write(text: string, done: (error?: Error | null) => void): unknown;
}

/** How a {@link ConsoleSink} prints. */
export interface ConsoleSettings {
  readonly stream: TextStream;
  /** Rows of a batch that are printed. */
  readonly numRows: number;
  /** Whether cells are cut to 20 characters. */
  readonly truncate: boolean;
  readonly zone: TimeZone;
  /** Whether a line with the number of the batch stands above each table. */
  readonly titled: boolean;
}

const CELL_LENGTH_MAX = 20;
const RULE = "-------------------------------------------";

/** What a writer tells the commit: how many rows there were, and as text those that may be printed. */
interface Printable {
  readonly count: number;
  readonly rows: readonly (readonly string[])[];
}

/** Prints each batch as a table when it is committed, and the rows of an open batch as they come. */
export class ConsoleSink implements Sink {
  readonly description = "ConsoleTable";
  readonly delivery = "atLeastOnce";
  readonly outputModes: readonly OutputMode[] = ["append", "update", "complete"];
  readonly runModes: readonly RunMode[] = ["asyncProgress", "continuous", "realTime"];
  private readonly settings: ConsoleSettings;

  constructor(settings: ConsoleSettings) {
    this.settings = settings;
  }

  async begin(batch: SinkBatch): Promise<BatchWrite> {
    const { numRows, zone } = this.settings;
    let shownRows = 0;
    const show = async ({ count, rows }: Printable): Promise<void> => {
      if (count === 0) return;
      shownRows += count;
      await this.print(batch, rows);
    };
    return {
      alreadyCommitted: false,
      writer: async () => new RowCollector(batch.schema, zone, numRows + 1, show),
      commit: async (messages) => {
        const parts = messages as unknown as readonly Printable[];
        const restRows = parts.reduce((sum, { count }) => sum + count, 0);
        // of an open batch all rows may have been shown already
        if (restRows > 0 || shownRows === 0) {
          await this.print(
            batch,
            parts.flatMap(({ rows }) => rows),
          );
        }
        return { numOutputRows: shownRows + restRows };
      },
      abort: async () => {},
    };
  }

  async close(): Promise<void> {}

  private print({ batchId, schema }: SinkBatch, rows: readonly (readonly string[])[]): Promise<void> {
    const { stream, numRows, truncate, titled } = this.settings;
    const title = titled ? `${RULE}\nBatch: ${batchId}\n${RULE}\n` : "";
    const table = renderTable(schema.fieldNames(), rows, {
      numRows,
      truncate: truncate ? CELL_LENGTH_MAX : 0,
    });
    return new Promise((resolve, reject) => {
      stream.write(`${title}${table}\n`, (error) => (error ? reject(error) : resolve()));
    });
  }
}

/** Counts the rows of a partition and keeps the first of them as text. */
class RowCollector implements PartitionWriter {
  private readonly formatters: readonly ((value: unknown) => string)[];
  private readonly rowCountMax: number;
  private rows: string[][] = [];
  private count = 0;
  private readonly show: (rows: Printable) => Promise<void>;

  constructor(
    schema: StructType,
    zone: TimeZone,
    rowCountMax: number,
    show: (rows: Printable) => Promise<void>,
  ) {
    this.show = show;
    this.formatters = schema.fields.map(({ type }) => cellFormatter(type, zone));
    this.rowCountMax = rowCountMax;
  }

  async write(batch: Batch): Promise<void> {
    const wanted = Math.min(batch.rowCount, this.rowCountMax - this.rows.length);
    for (let i = 0; i < wanted; i++) {
      this.rows.push(this.formatters.map((format, k) => format(valueAt(batch.columns[k]!, i))));
    }
    this.count += batch.rowCount;
  }

  async flush(): Promise<void> {
    const { count, rows } = this;
    this.count = 0;
    this.rows = [];
    await this.show({ count, rows });
  }

  async finish(): Promise<CommitMessage> {
    return { count: this.count, rows: this.rows };
  }

  async abort(): Promise<void> {
    this.rows = [];
  }
}
