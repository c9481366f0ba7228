import {
  Batch,
  type Offset,
  type Partition,
  type ReadLimit,
  type RunMode,
  type ScanRequest,
  type Source,
  StreamError,
  StructType,
} from "@ss/core";
import { NamedRows, type RowsView } from "./named-rows.js";

const rowsByName = new Map<string, NamedRows>();

/** The rows of a name; an empty list is made for a name that is new, so that rows and readers may come in any order. */
export function rowsNamed(name: string): NamedRows {
  let rows = rowsByName.get(name);
  if (!rows) rowsByName.set(name, (rows = new NamedRows(name)));
  return rows;
}

/** What feeds the named memory sources of this process. */
export interface MemorySourceFeed {
  /**
   * Adds rows to the source of this name and returns their offset. A row is an object, an array in column order, or, for a
   * single column, the value itself.
   */
  addData(name: string, ...rows: readonly unknown[]): number;
  /** Forgets the rows of a name; offsets begin anew. */
  reset(name: string): void;
}

/**
 * Feeds memory sources by name, from anywhere in the process.
 *
 * @example
 * ```ts
 * MemorySource.addData("clicks", { user: "ada", n: 1 }, { user: "bob", n: 2 });
 * ```
 */
export const MemorySource: MemorySourceFeed = {
  addData: (name, ...rows) => rowsNamed(name).add(rows),
  reset: (name) => rowsNamed(name).reset(),
};

/** Reads what `MemorySource.addData` puts in, one addition after the other. */
export class MemoryReader implements Source {
  readonly description: string;
  readonly schema: StructType;
  readonly replayable = true;
  readonly runModes: readonly RunMode[] = ["continuous", "realTime"];
  readonly readLimit: ReadLimit = { kind: "allAvailable" };
  private readonly rows: NamedRows;
  private readonly view: RowsView;
  private pinned: number | undefined;

  constructor(rows: NamedRows, schema: StructType) {
    this.rows = rows;
    this.view = rows.view(schema);
    this.schema = schema;
    this.description = `MemoryStream[${rows.name}]`;
  }

  async open(): Promise<void> {
    this.view.open();
  }

  async initialOffset(): Promise<Offset | null> {
    return -1;
  }

  async latestOffset(start: Offset | null): Promise<Offset | null> {
    return Math.max(positionOf(start), this.pinned ?? this.rows.lastOffset);
  }

  reportLatestOffset(): Offset | null {
    return this.rows.lastOffset < 0 ? null : this.rows.lastOffset;
  }

  async prepareForAvailableNow(): Promise<void> {
    this.pinned = this.rows.lastOffset;
  }

  async plan(start: Offset | null, end: Offset): Promise<readonly Partition[]> {
    const first = positionOf(start) + 1;
    const last = positionOf(end);
    return first > last ? [] : [{ first, last }];
  }

  async *read(partition: Partition, scan: ScanRequest, signal: AbortSignal): AsyncIterable<Batch> {
    const { first, last } = partition as { first: number; last: number };
    const positions = scan.columns.map((name) => this.schema.indexOf(name));
    const schema = new StructType(positions.map((k) => this.schema.fields[k]!));
    for (let offset = first; offset <= last; offset++) {
      signal.throwIfAborted();
      const { columns, rowCount } = this.view.batchAt(offset);
      if (rowCount > 0)
        yield new Batch(
          schema,
          positions.map((k) => columns[k]!),
          rowCount,
        );
    }
  }

  /** The rows stay, for a query that begins anew; their columns are made again if anybody asks for them. */
  async commit(end: Offset): Promise<void> {
    this.view.release(positionOf(end));
  }

  onData(wake: () => void): () => void {
    return this.view.onData(wake);
  }

  async close(): Promise<void> {
    this.view.close();
  }
}

/** The number of an addition; -1 before the first. */
function positionOf(offset: Offset | null): number {
  if (offset === null) return -1;
  if (typeof offset === "number") return offset;
  const text = JSON.stringify(offset);
  throw new StreamError({
    condition: "SS_FOREIGN_OFFSET",
    parameters: { offset: text },
    message:
      `The checkpoint holds the offset ${text}, which is none of a memory source: the query had another source in this place. ` +
      "Undo the change of the query, or start it with a new checkpoint location.",
  });
}
