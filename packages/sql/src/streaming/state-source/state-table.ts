import {
  Batch,
  type BatchRange,
  type Column,
  columnBuilder,
  type FamilyName,
  type Int32Column,
  Int64Column,
  IntegerType,
  LongType,
  type OperatorMetadata,
  type Partition,
  type ScanRequest,
  type StateReader,
  type StateRows,
  type StateView,
  StringType,
  StructField,
  StructType,
  type Table,
  takeColumn,
} from "@ss/core";
import { noSuchPartition, stateUnreadable } from "./errors.js";
import {
  collectedField,
  collectedRows,
  columnsOf,
  needsAllRows,
  numberedRows,
  type ViewRows,
  viewRows,
  viewType,
} from "./view-rows.js";

/** A store of a checkpoint, found. */
export interface FoundStore {
  readonly operator: OperatorMetadata;
  readonly family: string;
  readonly view: StateView;
}

/** What of it is read. */
export type StateExtent =
  | {
      readonly kind: "state";
      readonly batchId: number;
      readonly snapshot: { readonly batchId: number; readonly partitionId: number } | undefined;
    }
  | ({ readonly kind: "changes" } & BatchRange);

/** The state of an operator after a batch, or what batches changed in it, as a table. */
export class StateTable implements Table {
  readonly description: string;
  readonly schema: StructType;
  private readonly reader: StateReader;
  private readonly checkpoint: string;
  private readonly store: FoundStore;
  private readonly extent: StateExtent;
  private readonly numPartitions: number;
  private readonly flatten: boolean;

  constructor(
    reader: StateReader,
    checkpoint: string,
    store: FoundStore,
    extent: StateExtent,
    numPartitions: number,
    flatten: boolean,
  ) {
    this.reader = reader;
    this.checkpoint = checkpoint;
    this.store = store;
    this.extent = extent;
    this.numPartitions = numPartitions;
    this.flatten = flatten || extent.kind === "changes";
    const { operator, view } = store;
    const at =
      extent.kind === "state"
        ? `after batch ${extent.batchId}`
        : `changes of ${extent.first} to ${extent.last}`;
    this.description = `statestore ${checkpoint}, operator ${operator.operatorId}, ${view.store}, ${at}`;
    this.schema = new StructType([
      ...(extent.kind === "changes"
        ? [StructField("batch_id", LongType), StructField("change_type", StringType)]
        : []),
      StructField("key", viewType(view.key)),
      ...(this.collects ? [collectedField(view)] : viewType(columnsOf(view)).fields),
      StructField("partition_id", IntegerType),
    ]);
  }

  async plan(): Promise<readonly Partition[]> {
    return [0];
  }

  async *read(_: Partition, { columns }: ScanRequest, signal: AbortSignal): AsyncIterable<Batch> {
    const wanted = columns.map((name) => this.schema.fields.findIndex((field) => field.name === name));
    const schema = new StructType(wanted.map((k) => this.schema.fields[k]!));
    try {
      for await (const { columns: all, rowCount } of this.rows()) {
        signal.throwIfAborted();
        if (rowCount === 0) continue;
        yield new Batch(
          schema,
          wanted.map((k) => all[k]!),
          rowCount,
        );
      }
    } catch (error) {
      throw stateUnreadable(error);
    }
  }

  private get family(): FamilyName {
    return { operatorId: this.store.operator.operatorId, name: this.store.family };
  }

  private async *rows(): AsyncGenerator<{ columns: readonly Column[]; rowCount: number }> {
    const { extent, numPartitions } = this;
    const { view } = this.store;
    if (extent.kind === "changes") {
      for await (const change of this.reader.changes(this.family, extent)) {
        const shown = viewRows(view, change, numPartitions, change.removed);
        const { key, columns: behind, partitionId, rowCount } = shown;
        const batchIds = new BigInt64Array(rowCount).fill(BigInt(change.batchId));
        const type = repeated(changeType(view, change.removed), rowCount);
        const columns = [
          new Int64Column(LongType, rowCount, null, batchIds),
          type,
          key,
          ...behind,
          partitionId,
        ];
        yield { columns, rowCount };
      }
      return;
    }
    const { batchId, snapshot } = extent;
    if (snapshot !== undefined && snapshot.partitionId >= numPartitions) {
      throw noSuchPartition(this.checkpoint, this.family.operatorId, snapshot.partitionId);
    }
    const stored = this.reader.rows(this.family, batchId, snapshot?.batchId);
    const pieces: ViewRows[] = [];
    for await (const rows of needsAllRows(view) ? numbered(view, stored) : stored) {
      const all = viewRows(view, rows, numPartitions);
      const shown = snapshot === undefined ? all : ofPartition(all, snapshot.partitionId);
      if (this.collects) pieces.push(copiedView(shown));
      else yield rowsOf(shown);
    }
    if (pieces.length > 0) yield rowsOf(collectedRows(view, pieces));
  }

  /** Whether the elements of a list, or the entries of a map, are shown together. */
  private get collects(): boolean {
    const { variable } = this.store.view;
    return !this.flatten && (variable === "list" || variable === "map");
  }
}

function rowsOf({ key, columns, partitionId, rowCount }: ViewRows): {
  columns: readonly Column[];
  rowCount: number;
} {
  return { columns: [key, ...columns, partitionId], rowCount };
}

/** What happened to a row: elements of lists are appended. */
function changeType(view: StateView, removed: boolean): string {
  if (removed) return "delete";
  return view.variable === "list" ? "append" : "update";
}

async function* numbered(view: StateView, stored: AsyncIterable<StateRows>): AsyncGenerator<StateRows> {
  const builders: { keys: Column[]; values: Column[]; rowCount: number }[] = [];
  for await (const piece of stored) builders.push(copied(piece));
  if (builders.length > 0) yield numberedRows(view, builders);
}

/** Rows are valid until the next come. */
function copied({ keys, values, rowCount }: StateRows): {
  keys: Column[];
  values: Column[];
  rowCount: number;
} {
  const copy = (column: Column): Column => {
    const builder = columnBuilder(column.type);
    builder.appendRange(column, 0, rowCount);
    return builder.finish();
  };
  return { keys: keys.map(copy), values: values.map(copy), rowCount };
}

/** Rows that last. */
function copiedView({ key, columns, partitionId, rowCount }: ViewRows): ViewRows {
  const copies = copied({ keys: [key, partitionId], values: columns, rowCount });
  return { key: copies.keys[0]!, partitionId: copies.keys[1]!, columns: copies.values, rowCount };
}

function ofPartition({ key, columns, partitionId }: ViewRows, partition: number): ViewRows {
  const { values } = partitionId as Int32Column;
  const rows = Int32Array.from(values.keys()).filter((i) => values[i] === partition);
  const taken = (column: Column): Column => takeColumn(column, rows, rows.length);
  return {
    key: taken(key),
    columns: columns.map(taken),
    partitionId: taken(partitionId),
    rowCount: rows.length,
  };
}

function repeated(text: string, count: number): Column {
  const builder = columnBuilder(StringType);
  for (let i = 0; i < count; i++) builder.append(text);
  return builder.finish();
}
