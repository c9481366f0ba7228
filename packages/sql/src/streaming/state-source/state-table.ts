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
import { needsAllRows, numberedRows, type ViewRows, viewRows, viewType } from "./view-rows.js";

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

  constructor(
    reader: StateReader,
    checkpoint: string,
    store: FoundStore,
    extent: StateExtent,
    numPartitions: number,
  ) {
    this.reader = reader;
    this.checkpoint = checkpoint;
    this.store = store;
    this.extent = extent;
    this.numPartitions = numPartitions;
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
      StructField("value", viewType(view.value)),
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
        const { key, value, partitionId, rowCount } = viewRows(view, change, numPartitions, change.removed);
        const batchIds = new BigInt64Array(rowCount).fill(BigInt(change.batchId));
        const type = repeated(change.removed ? "delete" : "update", rowCount);
        const columns = [new Int64Column(LongType, rowCount, null, batchIds), type, key, value, partitionId];
        yield { columns, rowCount };
      }
      return;
    }
    const { batchId, snapshot } = extent;
    if (snapshot !== undefined && snapshot.partitionId >= numPartitions) {
      throw noSuchPartition(this.checkpoint, this.family.operatorId, snapshot.partitionId);
    }
    const stored = this.reader.rows(this.family, batchId, snapshot?.batchId);
    for await (const rows of needsAllRows(view) ? numbered(view, stored) : stored) {
      const shown = viewRows(view, rows, numPartitions);
      const { key, value, partitionId, rowCount } =
        snapshot === undefined ? shown : ofPartition(shown, snapshot.partitionId);
      yield { columns: [key, value, partitionId], rowCount };
    }
  }
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

function ofPartition({ key, value, partitionId }: ViewRows, partition: number): ViewRows {
  const { values } = partitionId as Int32Column;
  const rows = Int32Array.from(values.keys()).filter((i) => values[i] === partition);
  const taken = (column: Column): Column => takeColumn(column, rows, rows.length);
  return { key: taken(key), value: taken(value), partitionId: taken(partitionId), rowCount: rows.length };
}

function repeated(text: string, count: number): Column {
  const builder = columnBuilder(StringType);
  for (let i = 0; i < count; i++) builder.append(text);
  return builder.finish();
}
