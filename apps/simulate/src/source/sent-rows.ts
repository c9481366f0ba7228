import {
  type Batch,
  type Offset,
  type Partition,
  type Plugin,
  type ReadLimit,
  type ReadRequest,
  type ScanRequest,
  type Source,
  type StructType,
  type WorkerForm,
  workerModule,
} from "@ss/core";
import type { Row } from "../query/row.js";
import { type RowsOfAddition, readRows } from "./read-rows.js";

/** The additions to the sources of this process, by name. */
const additionsByName = new Map<string, RowsOfAddition[]>();
const wakes = new Set<() => void>();

/** A source whose partitions carry their rows, so that threads can read them. Its offsets are those of the memory source. */
export function sentRows(): Plugin {
  const stream = async ({ options, schema }: ReadRequest): Promise<Source> =>
    new SentRows(options.required("name", "sent"), schema!);
  return { name: "sent rows", sources: [{ names: ["sent"], stream }] };
}

/** Adds rows to the source of this name. */
export function sendRows(name: string, rows: readonly Row[]): void {
  additionsOf(name).push(rows.map(({ id, k, n, t }) => [id, k, n, t]));
  for (const wake of wakes) wake();
}

/** Forgets the rows of a name. */
export function forgetRows(name: string): void {
  additionsByName.delete(name);
}

function additionsOf(name: string): RowsOfAddition[] {
  const additions = additionsByName.get(name) ?? [];
  additionsByName.set(name, additions);
  return additions;
}

class SentRows implements Source {
  readonly description: string;
  readonly schema: StructType;
  readonly replayable = true;
  readonly readLimit: ReadLimit = { kind: "allAvailable" };
  readonly worker: WorkerForm | undefined;
  private readonly additions: RowsOfAddition[];
  private pinned: number | undefined;

  constructor(name: string, schema: StructType) {
    this.description = `SentRows[${name}]`;
    this.schema = schema;
    this.additions = additionsOf(name);
    const module = workerModule(import.meta.url, "@ss/app-simulate", "read-rows.js");
    this.worker = module === undefined ? undefined : { module, export: "rowReader", options: null };
  }

  async open(): Promise<void> {}

  async initialOffset(): Promise<Offset | null> {
    return -1;
  }

  async latestOffset(start: Offset | null): Promise<Offset | null> {
    return Math.max(start as number, this.pinned ?? this.additions.length - 1);
  }

  async prepareForAvailableNow(): Promise<void> {
    this.pinned = this.additions.length - 1;
  }

  async plan(start: Offset | null, end: Offset): Promise<readonly Partition[]> {
    // in halves, since a single partition is read by the driver
    return this.additions.slice((start as number) + 1, (end as number) + 1).flatMap((rows) => {
      const half = rows.length >> 1;
      return [rows.slice(0, half), rows.slice(half)];
    });
  }

  async *read(partition: Partition, scan: ScanRequest): AsyncIterable<Batch> {
    yield* readRows(partition, scan);
  }

  async commit(): Promise<void> {}

  onData(wake: () => void): () => void {
    wakes.add(wake);
    return () => wakes.delete(wake);
  }

  async close(): Promise<void> {}
}
